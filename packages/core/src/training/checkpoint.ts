/** Checkpoints: what a step keeps, sorted by what it is, and the way back. */

import { UserError } from "../base/index.js";
import type { Feeds, StateBinding } from "../engine/index.js";
import { describeType } from "../graph/index.js";
import { sameShape } from "../tensor/index.js";
import type { TrainStep } from "./step.js";
import type { Checkpoint, Progress } from "./types.js";

const pick = (state: Feeds, names: readonly string[]): Feeds =>
  Object.fromEntries(names.map((name) => [name, state[name]!]));

/**
 * State, as it was read from the engine, and progress as one checkpoint.
 *
 * @example
 * const first = Object.fromEntries(step.state.map((s) => [s.input, s.initial]));
 * const progress = { version: 1, seed: 1, stepsPerEpoch: 2, step: 0, epoch: 0, position: 0, sums: {} } as const;
 * Object.keys(checkpointOf(step, first, progress).parameters)[0] // "hidden0.weight"
 */
export function checkpointOf(step: TrainStep, state: Feeds, progress: Progress): Checkpoint {
  return {
    progress,
    parameters: pick(state, step.kinds.parameters),
    buffers: pick(state, step.kinds.buffers),
    optimizer: pick(state, step.kinds.optimizer),
  };
}

/**
 * The step's state bindings with the checkpoint's values.
 *
 * @throws UserError E_RUN if the checkpoint belongs to another model, optimiser, seed or data set.
 * @example
 * const first = Object.fromEntries(step.state.map((s) => [s.input, s.initial]));
 * const progress = { version: 1, seed: 1, stepsPerEpoch: 2, step: 0, epoch: 0, position: 0, sums: {} } as const;
 * const checkpoint = checkpointOf(step, first, progress);
 * restoredState(step, checkpoint, { seed: 1, stepsPerEpoch: 2 }).length === step.state.length // true
 */
export function restoredState(
  step: TrainStep,
  checkpoint: Checkpoint,
  expected: { readonly seed: number; readonly stepsPerEpoch: number },
): StateBinding[] {
  const { progress } = checkpoint;
  for (const key of ["seed", "stepsPerEpoch"] as const) {
    if (progress[key] === expected[key]) continue;
    throw new UserError("E_RUN", `the checkpoint has ${key} ${progress[key]}`, {
      where: "resume",
      allowed: `${key} ${expected[key]}, as this run`,
      next: "resume with the settings and data that the run began with",
    });
  }
  const held: Feeds = {
    ...checkpoint.parameters,
    ...checkpoint.buffers,
    ...checkpoint.optimizer,
  };
  const known = new Set(step.state.map((s) => s.input));
  const surplus = Object.keys(held).filter((name) => !known.has(name));
  if (surplus.length > 0) {
    throw new UserError("E_RUN", `the checkpoint holds "${surplus[0]}"`, {
      where: "resume",
      allowed: "tensors of this model and optimiser only",
      next: "resume with the model and optimiser that the run began with",
    });
  }
  return step.state.map((binding) => {
    const saved = held[binding.input];
    const { initial } = binding;
    if (!saved || saved.dtype !== initial.dtype || !sameShape(saved.shape, initial.shape)) {
      throw new UserError(
        "E_RUN",
        `the checkpoint holds ${saved ? describeType(saved) : "nothing"} for "${binding.input}"`,
        {
          where: "resume",
          allowed: describeType(initial),
          next: "resume with the model and optimiser that the run began with",
        },
      );
    }
    return { ...binding, initial: saved };
  });
}
