/** What running one node costs: multiply-accumulates by kind, and elements by class of operation. */

/** What multiplies: a convolution, a product with a weight, a product of two activations, a recurrent cell. */
export type MacKind = "conv" | "linear" | "matmul" | "recurrent";

/** Classes of work that is no multiply-accumulate; each is counted in elements. */
export const elementKinds = [
  "biasAdds",
  "batchNorm",
  "layerNorm",
  "groupNorm",
  "activation",
  "softmax",
  "maxPoolIn",
  "maxPoolOut",
  "avgPoolIn",
  "avgPoolOut",
  "add",
  "mul",
  "elementwise",
  "reduction",
  "resample",
] as const;

export type ElementKind = (typeof elementKinds)[number];

export type ElementCounts = Readonly<Partial<Record<ElementKind, number>>>;

export interface NodeWork {
  /** Padding counted. */
  readonly macs?: number;
  /** Without products that have a padding zero as an operand; default `macs`. */
  readonly validMacs?: number;
  readonly macKind?: MacKind;
  readonly elements?: ElementCounts;
  /** Arithmetic that is no multiply-accumulate; comparisons, exponentials and divisions count 1 each. */
  readonly otherOps?: number;
}

/** The same work done `times` times. */
export function repeatWork(work: NodeWork, times: number): NodeWork {
  if (times === 1) return work;
  const scale = (n: number | undefined) => (n === undefined ? undefined : n * times);
  const { macs, validMacs, otherOps, elements, macKind } = work;
  return {
    ...(macKind ? { macKind } : {}),
    ...(macs === undefined ? {} : { macs: macs * times }),
    ...(validMacs === undefined ? {} : { validMacs: validMacs * times }),
    ...(otherOps === undefined ? {} : { otherOps: otherOps * times }),
    ...(elements
      ? {
          elements: Object.fromEntries(
            Object.entries(elements).map(([kind, n]) => [kind, scale(n) ?? 0]),
          ),
        }
      : {}),
  };
}
