/** Computes every exit for every sample and selects later: gives the accuracy of a rule, never its speed. */

import { milliseconds } from "../../base/index.js";
import { ledgerOf } from "../../costs/index.js";
import { tensor } from "../../tensor/index.js";
import { leaves } from "../decision.js";
import { policies } from "../policies/index.js";
import { predictedClasses } from "../rows.js";
import { scatterRows } from "../rowsets.js";
import { forInference, hazardName, logitsName } from "../trace-exits.js";
import { checkRun } from "./check.js";
import type { Executor, ExecutorOptions } from "./executor.js";
import { compileExits } from "./whole.js";

/**
 * Computes every exit of every sample and decides afterwards: the check on executors that really stop.
 *
 * @example
 * const clock = () => performance.now();
 * const executor = await replayExecutor({ engine, traced, state, clock });
 * const rule = { policy: "confidence", thresholds: [0.5] } as const;
 * (await executor.run(zeros("float32", [8, 4]), rule)).exits.length // 8
 */
export async function replayExecutor(options: ExecutorOptions): Promise<Executor> {
  const { traced, clock, batchSize = 32 } = options;
  const inference = forInference(traced, batchSize);
  const { executable, graph } = await compileExits({ ...options, traced: inference });
  const macsPerSample = ledgerOf(graph).total.macs / batchSize;
  return {
    name: "replay",
    async run(input, rule) {
      checkRun(traced, { input, rule });
      const started = clock();
      const samples = input.shape[0] ?? 0;
      const outputs = samples === 0 ? {} : await executable.run({ input });
      const ms = milliseconds(clock() - started);
      const exits = new Int32Array(samples).fill(-1);
      const classes = traced.model.outputs;
      const logits = tensor("float32", [samples, classes], new Float32Array(samples * classes));
      const all = Uint32Array.from({ length: samples }, (_, i) => i);
      if (samples > 0) {
        traced.exits.forEach(({ name, hazard }, k) => {
          const own = outputs[logitsName(name)]!;
          const threshold = rule.thresholds[k] ?? null;
          const view = {
            logits: own,
            ...(hazard ? { hazard: outputs[hazardName(name)]! } : {}),
          };
          const isLast = k === traced.exits.length - 1;
          const scores =
            isLast || threshold === null ? undefined : policies[rule.policy].scores(view);
          const here = all.filter(
            (i) => exits[i] === -1 && (isLast || (scores && leaves(scores[i]!, threshold))),
          );
          for (const i of here) exits[i] = k;
          scatterRows(own, logits, { rows: all, which: here });
        });
      }
      return {
        exits,
        predicted: predictedClasses(logits),
        logits,
        macs: new Float64Array(samples).fill(macsPerSample),
        stages: [{ name: "all", samples, macs: macsPerSample * samples, ms }],
        ms: milliseconds(clock() - started),
      };
    },
    dispose: () => executable.dispose(),
  };
}
