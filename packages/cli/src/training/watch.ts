/** The monitors of core over a run as it is trained: what looks like a known failure, each said once. */

import {
  type HistoryPoint,
  type ObjectiveWarning,
  objectiveWarnings,
  type SignatureName,
  type WatchOptions,
} from "@frugal/core/objectives";
import type { MetricRecord } from "../run-store/metrics.js";

type Values = Readonly<Record<string, number>>;

/** What the monitors look at, under the names that they know: `cost.<name>`, `hard.<name>`, `lambda.<name>`, `sigma`. */
export interface WatchPlan extends WatchOptions {
  /** From the metrics and scalars of a step. Default: as they are. */
  ofStep?(measured: Values): Values;
  /** From the metrics of a validation. Default: as they are. */
  ofValidation?(measured: Values): Values;
  /** What to do here, in place of the monitor's own advice. */
  readonly advice?: Partial<Readonly<Record<SignatureName, string>>>;
}

export interface TrainingWatch {
  /** After a step: its metrics and scalars. */
  step(step: number, measured: Values): readonly ObjectiveWarning[];
  /** After an epoch: the metrics of its validation. */
  validated(step: number, measured: Values): readonly ObjectiveWarning[];
  /** The numbers of a step were not finite; its scalars. */
  broke(step: number, scalars: Values): readonly ObjectiveWarning[];
  /** What an earlier attempt recorded: without it a cost that has fallen already looks as if it stood still. */
  replay(records: readonly MetricRecord[]): void;
}

/** Points of a whole run: means over some steps, so that batches do not hide what stands still. */
const POINTS = 100;

const prefixed = (values: Values, prefix: string): Values =>
  Object.fromEntries(Object.entries(values).filter(([name]) => name.startsWith(prefix)));

/** A watch over a run of so many steps. */
export function trainingWatch(plan: WatchPlan, totalSteps: number): TrainingWatch {
  const { ofStep = asTheyAre, ofValidation = asTheyAre, advice = {} } = plan;
  const size = Math.max(1, Math.floor(totalSteps / POINTS));
  const history: HistoryPoint[] = [];
  const said = new Set<string>();
  let window: Values[] = [];

  function added(point: HistoryPoint): ObjectiveWarning[] {
    history.push(point);
    const found = objectiveWarnings(history, plan);
    const fresh = found.filter((w) => !said.has(keyOf(w)));
    for (const w of fresh) said.add(keyOf(w));
    return fresh.map((w) => ({ ...w, advice: advice[w.signature as SignatureName] ?? w.advice }));
  }

  const watch: TrainingWatch = {
    step(step, measured) {
      window.push(ofStep(measured));
      // At fixed steps, so that a run that goes on has the same points.
      if (step % size !== 0) return [];
      const values = means(window);
      window = [];
      return added({ step, values });
    },
    validated(step, measured) {
      const prices = prefixed(history.at(-1)?.values ?? {}, "lambda.");
      return added({ step, values: { ...prices, ...ofValidation(measured) } });
    },
    broke: (step, scalars) => added({ step, values: { ...scalars, loss: Number.NaN } }),
    replay(records) {
      for (const { step, split, values } of moments(records)) {
        if (split === "train") watch.step(step, values);
        if (split === "validation") watch.validated(step, values);
      }
    },
  };
  return watch;
}

const asTheyAre = (measured: Values): Values => measured;

const keyOf = ({ signature, cost }: ObjectiveWarning): string => `${signature} ${cost ?? ""}`;

/** Of every name that all of them have. */
const means = (all: readonly Values[]): Values =>
  Object.fromEntries(
    Object.keys(all.at(-1)!).flatMap((name) => {
      const values = all.flatMap((v) => v[name] ?? []);
      return [[name, values.reduce((a, b) => a + b, 0) / values.length]];
    }),
  );

/** Records of one step and split together, in the order in which they were written. */
function moments(records: readonly MetricRecord[]) {
  const found = new Map<string, { step: number; split: string; values: Record<string, number> }>();
  for (const { step, split, name, value } of records) {
    const key = `${split} ${step}`;
    const moment = found.get(key) ?? { step, split, values: {} };
    // The mean over an epoch has the name of its last step's value, which comes first.
    moment.values[name] ??= value;
    found.set(key, moment);
  }
  return found.values();
}

/** One line for a terminal. */
export const warningText = ({ what, evidence, advice }: ObjectiveWarning): string =>
  `${what} (${evidence.join("; ")}): ${advice}`;
