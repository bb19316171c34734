/**
 * Straight-through masks: a channel is open where its logit is above 0; backward, the step counts as
 * sigmoid(logit / temperature). Reference: Bengio, Leonard and Courville 2013, arXiv:1308.3432.
 */

import { UserError } from "../../../base/index.js";
import { initializers } from "../../../nn/index.js";
import { functions as f } from "../../../ops/index.js";
import { type ChannelGateKind, indicator, keepBest, ones, type Scalar } from "./gate.js";

export interface StraightThroughOptions {
  /** Of the sigmoid that stands for the step. A number, or a scalar that is fed. Default 1. */
  readonly temperature?: Scalar;
  /** Probability at first, in (0.5, 1): all channels begin open. Default 0.9. */
  readonly initial?: number;
}

const TEMPERATURE = 1;

export const straightThroughGate: ChannelGateKind<StraightThroughOptions> = {
  name: "straightThrough",
  title: "straight-through masks",
  reference: "Bengio, Leonard and Courville 2013, arXiv:1308.3432",
  temperature: TEMPERATURE,
  gate({ group, c }, { temperature = TEMPERATURE, initial = 0.9 }) {
    if (!(initial > 0.5 && initial < 1)) {
      throw new UserError("E_CONFIG", `straight-through masks that begin at ${initial}`, {
        where: "channels",
        allowed: "0.5 < initial < 1",
      });
    }
    const init = initializers.constant(Math.log(initial / (1 - initial)));
    const logits = c.parameter("logits", [group.size], init, { decay: false });
    const probability = f.sigmoid(f.div(logits, temperature));
    const open = keepBest(indicator(f.greater(logits, 0), logits), logits);
    const strength = ones(group.size);
    return { z: f.straightThrough(open, probability), open, strength, probability, score: logits };
  },
};
