/** Numbers for the progress line: smoothed over the last steps, with the time that is left. */

import type { StepEvent } from "@frugal/core/training";
import type { ResolvedRecipe } from "../recipe/schema.js";
import type { ValidationMetrics } from "../training/validation.js";
import type { Progress } from "./messages.js";

export interface ProgressMeter {
  step(event: StepEvent): void;
  validated(metrics: ValidationMetrics): void;
  progress(): Progress;
  /** Training time of all attempts. */
  seconds(): number;
}

/** Share of the old value that stays at each step. */
const MEMORY = 0.95;

export function progressMeter(
  recipe: ResolvedRecipe,
  { stepsPerEpoch, before }: { readonly stepsPerEpoch: number; readonly before: number },
): ProgressMeter {
  const totalSteps = recipe.epochs * stepsPerEpoch;
  const began = performance.now();
  const smooth = new Map<string, number>();
  let first: number | undefined;
  let step = 0;
  let epoch = 0;
  let executedCost: number | undefined;
  let firstAt = 0;

  const blend = (name: string, value: number | undefined): void => {
    if (value === undefined) return;
    const old = smooth.get(name);
    smooth.set(name, old === undefined ? value : MEMORY * old + (1 - MEMORY) * value);
  };
  const known = <K extends keyof Progress>(key: K, value: number | undefined) =>
    value === undefined ? {} : { [key]: value };

  return {
    step(event) {
      if (first === undefined) {
        // The first step includes what the runtime does once.
        first = event.step;
        firstAt = performance.now();
      }
      step = event.step;
      epoch = event.epoch + 1;
      blend("loss", event.metrics.loss);
      blend("accuracy", event.metrics["accuracy.final"]);
      // The cost of such a run is a density, not a share of the whole network's.
      const { density } = event.metrics;
      blend("density", density);
      if (density === undefined) blend("cost", event.metrics.cost);
      blend("ms", event.elapsedMs);
    },
    validated(metrics) {
      executedCost = metrics.policyCost;
    },
    progress() {
      const ms = smooth.get("ms");
      // Wall time, not step time: validation and checkpoints take their share.
      const ran = step - (first ?? 0);
      const perStep = ran > 0 ? (performance.now() - firstAt) / ran : undefined;
      return {
        step,
        totalSteps,
        epoch,
        epochs: recipe.epochs,
        ...known("loss", smooth.get("loss")),
        ...known("accuracy", smooth.get("accuracy")),
        ...known("density", smooth.get("density")),
        ...known("expectedCost", smooth.get("cost")),
        ...known("executedCost", executedCost),
        ...known("samplesPerSecond", ms === undefined ? undefined : (1000 * recipe.batchSize) / ms),
        ...known(
          "secondsLeft",
          perStep === undefined ? undefined : ((totalSteps - step) * perStep) / 1000,
        ),
      };
    },
    seconds: () => before + (performance.now() - began) / 1000,
  };
}
