/** Optimisers and schedules by the names that recipes use. */

import { type AdamOptions, adam, adamW } from "./adam.js";
import {
  constant,
  cosine,
  exponential,
  type FinalOptions,
  type OneCycleOptions,
  oneCycle,
  type Schedule,
  type StepOptions,
  step,
} from "./schedules.js";
import { type SgdOptions, sgd } from "./sgd.js";
import type { Optimizer } from "./types.js";

export interface OptimizerOptionsByName {
  readonly adam: AdamOptions;
  readonly adamW: AdamOptions;
  readonly sgd: SgdOptions;
}

export type OptimizerName = keyof OptimizerOptionsByName;

export const optimizers: {
  readonly [K in OptimizerName]: (options?: OptimizerOptionsByName[K]) => Optimizer;
} = { adam, adamW, sgd };

export interface ScheduleOptionsByName {
  readonly constant: Record<string, never>;
  readonly cosine: FinalOptions;
  readonly exponential: FinalOptions;
  readonly oneCycle: OneCycleOptions;
  readonly step: StepOptions;
}

export type ScheduleName = keyof ScheduleOptionsByName;

/** Warm-up is no entry: it goes before any of these. */
export const schedules: {
  readonly [K in ScheduleName]: (options?: ScheduleOptionsByName[K]) => Schedule;
} = { constant, cosine, exponential, oneCycle, step };
