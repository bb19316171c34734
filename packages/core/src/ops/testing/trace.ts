/** Turns a contract row into a graph with deterministic inputs: the same numbers in TypeScript and in PyTorch. */

import { input, type Value } from "../../graph/index.js";
import { randomStream } from "../../random/index.js";
import {
  type DType,
  elementCount,
  fromNumbers,
  type HostTensor,
  isFloat,
  tensor,
} from "../../tensor/index.js";
import type { CaseInput, OpCase } from "./case.js";

export interface TracedCase {
  /** Graph inputs "x0", "x1", ... */
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Values of the inputs, by name. Floats are exact in float32. */
  readonly feeds: Readonly<Record<string, HostTensor>>;
  /** Indices of the inputs to differentiate. */
  readonly wrt: readonly number[];
  /** Why there is no gradient to check. */
  readonly noGradient: string | undefined;
}

/** Standard normal values that are exact in float32: cotangents and directions. */
export function normals(id: string, shape: readonly number[]): number[] {
  const stream = randomStream(17, "rows", id);
  return Array.from({ length: elementCount(shape) }, () => Math.fround(stream.normal()));
}

/** The numbers of input `index` of a row. */
export function caseValues(id: string, spec: CaseInput, index: number): number[] {
  if (spec.values) return spec.values.map((v) => (spec.dtype ? v : Math.fround(v)));
  const dtype = spec.dtype ?? "float32";
  const [low, high] = spec.range ?? (dtype === "bool" ? [0, 1] : [-2, 2]);
  const stream = randomStream(17, "rows", id, index);
  return Array.from({ length: elementCount(spec.shape) }, () => {
    const u = stream.uniform();
    // Integers in the closed range, each equally likely.
    if (!isFloat(dtype)) return Math.min(high, low + Math.floor(u * (high - low + 1)));
    return Math.fround(low + u * (high - low));
  });
}

/**
 * The row as a graph. With `double`, float32 inputs become float64: constants are then not rounded, and PyTorch's
 * float64 results can be met to the last digits.
 */
export function traceCase(
  id: string,
  row: OpCase,
  { double = false }: { readonly double?: boolean } = {},
): TracedCase {
  const typeOf = (spec: CaseInput): DType => {
    const dtype = spec.dtype ?? "float32";
    return double && dtype === "float32" ? "float64" : dtype;
  };
  const inputs = row.inputs.map((spec, i) => input(`x${i}`, spec.shape, typeOf(spec)));
  const feeds = Object.fromEntries(
    row.inputs.map((spec, i) => {
      const data = fromNumbers(typeOf(spec), caseValues(id, spec, i));
      return [`x${i}`, tensor(typeOf(spec), spec.shape, data)];
    }),
  );
  const built = row.build(...inputs);
  const outputs = Array.isArray(built) ? (built as readonly Value[]) : [built as Value];
  const { gradient } = row;
  const asked = gradient && "skip" in gradient ? [] : gradient;
  const floatInputs = inputs.flatMap((v, i) => (isFloat(v.dtype) ? [i] : []));
  const nothing = !outputs.some((v) => isFloat(v.dtype))
    ? "its outputs are not floats"
    : "it has no float input";
  const wrt = outputs.some((v) => isFloat(v.dtype)) ? (asked ?? floatInputs) : [];
  const noGradient =
    wrt.length > 0 ? undefined : gradient && "skip" in gradient ? gradient.skip : nothing;
  return { inputs, outputs, feeds, wrt, noGradient };
}
