/** Controllers that follow the step and not the cost: the schedules of lambda as state machines. */

import type { LambdaSchedule } from "../lambda.js";
import type { Controller, ControllerState } from "./controller.js";

export interface ScheduledState<Options> extends ControllerState {
  readonly options: Options;
}

export interface ScheduledOptions<Options> {
  readonly name: string;
  readonly title: string;
  readonly formula: string;
  readonly source: string;
  readonly schedule: (options: Options) => LambdaSchedule;
}

/** A controller that gives what `schedule` says of each step; step 0 before the first update. */
export function scheduled<Options extends object>({
  schedule,
  ...identity
}: ScheduledOptions<Options>): Controller<Options, ScheduledState<Options>> {
  return {
    ...identity,
    needsLimit: false,
    init: (options) => ({ options, multiplier: schedule(options)(0) }),
    update: ({ options }, { step }) => ({ options, multiplier: schedule(options)(step) }),
    multiplier: (state) => state.multiplier,
  };
}
