/** Several seeds of one recipe as one curve: means with spread, never a best-of. */

import { type SeedSummary, summariseSeeds } from "./intervals.js";
import type { EvaluationReport } from "./report.js";

export interface BudgetSummary {
  /** Requested share of the plain network's MACs. */
  readonly fraction: number;
  readonly budget: number;
  /** How many seeds could keep this budget. */
  readonly seeds: number;
  readonly accuracy: SeedSummary;
  readonly policyMacs: SeedSummary;
  readonly executedMacs: SeedSummary;
  readonly violation: SeedSummary;
  /** Accuracy at full depth minus accuracy under this budget, seed by seed. */
  readonly drop: SeedSummary;
  readonly routingBenefit: SeedSummary;
}

export interface SeedsSummary {
  readonly seeds: number;
  readonly fullAccuracy: SeedSummary;
  readonly fullMacs: number;
  readonly budgets: readonly BudgetSummary[];
}

/**
 * Seeds of one recipe side by side; budgets are matched by their requested MACs.
 *
 * @example
 * const clock = () => performance.now();
 * const options = { engine, clock, traced, state, validation, test, budgets: [100], batchSizes: [] };
 * const { report } = await evaluateExits(options);
 * summariseReports([report, report]).budgets.length // 1
 */
export function summariseReports(reports: readonly EvaluationReport[]): SeedsSummary {
  const full = reports.map((r) => r.full.accuracy.value);
  const requested = [...new Set(reports.flatMap((r) => r.budgets.map((b) => b.budget)))];
  return {
    seeds: reports.length,
    fullAccuracy: summariseSeeds(full),
    fullMacs: reports[0]?.full.macs ?? 0,
    budgets: requested
      .sort((a, b) => a - b)
      .map((budget) => {
        const rows = reports.flatMap((r) => {
          const row = r.budgets.find((b) => b.budget === budget);
          return row ? [{ row, full: r.full.accuracy.value }] : [];
        });
        const over = (pick: (r: (typeof rows)[number]) => number) => summariseSeeds(rows.map(pick));
        return {
          fraction: rows[0]!.row.fraction,
          budget,
          seeds: rows.length,
          accuracy: over(({ row }) => row.accuracy.value),
          policyMacs: over(({ row }) => row.macs.policy),
          executedMacs: over(({ row }) => row.macs.executed),
          violation: over(({ row }) => row.violation),
          drop: over(({ row, full }) => full - row.accuracy.value),
          routingBenefit: over(({ row }) => row.routingBenefit.value),
        };
      }),
  };
}
