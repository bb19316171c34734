/** A sigma so small that the density penalty has slopes float32 cannot carry. */

import { type FailureSignature, seriesOf, show } from "./signature.js";

/**
 * x^2 / (x^2 + sigma) is steepest at x = sqrt(sigma / 3), by 3 sqrt(3) / 8 / sqrt(sigma). Above this slope one activation
 * outweighs a batch of task gradients.
 */
const STEEPEST = 1e3;
/**
 * The gradient 2 x sigma / (x^2 + sigma)^2 divides by sigma^2 where activations are silent; below this that is less than the
 * smallest normal float32, 1.2e-38, which runtimes round to 0: 0 / 0.
 */
const UNDERFLOW = 1e-19;

const steepness = (sigma: number) => (3 * Math.sqrt(3)) / 8 / Math.sqrt(sigma);
const isBad = (value: number) => !Number.isFinite(value);

export const sigmaTooSmall: FailureSignature = {
  name: "sigmaTooSmall",
  title: "sigma is too small",
  find(history) {
    const sigma = seriesOf(history, "sigma").at(-1);
    if (!sigma || steepness(sigma.value) <= STEEPEST) return [];
    const broken = history.find(({ values }) => Object.values(values).some(isBad));
    const names = broken ? Object.keys(broken.values).filter((n) => isBad(broken.values[n]!)) : [];
    // Steep alone is no failure yet; what is about to divide 0 by 0 is.
    if (!broken && sigma.value >= UNDERFLOW) return [];
    return [
      {
        signature: "sigmaTooSmall",
        what: broken
          ? `${names.join(", ")} is not finite at step ${broken.step}, with a sigma of ${show(sigma.value)}`
          : `a sigma of ${show(sigma.value)} divides 0 by 0 for silent activations`,
        evidence: [`the penalty's slope goes up to ${show(steepness(sigma.value))}`],
        advice: "raise sigma (1e-4 and above is safe), or anneal it down from 1e-2",
      },
    ];
  },
};
