/** Keeps a budget of time by measuring: what was predicted to fit is timed, and chosen anew where it does not. */

import type { BudgetPlan, PlannedLimit } from "./plan.js";
import type { TimeStatistic } from "./times.js";

/** Choices that are timed at most: the second follows the first error of the prediction, later ones what is left of it. */
const ROUNDS = 4;
/** A time between these shares of its limit is left as it is: the next measurement will differ by as much. */
const ENOUGH = 0.9;
const SAFE = 0.98;
/** What is aimed at. */
const AIM = 0.95;

type Times = (statistic: TimeStatistic) => number;

export interface InTimeOptions<D> {
  decide(plan: BudgetPlan): D;
  measure(decision: D): Promise<Times>;
}

/** The measured time over its limit, of every limit of time. */
const loads = (limits: readonly PlannedLimit[], times: Times) =>
  limits.flatMap(({ statistic, limit }) => (statistic ? [times(statistic) / limit] : []));

/** Limits of the prediction, moved by how far it was off; never below what channels can reach. */
const moved = (planned: readonly PlannedLimit[], asked: readonly PlannedLimit[], times: Times) =>
  planned.map((p, i): PlannedLimit => {
    if (!p.statistic) return p;
    const limit = (p.limit * AIM * asked[i]!.limit) / times(p.statistic);
    return { ...p, limit: Math.min(p.range.highest, Math.max(p.range.lowest, limit)) };
  });

/**
 * The decision under a plan. Where the plan limits times, the slowest decision that was measured below them all; the
 * fastest where none was.
 */
export async function keptInTime<D>(
  plan: BudgetPlan,
  { decide, measure }: InTimeOptions<D>,
): Promise<D> {
  const { limits: asked } = plan;
  if (!asked.some((l) => l.statistic)) return decide(plan);
  let limits = asked;
  let best: { readonly decision: D; readonly load: number } | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const decision = decide({ ...plan, limits });
    const times = await measure(decision);
    const load = Math.max(...loads(asked, times));
    const isBetter = !best || (best.load > 1 ? load < best.load : load <= 1 && load > best.load);
    if (isBetter) best = { decision, load };
    if (load >= ENOUGH && load <= SAFE) break;
    const next = moved(limits, asked, times);
    if (next.every((l, i) => l.limit === limits[i]!.limit)) break;
    limits = next;
  }
  return best!.decision;
}
