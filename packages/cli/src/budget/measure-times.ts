/** Times of networks that are not trained yet: a time does not depend on what the weights are. */

import { exitLedger, type State, type TracedExits } from "@frugal/core/adaptive";
import { initialState } from "@frugal/core/nn";
import { parseBudget } from "@frugal/core/objectives";
import type { Dataset } from "../data/index.js";
import { measureModel, measurePair, type PairMeasurement } from "../measure/index.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { recipeNetwork } from "../training/network.js";
import { BATCH, exportOnnx } from "./export.js";
import {
  type MachineTimes,
  machinePredictor,
  machineTimes,
  samplesFor,
  type TimeStatistic,
  timeOf,
  timeStatisticOf,
} from "./times.js";

/** Rounds and seconds of a comparison: enough for an interval of the ratio. */
const ROUNDS = 20;
const SECONDS = 10;

/** What of measured times the budget of a recipe limits. */
export const timesAsked = ({ objective }: ResolvedRecipe): TimeStatistic[] =>
  parseBudget(objective.budget ?? {}).flatMap((limit) => timeStatisticOf(limit) ?? []);

const common = ({ threads, seed }: ResolvedRecipe, samples: number) => ({
  side: { dims: { [BATCH]: 1 }, threads },
  plan: { samples, seconds: SECONDS, seed },
});

/**
 * The whole network, timed before it is trained, beside its prediction; undefined where the budget is not about time.
 *
 * @throws UserError E_CONFIG where the machine is not calibrated.
 */
export async function measureWhole(
  recipe: ResolvedRecipe,
  dataset: Dataset,
): Promise<MachineTimes | undefined> {
  const asked = timesAsked(recipe);
  if (asked.length === 0) return undefined;
  const predictor = machinePredictor();
  const whole = recipeNetwork(recipe, dataset);
  const { side, plan } = common(recipe, samplesFor(asked));
  const model = exportOnnx(whole, initialState(whole, recipe.seed));
  const name = "the whole network";
  const found = await measureModel({ ...side, ...plan, model, name, batches: [] });
  const measured = Object.fromEntries(asked.map((s) => [s, timeOf(found, s).value]));
  return machineTimes(predictor, exitLedger(whole), measured);
}

/** A network beside the whole one, in turns. */
export function measureBeside(
  model: Uint8Array,
  { recipe, dataset, name }: { recipe: ResolvedRecipe; dataset: Dataset; name: string },
): Promise<PairMeasurement> {
  const whole = recipeNetwork(recipe, dataset);
  const full = exportOnnx(whole, initialState(whole, recipe.seed));
  const { side, plan } = common(recipe, samplesFor(timesAsked(recipe)));
  return measurePair({
    ...plan,
    a: { ...side, model, name },
    b: { ...side, model: full, name: "the whole network" },
    rounds: ROUNDS,
  });
}

/** Statistics of a network whose channels were just chosen: in turns with the whole one, as the certificate measures it. */
export async function measureSmall(
  { traced, state }: { readonly traced: TracedExits; readonly state: State },
  options: { readonly recipe: ResolvedRecipe; readonly dataset: Dataset },
): Promise<(statistic: TimeStatistic) => number> {
  const name = "the network with fewer channels";
  const { a } = await measureBeside(exportOnnx(traced, state), { ...options, name });
  return (statistic) => timeOf(a, statistic).value;
}
