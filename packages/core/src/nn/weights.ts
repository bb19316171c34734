/** Weights from elsewhere, such as a safetensors file of torchvision's: matched with a model by name and shape. */

import { UserError } from "../base/index.js";
import { describeType } from "../graph/index.js";
import { type HostTensor, sameShape } from "../tensor/index.js";
import type { Traced } from "./types.js";

export interface MatchOptions {
  /** What to do where the file has nothing, or another shape (a classifier of other classes). Default "error". */
  readonly mismatch?: "error" | "skip";
}

/** Counters that PyTorch keeps beside batch normalisation and nothing here needs. */
const COUNTER = /(^|\.)num_batches_tracked$/;

/**
 * The tensors of `weights` that the model has a place for, by path: pass them on as `initial`.
 *
 * @throws UserError E_SHAPE, listing what does not fit.
 * @example
 * const { tensors } = readSafetensors(writeSafetensors(state), "model.safetensors");
 * const initial = matchWeights(traced, Object.fromEntries(tensors), { mismatch: "skip" });
 * Object.keys(initial)[0] // "hidden0.weight"
 */
export function matchWeights(
  traced: Pick<Traced, "parameters" | "buffers">,
  weights: Readonly<Record<string, HostTensor>>,
  options: MatchOptions = {},
): Record<string, HostTensor> {
  const { mismatch = "error" } = options;
  const matched: Record<string, HostTensor> = {};
  const problems: string[] = [];
  const slots = [...traced.parameters, ...traced.buffers];
  for (const { path, value } of slots) {
    const given = weights[path];
    if (given && given.dtype === value.dtype && sameShape(given.shape, value.shape)) {
      matched[path] = given;
    } else {
      problems.push(
        `"${path}" should be ${describeType(value)}, is ${given ? describeType(given) : "missing"}`,
      );
    }
  }
  const known = new Set(slots.map((s) => s.path));
  for (const name of Object.keys(weights)) {
    if (!known.has(name) && !COUNTER.test(name)) problems.push(`"${name}" has no place here`);
  }
  if (problems.length > 0 && mismatch === "error") {
    const shown = problems.slice(0, 3).join("; ");
    const more = problems.length > 3 ? `; and ${problems.length - 3} more` : "";
    throw new UserError("E_SHAPE", `the weights do not fit the model: ${shown}${more}`, {
      allowed: "a tensor of the same name, type and shape for every parameter and buffer",
      next: 'choose the model that they were saved from, or pass { mismatch: "skip" } to take what fits',
    });
  }
  return matched;
}
