/** Every controller of a multiplier, by name. */

import type { RampOptions, StepLambdaOptions } from "../lambda.js";
import { type AugmentedOptions, augmentedController } from "./augmented.js";
import { type ConstantOptions, constantController } from "./constant.js";
import type { Controller } from "./controller.js";
import { type DualAscentOptions, dualAscentController } from "./dual-ascent.js";
import { type PiOptions, piController } from "./pi.js";
import { cosineController, linearController } from "./ramps.js";
import { stepController } from "./step.js";

/** Options by controller. */
export interface ControllerOptions {
  readonly constant: ConstantOptions;
  readonly linear: RampOptions;
  readonly cosine: RampOptions;
  readonly step: StepLambdaOptions;
  readonly dualAscent: DualAscentOptions;
  readonly pi: PiOptions;
  readonly augmented: AugmentedOptions;
}

export type ControllerName = keyof ControllerOptions;

export const controllers: { readonly [K in ControllerName]: Controller<ControllerOptions[K]> } = {
  constant: constantController,
  linear: linearController,
  cosine: cosineController,
  step: stepController,
  dualAscent: dualAscentController,
  pi: piController,
  augmented: augmentedController,
};

export const controllerNames = Object.keys(controllers) as readonly ControllerName[];
