/**
 * Hard-concrete gates: random gates that are exactly 0 or exactly 1 with positive probability, and whose probability of
 * being open has a gradient.
 *
 *   u ~ U(0, 1),  s = sigmoid((ln u - ln(1 - u) + ln alpha) / beta),  z = min(1, max(0, s (zeta - gamma) + gamma))
 *   P(z != 0) = sigmoid(ln alpha - beta ln(-gamma / zeta))
 *   at evaluation: z = min(1, max(0, sigmoid(ln alpha) (zeta - gamma) + gamma))
 *
 * with logAlpha the parameter, beta the temperature, gamma and zeta the limits. Reference: Louizos, Welling and Kingma 2018,
 * arXiv:1712.01312, equations 10 to 13.
 */

import { UserError } from "../../../base/index.js";
import { initializers } from "../../../nn/index.js";
import { functions as f } from "../../../ops/index.js";
import { type ChannelGateKind, indicator, keepBest, type Scalar } from "./gate.js";

export interface HardConcreteOptions {
  /** Lower limit before clipping, below 0. Default -0.1. */
  readonly gamma?: number;
  /** Upper limit before clipping, above 1. Default 1.1. */
  readonly zeta?: number;
  /** beta: the lower, the nearer to 0 and 1 the gates are drawn. A number, or a scalar that is fed. Default 2/3. */
  readonly temperature?: Scalar;
  /** sigmoid(ln alpha) at first, in (0, 1). Default 0.9: the network begins nearly whole. */
  readonly initial?: number;
}

const TEMPERATURE = 2 / 3;

/** Uniform noise may be exactly 0, whose logarithm is not finite. */
const EDGE = 1e-6;

export const hardConcreteGate: ChannelGateKind<HardConcreteOptions> = {
  name: "hardConcrete",
  title: "hard-concrete gates (L0)",
  reference: "Louizos, Welling and Kingma 2018, arXiv:1712.01312",
  temperature: TEMPERATURE,
  gate({ group, training, c }, options) {
    const { gamma = -0.1, zeta = 1.1, temperature = TEMPERATURE, initial = 0.9 } = options;
    if (!(gamma < 0 && zeta > 1 && initial > 0 && initial < 1)) {
      throw new UserError(
        "E_CONFIG",
        `hard-concrete gates between ${gamma} and ${zeta}, ${initial} at first`,
        {
          where: "channels",
          allowed: "gamma < 0, zeta > 1, 0 < initial < 1",
        },
      );
    }
    const init = initializers.constant(Math.log(initial / (1 - initial)));
    const logAlpha = c.parameter("logAlpha", [group.size], init, { decay: false });
    const stretched = (s: typeof logAlpha) =>
      f.clip(f.add(f.mul(s, zeta - gamma), gamma), { min: 0, max: 1 });
    const middle = f.sigmoid(logAlpha);
    const settled = stretched(middle);
    const isOpen = indicator(f.greater(settled, 0), settled);
    const open = keepBest(isOpen, logAlpha);
    // The last channel of a group may have to stay although its gate is closed: it then counts for little.
    const strength = f.where(f.greater(settled, 0), settled, middle);
    const shift = f.mul(temperature, Math.log(-gamma / zeta));
    const shared = {
      open,
      strength,
      probability: f.sigmoid(f.sub(logAlpha, shift)),
      score: logAlpha,
    };
    if (!training) return { ...shared, z: f.mul(open, strength) };
    const noise = c.noise("noise", [group.size], "uniform");
    const u = f.clip(noise, { min: EDGE, max: 1 - EDGE });
    const logistic = f.sub(f.log(u), f.log(f.sub(1, u)));
    return { ...shared, z: stretched(f.sigmoid(f.div(f.add(logistic, logAlpha), temperature))) };
  },
};
