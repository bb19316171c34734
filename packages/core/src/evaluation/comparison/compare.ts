/** The whole comparison: indicators, their agreement, pairs, frontiers and warnings. */

import { UserError } from "../../base/index.js";
import { type Agreement, agreementOf } from "./agreement.js";
import { columnsOf, type IndicatorColumn } from "./columns.js";
import { type Frontier, frontierOf } from "./frontier.js";
import { type PairStanding, standingsOf } from "./inversions.js";
import { findMisnomers, type MisnomerOptions, type MisnomerWarning } from "./misnomer.js";
import type { ComparedModel } from "./model.js";

/** Plain JSON. */
export interface Comparison {
  readonly models: readonly string[];
  readonly indicators: readonly IndicatorColumn[];
  readonly agreement: Agreement;
  readonly pairs: readonly PairStanding[];
  /** Absent where fewer than two models have an accuracy. */
  readonly frontier?: Frontier;
  readonly warnings: readonly MisnomerWarning[];
}

function requireModels(models: readonly ComparedModel[]): void {
  if (models.length < 2) {
    throw new UserError("E_USAGE", `a comparison of ${models.length} models`, {
      allowed: "at least two",
    });
  }
  const names = models.map((m) => m.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new UserError("E_USAGE", `two models are called ${JSON.stringify(twice)}`, {
      next: "give each a name of its own",
    });
  }
}

/**
 * Ranks models under every indicator of cost and says where the indicators disagree, after "The Efficiency Misnomer"
 * (Dehghani et al., ICLR 2022): report all indicators, never a single one.
 *
 * A measured value is called less than another only where their intervals do not overlap.
 *
 * @throws UserError for fewer than two models, or two of the same name.
 * @example
 * const wide = { name: "wide", counts: { macs: 100, criticalPathKernels: 2 } };
 * const deep = { name: "deep", counts: { macs: 90, criticalPathKernels: 20 } };
 * const [pair] = compareModels([wide, deep]).pairs;
 * pair.inverted // true
 * pair.aBetter // ["criticalPathKernels"]
 */
export function compareModels(
  models: readonly ComparedModel[],
  options: MisnomerOptions = {},
): Comparison {
  requireModels(models);
  const columns = columnsOf(models, options.devices);
  const frontier = frontierOf(models, columns);
  return {
    models: models.map((m) => m.name),
    indicators: columns,
    agreement: agreementOf(columns),
    pairs: standingsOf(models, columns),
    ...(frontier ? { frontier } : {}),
    warnings: findMisnomers(models, options),
  };
}
