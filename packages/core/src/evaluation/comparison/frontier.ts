/** Which models lie on the frontier of accuracy against cost, and how much that depends on the indicator. */

import { type IndicatorColumn, votingColumns } from "./columns.js";
import { isMissing } from "./indicator.js";
import { type ComparedModel, clearlyLess, type Reading } from "./model.js";

export interface Frontier {
  /** Ids of the columns, in the order of rows and columns of the matrix. */
  readonly indicators: readonly string[];
  /** Names of the models on the frontier of each, in their order. */
  readonly members: readonly (readonly string[])[];
  /** |F_a symmetric difference F_b| / |F_a union F_b|: 0 the same frontier, 1 no model in common. */
  readonly disagreement: readonly (readonly number[])[];
  /** Models that are on every frontier. */
  readonly always: readonly string[];
  /** Models without an accuracy: on no frontier. */
  readonly without: readonly string[];
}

interface Candidate {
  readonly name: string;
  readonly cost: Reading;
  readonly accuracy: Reading;
}

/** Clearly better in one, and not clearly worse in the other: noise alone keeps nobody on a frontier or off it. */
function dominates(a: Candidate, b: Candidate): boolean {
  const cheaper = clearlyLess(a.cost, b.cost);
  const moreAccurate = clearlyLess(b.accuracy, a.accuracy);
  if (clearlyLess(b.cost, a.cost) || clearlyLess(a.accuracy, b.accuracy)) return false;
  return cheaper || moreAccurate;
}

function membersUnder(models: readonly ComparedModel[], column: IndicatorColumn): string[] {
  const candidates = models.flatMap(({ name, accuracy }, i): Candidate[] => {
    const cost = column.readings[i]!;
    return accuracy === undefined || isMissing(cost) ? [] : [{ name, cost, accuracy }];
  });
  return candidates
    .filter((c) => !candidates.some((other) => dominates(other, c)))
    .map((c) => c.name);
}

/**
 * Share of models on which two frontiers disagree: |A symmetric difference B| / |A union B| (Jaccard distance).
 *
 * @example
 * frontierDisagreement(["a", "b"], ["b", "c"]) // 0.6667
 */
export function frontierDisagreement(a: readonly string[], b: readonly string[]): number {
  const union = new Set([...a, ...b]);
  const common = a.filter((name) => b.includes(name)).length;
  return union.size === 0 ? 0 : (union.size - common) / union.size;
}

/** The frontiers under the columns that repeat no other and in which every model with an accuracy has a number. */
export function frontierOf(
  models: readonly ComparedModel[],
  columns: readonly IndicatorColumn[],
): Frontier | undefined {
  const withAccuracy = models.filter((m) => m.accuracy !== undefined);
  if (withAccuracy.length < 2) return undefined;
  const complete = votingColumns(columns).filter((c) =>
    models.every((m, i) => m.accuracy === undefined || !isMissing(c.readings[i]!)),
  );
  const members = complete.map((c) => membersUnder(models, c));
  return {
    indicators: complete.map((c) => c.id),
    members,
    disagreement: members.map((a) => members.map((b) => frontierDisagreement(a, b))),
    always: withAccuracy.map((m) => m.name).filter((n) => members.every((f) => f.includes(n))),
    without: models.filter((m) => m.accuracy === undefined).map((m) => m.name),
  };
}
