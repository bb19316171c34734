/** A hard cost that stays that of the whole network: soft decisions that never decide. */

import { type FailureSignature, type ObjectiveWarning, seriesOf, show } from "./signature.js";

/** From this share of the start on, nothing was saved. */
const NEAR_ONE = 0.98;
/** Points with a price above 0 that it must have lasted. */
const STUCK_POINTS = 20;

export const ratioStuck: FailureSignature = {
  name: "ratioStuck",
  title: "nothing is saved",
  find: (history, { costs }) =>
    costs.flatMap(({ name, start, limit }): ObjectiveWarning[] => {
      if (limit !== undefined && limit >= NEAR_ONE) return [];
      const priced = history.filter(({ values }) => (values[`lambda.${name}`] ?? 0) > 0);
      const hard = seriesOf(priced, `hard.${name}`).slice(-STUCK_POINTS);
      if (hard.length < STUCK_POINTS || hard.some((h) => h.value / start < NEAR_ONE)) return [];
      const soft = seriesOf(priced, `cost.${name}`).at(-1);
      const isOnlySoft = soft !== undefined && soft.value < NEAR_ONE - 0.05;
      return [
        {
          signature: "ratioStuck",
          cost: name,
          what: `${name} is still ${show(hard.at(-1)!.value / start)} of the whole network's`,
          evidence: [
            `at least ${NEAR_ONE} over the last ${STUCK_POINTS} points with a lambda above 0`,
            ...(soft ? [`soft cost ${show(soft.value)}`] : []),
          ],
          advice: isOnlySoft
            ? "decisions stay soft: lower the temperature, or drive lambda by the hard cost"
            : "raise lambda, or give a budget",
        },
      ];
    }),
};
