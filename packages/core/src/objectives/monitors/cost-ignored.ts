/** A cost whose price does nothing: lambda too small, or a gradient that does not arrive. */

import { pressureRows } from "./pressure.js";
import {
  type FailureSignature,
  type HistoryPoint,
  type ObjectiveWarning,
  seriesOf,
  show,
} from "./signature.js";

/** A soft cost that changed by less than this share of its start stood still. */
const STILL = 0.01;
/** Points with a price above 0 before one may speak of standing still. */
const STILL_POINTS = 20;
/** Below this share of the task's gradient in every block, or of the task's loss, a cost is not heard. */
const UNHEARD = 1e-3;

/** Pressure of the cost over the task's, in the block where it is highest; undefined if it was not measured. */
function loudest(values: Readonly<Record<string, number>>, cost: string): number | undefined {
  const ratios = pressureRows(values).flatMap(({ costs }) => costs[cost]?.ratio ?? []);
  return ratios.length > 0 ? Math.max(...ratios) : undefined;
}

/** The largest share that the priced cost had of the task's loss lately; undefined where `task` is not in the history. */
function priceOverTask(priced: readonly HistoryPoint[], cost: string): number | undefined {
  const shares = priced.flatMap(({ values }) => {
    const [soft, task] = [values[`cost.${cost}`], values.task];
    return soft === undefined || !task ? [] : [(values[`lambda.${cost}`]! * soft) / task];
  });
  return shares.length < STILL_POINTS ? undefined : Math.max(...shares.slice(-STILL_POINTS));
}

export const costIgnored: FailureSignature = {
  name: "costIgnored",
  title: "a cost is ignored",
  find: (history, { costs }) =>
    costs.flatMap(({ name, limit }): ObjectiveWarning[] => {
      const priced = history.filter(({ values }) => (values[`lambda.${name}`] ?? 0) > 0);
      const soft = seriesOf(priced, `cost.${name}`);
      if (soft.length < STILL_POINTS) return [];
      const recent = soft.slice(-STILL_POINTS).map((s) => s.value);
      const [low, high] = [Math.min(...recent), Math.max(...recent)];
      // What stands at its limit does what it was told.
      if (limit !== undefined && low <= limit + STILL) return [];
      const share = priceOverTask(priced, name);
      if (share !== undefined && share < UNHEARD) {
        return [
          {
            signature: "costIgnored",
            cost: name,
            what: `the price of the cost ${name} is not heard beside the task`,
            evidence: [
              `lambda * cost at most ${show(share)} of the task's loss over the last ${STILL_POINTS} points`,
            ],
            advice: RAISE,
          },
        ];
      }
      if (high - low >= STILL) return [];
      // Without a limit a fall before is a price that has done its work.
      if (limit === undefined && soft[0]!.value - low >= STILL) return [];
      const measured = history.findLast(({ values }) => loudest(values, name) !== undefined);
      const pressure = measured && loudest(measured.values, name);
      const lambda = priced.at(-1)!.values[`lambda.${name}`]!;
      return [
        {
          signature: "costIgnored",
          cost: name,
          what: `the cost ${name} stands still at ${show(recent.at(-1)!)} of its start`,
          evidence: [
            `between ${show(low)} and ${show(high)} over the last ${STILL_POINTS} points`,
            `lambda ${show(lambda)}`,
            ...(pressure === undefined ? [] : [`gradient ${show(pressure)} of the task's at most`]),
          ],
          advice: adviceFor(pressure),
        },
      ];
    }),
};

const RAISE = "raise lambda, or give a budget";

function adviceFor(pressure: number | undefined): string {
  if (pressure === 0) return "no gradient arrives: run checkComputeGradient on this cost";
  if (pressure !== undefined && pressure < UNHEARD) return RAISE;
  return "raise lambda, or look at the gradient pressure of each block: decisions may be saturated";
}
