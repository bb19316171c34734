/** An accuracy that falls away while costs are pressed down. */

import { type FailureSignature, seriesOf, show } from "./signature.js";

/** A fall from the best accuracy by this share of it is a collapse. */
const COLLAPSE = 0.2;
/** As many evaluations in a row: one alone may be noise. */
const COLLAPSE_POINTS = 2;

export const accuracyCollapse: FailureSignature = {
  name: "accuracyCollapse",
  title: "the accuracy collapses",
  find(history, { costs, accuracy = "accuracy" }) {
    const series = seriesOf(history, accuracy);
    if (series.length <= COLLAPSE_POINTS) return [];
    const best = series.reduce((a, b) => (b.value > a.value ? b : a));
    const last = series.slice(-COLLAPSE_POINTS);
    if (!last.every(({ value }) => value < (1 - COLLAPSE) * best.value)) return [];
    const before = history.findLast((p) => p.step <= best.step)!.values;
    const now = history.at(-1)!.values;
    const prices = costs.flatMap(({ name }) => {
      const [from, to] = [before[`lambda.${name}`], now[`lambda.${name}`]];
      return from === undefined || to === undefined
        ? []
        : [`lambda.${name} ${show(from)} to ${show(to)}`];
    });
    const fall = `${accuracy} ${show(best.value)} at step ${best.step}, ${show(last.at(-1)!.value)} at step ${last.at(-1)!.step}`;
    return [
      {
        signature: "accuracyCollapse",
        what: `the accuracy fell by more than ${100 * COLLAPSE} % of its best`,
        evidence: [fall, ...prices],
        advice: "set an accuracy floor for the controllers, warm up for longer, or raise the limit",
      },
    ];
  },
};
