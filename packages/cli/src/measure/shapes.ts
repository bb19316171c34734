/** Shapes of a model's inputs for any batch: what is open is bound, and what is fixed stays. */

import { UserError } from "@frugal/core/base";
import type { ModelPort } from "@frugal/engine";

export interface ShapeBindings {
  readonly shapes?: Readonly<Record<string, readonly number[]>>;
  readonly dims?: Readonly<Record<string, number>>;
  readonly batch?: number;
}

export interface InputShapes {
  /** Batch of the bindings, or the one that the model fixes. */
  readonly batch: number;
  /** Why no other batch can be run; absent where any can. */
  readonly fixed?: string;
  at(batch: number): Readonly<Record<string, readonly number[]>>;
}

const quoted = (name: string): string => JSON.stringify(name);
const isOpen = (d: number | string): d is string => typeof d === "string";

/** Names that say they are the batch; without any, the open first dimensions are taken for it. */
function batchNamesOf(inputs: readonly ModelPort[]): Set<string> {
  const names = inputs.flatMap((i) => i.dims.filter(isOpen)).filter((n) => n !== "");
  const telling = names.filter((n) => /^n$|batch|^bs$/i.test(n));
  if (telling.length > 0) return new Set(telling);
  return new Set(inputs.flatMap((i) => i.dims.slice(0, 1).filter(isOpen)));
}

function refuseUnknown(kind: string, given: readonly string[], known: readonly string[]): void {
  const unknown = given.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new UserError("E_USAGE", `the model has no ${kind} ${quoted(unknown)}`, {
    allowed: known.length > 0 ? known.join(", ") : `none: it has no open ${kind}`,
  });
}

function openDimension(input: ModelPort, index: number): UserError {
  const name = input.dims[index] as string;
  return new UserError("E_USAGE", `dimension ${index} of input ${quoted(input.name)} is open`, {
    where: `${input.name} [${input.dims.map((d) => (d === "" ? "?" : d)).join(", ")}]`,
    next: name
      ? `give it a length: --dim ${name}=N, or the whole shape: --input ${input.name}=1x...`
      : `give the whole shape: --input ${input.name}=1x...`,
  });
}

/** The dimensions of one input; "batch" where the batch goes. */
function bindInput(
  input: ModelPort,
  isBatch: (index: number) => boolean,
  { shapes = {}, dims = {} }: ShapeBindings,
): (number | "batch")[] {
  const given = shapes[input.name];
  if (given && given.length !== input.dims.length) {
    throw new UserError("E_USAGE", `a shape of ${given.length} dimensions`, {
      where: `input ${quoted(input.name)}`,
      allowed: `${input.dims.length} dimensions`,
    });
  }
  return input.dims.map((d, i) => {
    if (!isOpen(d)) {
      if (given && given[i] !== d) {
        throw new UserError("E_USAGE", `dimension ${i} of input ${quoted(input.name)} is ${d}`, {
          where: `given: ${given.join("x")}`,
          allowed: `${d}: the file fixes it`,
        });
      }
      return d;
    }
    if (isBatch(i)) return "batch";
    const length = given?.[i] ?? dims[d];
    if (length === undefined) throw openDimension(input, i);
    return length;
  });
}

/** What the bindings say of the batch, by name or by a whole shape. */
function boundBatch(
  inputs: readonly ModelPort[],
  isBatch: (input: ModelPort, index: number) => boolean,
  { shapes = {}, dims = {} }: ShapeBindings,
): number | undefined {
  for (const input of inputs) {
    const index = input.dims.findIndex((_, i) => isBatch(input, i));
    if (index < 0) continue;
    const length = shapes[input.name]?.[index] ?? dims[input.dims[index] as string];
    if (length !== undefined) return length;
  }
  return undefined;
}

/**
 * Binds the open dimensions of a model's inputs.
 *
 * @throws UserError E_USAGE for open dimensions without a length, unknown names, and shapes that the file contradicts.
 */
export function inputShapes(
  inputs: readonly ModelPort[],
  bindings: ShapeBindings = {},
): InputShapes {
  const names = inputs.flatMap((i) => i.dims.filter(isOpen)).filter((n) => n !== "");
  refuseUnknown(
    "input",
    Object.keys(bindings.shapes ?? {}),
    inputs.map((i) => i.name),
  );
  refuseUnknown("dimension", Object.keys(bindings.dims ?? {}), [...new Set(names)]);
  const batchNames = batchNamesOf(inputs);
  const isBatch = (input: ModelPort, index: number): boolean => {
    const d = input.dims[index]!;
    return isOpen(d) && batchNames.has(d) && (d !== "" || index === 0);
  };
  const bound = inputs.map((i) => bindInput(i, (index) => isBatch(i, index), bindings));
  const at = (batch: number): Record<string, number[]> =>
    Object.fromEntries(
      inputs.map((input, i) => [input.name, bound[i]!.map((d) => (d === "batch" ? batch : d))]),
    );
  if (bound.some((dims) => dims.includes("batch"))) {
    return { batch: bindings.batch ?? boundBatch(inputs, isBatch, bindings) ?? 1, at };
  }
  const first = inputs.find((i) => i.dims.length > 0);
  const batch = Number(first?.dims[0] ?? 1);
  const shown = first ? `${first.name} is ${first.dims.join("x")}` : "there are no inputs";
  const fixed = `the file fixes the batch (${shown}): export it with an open batch to measure others`;
  if (bindings.batch !== undefined && bindings.batch !== batch) {
    throw new UserError("E_USAGE", `batch ${bindings.batch} cannot be run`, {
      where: fixed,
      allowed: `batch ${batch}`,
    });
  }
  return { batch, fixed, at };
}
