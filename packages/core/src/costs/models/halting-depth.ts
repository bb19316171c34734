/**
 * Halting depth: the place of the last stage that runs, stages numbered from 1 in the order of the ledger. Along a chain
 * of exits that is the number of stages executed; where stages in between are skipped it is more.
 *
 * With a_k the activity of stage k and nested decisions, P(depth >= k) = max over j >= k of a_j, and
 *
 *   E[depth] = sum_k P(depth >= k)
 */

import { type Amount, asCost, greatestOf, plus } from "../amounts.js";
import type { CostModel } from "../cost-model.js";
import { groupActivities } from "../group-cost.js";

const stageOf = ({ stage }: { readonly stage?: string }) => stage;

export const haltingDepthCost: CostModel = {
  name: "haltingDepth",
  title: "place of the last stage executed",
  unit: "stages",
  composition: "subadditive",
  full: (ledger) => groupActivities(ledger, stageOf).size,
  expected(ledger) {
    let depth: Amount = 0;
    let reached: Amount = 0;
    for (const activity of [...groupActivities(ledger, stageOf).values()].reverse()) {
      reached = greatestOf([reached, activity]);
      depth = plus(depth, reached);
    }
    return asCost(depth);
  },
};
