export type { AugmentedOptions } from "./augmented.js";
export type { ConstantOptions } from "./constant.js";
export type { Controller, ControllerState, Observation } from "./controller.js";
export type { DualAscentOptions } from "./dual-ascent.js";
export {
  type ControllerSpec,
  type GuardedState,
  type GuardOptions,
  penaltyOf,
  startController,
  updateController,
} from "./guarded.js";
export type { PiOptions } from "./pi.js";
export {
  type ControllerName,
  type ControllerOptions,
  controllerNames,
  controllers,
} from "./registry.js";
