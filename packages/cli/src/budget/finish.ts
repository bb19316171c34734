/** Ends a run that removed channels: its network is exported, counted, timed and certified. */

import { exitLedger, type TracedExits } from "@frugal/core/adaptive";
import type { PairMeasurement } from "../measure/index.js";
import { decidingEpochs } from "../recipe/check-budget.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { readCheckpoint } from "../run-store/checkpoints.js";
import type { RecipeData } from "../training/data.js";
import { certify, costRow, exportNetwork, type Row } from "./certify.js";
import { measureBeside } from "./measure-times.js";
import { channelsOf, type PlannedLimit, planBudget } from "./plan.js";
import { readRemoved } from "./removed.js";
import { readTimes, timeOf } from "./times.js";

export interface FinishOptions {
  readonly recipe: ResolvedRecipe;
  readonly data: RecipeData;
  /** The network that was trained to the end. */
  readonly traced: TracedExits;
}

function measuredOf({ statistic }: PlannedLimit, { a }: PairMeasurement): Row["measured"] {
  return statistic === undefined ? null : { ...timeOf(a, statistic), statistic };
}

export async function finishChannels(
  folder: string,
  { recipe, data, traced }: FinishOptions,
): Promise<void> {
  const { dataset } = data;
  const exported = exportNetwork(folder, traced, readCheckpoint(folder).model);
  const removed = readRemoved(folder);
  const plan = planBudget(recipe, dataset, readTimes(folder));
  const ledgers = { executed: exitLedger(traced), exported: exported.profile.ledger };
  const pair = await measureBeside(exported.bytes, { recipe, dataset, name: exported.file });
  const costs = plan.limits.map((limit) =>
    costRow(limit, {
      expected: removed.expected?.[limit.name] ?? null,
      policy: removed.policy?.[limit.name] ?? null,
      executed: limit.model.full(ledgers.executed),
      exported: limit.model.full(ledgers.exported),
      measured: measuredOf(limit, pair),
    }),
  );
  const deciding = channelsOf(recipe).kind === "uniform" ? 0 : decidingEpochs(recipe);
  certify(folder, {
    ...{ recipe, data, exported, costs, pair },
    decided: {
      ...{ decider: removed.kind, channels: removed.kept, masks: {}, note: "" },
      epochs: { deciding, fineTuning: recipe.epochs - deciding },
    },
  });
}
