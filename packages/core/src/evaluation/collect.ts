/** Runs data through the whole network and keeps what every exit said. */

import {
  concatPredictions,
  type ExitPredictions,
  exitPredictions,
  hazardName,
  logitsName,
  type Split,
  type StageExecutable,
  type TracedExits,
} from "../adaptive/index.js";
import { UserError } from "../base/index.js";
import type { EvaluationData } from "./data.js";

/**
 * Predictions of all exits for all samples.
 *
 * executable: of `exitGraph(traced)`, as `compileExits` makes it.
 *
 * @example
 * const { executable } = await compileExits({ engine, traced: forInference(traced, 8), state });
 * const said = await collectPredictions(executable, { traced, data: test, split: "test" });
 * said.exits // ["hidden0", "final"]
 */
export async function collectPredictions<S extends Split>(
  executable: StageExecutable,
  options: {
    readonly traced: Pick<TracedExits, "exits">;
    readonly data: EvaluationData;
    readonly split: S;
    /** Default 128. */
    readonly batchSize?: number;
  },
): Promise<ExitPredictions<S>> {
  const { traced, data, split, batchSize = 128 } = options;
  if (data.size === 0) {
    throw new UserError("E_DATA", `the split "${split}" has no samples`, {
      allowed: "at least one sample",
    });
  }
  const exits = traced.exits.map((e) => e.name);
  const early = traced.exits.slice(0, -1);
  const gated = early.length > 0 && early.every((e) => e.hazard);
  const parts: ExitPredictions<S>[] = [];
  for (let start = 0; start < data.size; start += batchSize) {
    const { input, labels } = await data.batch(start, Math.min(start + batchSize, data.size));
    const outputs = await executable.run({ input });
    const logits = exits.map((name) => outputs[logitsName(name)]!);
    const hazards = early.map((e) => outputs[hazardName(e.name)]!);
    parts.push(exitPredictions(gated ? { logits, hazards } : { logits }, { split, exits, labels }));
  }
  return concatPredictions(parts);
}
