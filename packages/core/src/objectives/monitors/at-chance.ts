/** A training that never gets beyond guessing: it has no best accuracy to fall from, so that no collapse is seen. */

import { type FailureSignature, seriesOf, show } from "./signature.js";

/** Accuracies up to this share of the way from guessing to knowing are guessing. */
const MARGIN = 0.05;
/** Evaluations without an accuracy above that. */
const CHANCE_POINTS = 3;

export const atChance: FailureSignature = {
  name: "atChance",
  title: "nothing is learnt",
  find(history, { chance, accuracy = "accuracy" }) {
    const series = seriesOf(history, accuracy);
    if (chance === undefined || series.length < CHANCE_POINTS) return [];
    const best = Math.max(...series.map(({ value }) => value));
    if (best > chance + MARGIN * (1 - chance)) return [];
    return [
      {
        signature: "atChance",
        what: "the accuracy does not leave that of guessing",
        evidence: [
          `${accuracy} ${show(best)} at best in ${series.length} evaluations, guessing has ${show(chance)}`,
        ],
        advice:
          "train without a price first: if that learns, lower lambda or warm it up for longer; if not, change the learning rate",
      },
    ];
  },
};
