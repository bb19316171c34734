/** Adam and AdamW, as torch.optim writes them. */

import type { Value } from "../graph/index.js";
import { initializers } from "../nn/index.js";
import { functions as f } from "../ops/index.js";
import { requireRange } from "./options.js";
import type { Optimizer, UpdateRequest } from "./types.js";

export interface AdamOptions {
  /** Decay of the running mean of gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the running mean of squared gradients. Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  /** Default 0 for adam, 0.01 for adamW. */
  readonly weightDecay?: number;
}

/**
 * 1 - beta^step as 2u / (1 + u) with u = tanh(-step ln(beta) / 2): at the first steps 1 - 0.999^t would lose four of
 * float32's seven digits.
 */
function biasCorrection(beta: number, step: Value): Value {
  const u = f.tanh(f.mul(step, -Math.log(beta) / 2));
  return f.div(f.mul(u, 2), f.add(u, 1));
}

interface Corrections {
  /** lr / (1 - beta1^step). */
  readonly rate: Value;
  /** 1 / sqrt(1 - beta2^step). */
  readonly scale: Value;
}

/** Scalars that all parameters of a step share: written once for each pair of lr and step. */
function sharedCorrections(beta1: number, beta2: number) {
  const known = new WeakMap<Value, { lr: Value; corrections: Corrections }>();
  return ({ lr, step }: UpdateRequest): Corrections => {
    const found = known.get(step);
    if (found?.lr === lr) return found.corrections;
    const corrections = {
      rate: f.div(lr, biasCorrection(beta1, step)),
      scale: f.reciprocal(f.sqrt(biasCorrection(beta2, step))),
    };
    known.set(step, { lr, corrections });
    return corrections;
  };
}

type Decay = "gradient" | "weight";

function adamFamily(name: string, decayOf: Decay, options: AdamOptions): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { weightDecay = decayOf === "weight" ? 0.01 : 0 } = options;
  requireRange(name, {
    beta1: [beta1, 0, 1],
    beta2: [beta2, 0, 1],
    epsilon: [epsilon, 0, Infinity],
    weightDecay: [weightDecay, 0, Infinity],
  });
  const corrections = sharedCorrections(beta1, beta2);
  return {
    name,
    slots: () => ({ mean: initializers.zeros, square: initializers.zeros }),
    update(request) {
      const { value, gradient, slots, lr } = request;
      const decay = request.decay && weightDecay > 0 ? decayOf : undefined;
      const { rate, scale } = corrections(request);
      const g = decay === "gradient" ? f.add(gradient, f.mul(value, weightDecay)) : gradient;
      const w = decay === "weight" ? f.mul(value, f.sub(1, f.mul(lr, weightDecay))) : value;
      const mean = f.add(f.mul(slots.mean!, beta1), f.mul(g, 1 - beta1));
      const square = f.add(f.mul(slots.square!, beta2), f.mul(f.mul(g, g), 1 - beta2));
      const denominator = f.add(f.mul(f.sqrt(square), scale), epsilon);
      return {
        value: f.sub(w, f.mul(f.div(mean, denominator), rate)),
        slots: { mean, square },
      };
    },
  };
}

/**
 * Adam (Kingma and Ba 2015), weight decay in the gradient:
 * m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  w = w - lr m / (1 - b1^t) / (sqrt(v / (1 - b2^t)) + epsilon).
 *
 * @example
 * adam({ beta2: 0.99 }).name // "adam"
 */
export const adam = (options: AdamOptions = {}): Optimizer =>
  adamFamily("adam", "gradient", options);

/**
 * Adam with decoupled weight decay, w = w (1 - lr weightDecay) before the step (Loshchilov and Hutter 2019).
 *
 * @example
 * adamW({ weightDecay: 0.05 }).name // "adamW"
 */
export const adamW = (options: AdamOptions = {}): Optimizer =>
  adamFamily("adamW", "weight", options);
