/** Stochastic gradient descent with momentum, as torch.optim.SGD writes it. */

import { initializers } from "../nn/index.js";
import { functions as f } from "../ops/index.js";
import { requireRange } from "./options.js";
import type { Optimizer } from "./types.js";

export interface SgdOptions {
  /** Default 0: no memory. */
  readonly momentum?: number;
  /** Look ahead along the momentum (Sutskever et al. 2013). Default false. */
  readonly nesterov?: boolean;
  /** Coefficient of the L2 penalty, which enters the gradient. Default 0. */
  readonly weightDecay?: number;
}

/**
 * g = gradient + weightDecay w;  b = momentum b + g;  w = w - lr (nesterov ? g + momentum b : b).
 *
 * @example
 * sgd({ momentum: 0.9, weightDecay: 5e-4 }).name // "sgd"
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { momentum = 0, nesterov = false, weightDecay = 0 } = options;
  requireRange("sgd", { momentum: [momentum, 0, 1], weightDecay: [weightDecay, 0, Infinity] });
  return {
    name: "sgd",
    slots: () => (momentum > 0 ? { momentum: initializers.zeros } : {}),
    update({ value, gradient, slots, lr, decay }) {
      const g = decay && weightDecay > 0 ? f.add(gradient, f.mul(value, weightDecay)) : gradient;
      if (momentum === 0) return { value: f.sub(value, f.mul(g, lr)), slots: {} };
      // From zero the first step gives b = g, as torch has it.
      const b = f.add(f.mul(slots.momentum!, momentum), g);
      const direction = nesterov ? f.add(g, f.mul(b, momentum)) : b;
      return { value: f.sub(value, f.mul(direction, lr)), slots: { momentum: b } };
    },
  };
}
