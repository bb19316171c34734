/** Tells what is watched of a training: each warning goes to the terminal, into events.jsonl and into the log. */

import { UserError } from "@frugal/core/base";
import type { ObjectiveWarning } from "@frugal/core/objectives";
import type { TrainEvent } from "@frugal/core/training";
import { readMetrics } from "../run-store/metrics.js";
import type { RunWriter } from "../run-store/run.js";
import type { Stretch } from "../training/program.js";
import { trainingWatch, warningText } from "../training/watch.js";
import type { JobContext } from "./context.js";

export interface WarnerOptions {
  readonly stretch: Stretch;
  readonly run: RunWriter;
  readonly context: JobContext;
  /** Steps that are done already. */
  readonly done: number;
  /** Step after which the stretch ends. */
  readonly lastStep: number;
  /** Of the whole run. */
  readonly totalSteps: number;
}

export interface Warner {
  see(event: TrainEvent): void;
  /** Training ended with this error after so many steps. */
  failed(error: unknown, done: number): void;
}

/** Does nothing for a stretch that is not watched. */
export function warner({ stretch, run, context, ...options }: WarnerOptions): Warner {
  const { done, lastStep, totalSteps } = options;
  if (!stretch.watch) return { see: () => {}, failed: () => {} };
  const watch = trainingWatch(stretch.watch, lastStep);
  if (done > 0) watch.replay(readMetrics(run.folder, run.record));
  function tell(step: number, warnings: readonly ObjectiveWarning[]): void {
    for (const warning of warnings) {
      const text = warningText(warning);
      run.event({ step, kind: "warning", ...warning });
      run.log(`warning: ${text}`);
      context.report({ kind: "warning", text });
    }
  }
  return {
    see(event) {
      if (event.kind === "step") {
        tell(event.step, watch.step(event.step, { ...event.metrics, ...event.scalars }));
      }
      if (event.kind === "epoch") {
        tell(event.step, watch.validated(event.step, event.evaluation ?? {}));
      }
    },
    failed(error, step) {
      if (!(error instanceof UserError && error.code === "E_NUMERIC")) return;
      const fed = Object.entries(stretch.scalars).map(([k, of]) => [k, of(step, totalSteps)]);
      tell(step + 1, watch.broke(step + 1, Object.fromEntries(fed)));
    },
  };
}
