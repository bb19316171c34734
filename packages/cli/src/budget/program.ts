/** The program of a recipe with a budget: decide about channels, remove them, train what is left. */

import { foldGates, gatedLedger, removeChannels, type State } from "@frugal/core/adaptive";
import { initialState } from "@frugal/core/nn";
import type { Checkpoint, TrainStep } from "@frugal/core/training";
import { decidingEpochs } from "../recipe/check-budget.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import type { RecipeData } from "../training/data.js";
import { recipeNetwork, recipeStep } from "../training/network.js";
import type { Program, Stretch } from "../training/program.js";
import { chooseChannels } from "./choose.js";
import { deciders } from "./deciders.js";
import { type GatedNetwork, gatedNetwork, gatedStretch } from "./gated-step.js";
import { keptInTime } from "./in-time.js";
import { measureSmall, measureWhole } from "./measure-times.js";
import { type BudgetPlan, channelsOf, planBudget } from "./plan.js";
import { type RemovedChannels, readRemoved, writeRemoved } from "./removed.js";
import { readTimes, writeTimes } from "./times.js";
import { valuesOf } from "./values.js";

interface Decision {
  readonly removed: RemovedChannels;
  /** Parameters and buffers of the small network. */
  readonly state: State;
}

/** What the gates say a network costs, softly and as they stand: before it is made to fit. */
function gateCosts({ limits }: BudgetPlan, gated: GatedNetwork, state: State) {
  const of = (which: "soft" | "hard") => {
    const ledger = gatedLedger(gated, which);
    const values = limits.map((l) => [l.name, l.model.expected(ledger)] as const);
    const found = valuesOf(Object.fromEntries(values), state);
    return Object.fromEntries(limits.map(({ name }) => [name, found[name]![0]!]));
  };
  return { expected: of("soft"), policy: of("hard") };
}

interface DecideOptions {
  readonly plan: BudgetPlan;
  readonly gated?: GatedNetwork | undefined;
  readonly state: State;
}

/** Counted against the limits of the plan. */
function chosen(recipe: ResolvedRecipe, { plan, gated, state }: DecideOptions): Decision {
  const { kind } = channelsOf(recipe);
  const gating = gated ?? plan.gating;
  const scores = deciders[kind].scores({ gating, state, seed: recipe.seed });
  const kept = chooseChannels(plan, scores);
  const plain = gated ? foldGates(gated, state, kept) : state;
  const { widths, state: small } = removeChannels(plan.model, plain, kept, { trace: plan.trace });
  const counts = Object.entries(kept).map(([name, mask]) => [
    name,
    { kept: mask.filter(Boolean).length, of: mask.length },
  ]);
  const costs = gated ? gateCosts(plan, gated, state) : { expected: null, policy: null };
  return {
    removed: { schemaVersion: 1, kind, widths, kept: Object.fromEntries(counts), ...costs },
    state: small,
  };
}

/** Where times are limited, the network that is left is timed, too, and chosen anew until it keeps them. */
function decide(recipe: ResolvedRecipe, data: RecipeData, options: DecideOptions) {
  const { dataset } = data;
  return keptInTime(options.plan, {
    decide: (plan) => chosen(recipe, { ...options, plan }),
    measure: ({ removed: { widths }, state }) =>
      measureSmall(
        { traced: recipeNetwork(recipe, dataset, { widths }), state },
        { recipe, dataset },
      ),
  });
}

const pick = (state: State, paths: readonly string[]): State =>
  Object.fromEntries(paths.map((path) => [path, state[path]!]));

/** Where the small network begins: the weights that are left, and an optimiser that has seen nothing. */
function beginning(step: TrainStep, { progress }: Checkpoint, state: State): Checkpoint {
  const first = Object.fromEntries(step.state.map(({ input, initial }) => [input, initial]));
  return {
    progress,
    parameters: pick(state, step.kinds.parameters),
    buffers: pick(state, step.kinds.buffers),
    optimizer: pick(first, step.kinds.optimizer),
  };
}

/** Times of the whole network: those that a run began with, else new ones. */
async function timesOf(recipe: ResolvedRecipe, { dataset }: RecipeData, folder?: string) {
  const known = folder === undefined ? undefined : readTimes(folder);
  if (known) return known;
  const found = await measureWhole(recipe, dataset);
  if (found && folder !== undefined) writeTimes(folder, found);
  return found;
}

/**
 * folder: of a run that goes on.
 *
 * @throws UserError E_CONFIG for a budget that cannot be kept: before anything is trained or written.
 */
export async function budgetProgram(
  recipe: ResolvedRecipe,
  data: RecipeData,
  { stepsPerEpoch, folder }: { readonly stepsPerEpoch: number; readonly folder?: string },
): Promise<Program> {
  const times = await timesOf(recipe, data, folder);
  const plan = planBudget(recipe, data.dataset, times);
  const opened = (at: string): void => {
    if (times) writeTimes(at, times);
  };
  const { gate, isFirst } = deciders[channelsOf(recipe).kind];

  function smallStretch(widths: RemovedChannels["widths"], began: number): Stretch {
    const traced = recipeNetwork(recipe, data.dataset, { widths });
    return {
      traced,
      step: recipeStep(recipe, traced),
      until: recipe.epochs,
      // Its optimiser is new: corrections for that count its own steps.
      scalars: { step: (step) => step + 1 - began * stepsPerEpoch },
    };
  }

  function deciding(control?: Parameters<typeof gatedStretch>[0]["control"]): Stretch {
    const settled = gate && gatedNetwork(recipe, plan, { gate, training: false });
    const whole = recipeNetwork(recipe, data.dataset);
    const until = decidingEpochs(recipe);
    const stretch: Stretch = settled
      ? gatedStretch({
          recipe,
          plan,
          gated: gatedNetwork(recipe, plan, { gate: gate!, training: true }),
          settled,
          stepsPerEpoch,
          ...(control ? { control } : {}),
        })
      : {
          traced: whole,
          step: recipeStep(recipe, whole),
          until,
          scalars: {},
          isFinal: false,
          notes: () => ({ stage: "deciding" }),
        };
    return {
      ...stretch,
      opened,
      async next(folder, ended) {
        const state = { ...ended.parameters, ...ended.buffers };
        const decision = await decide(recipe, data, { plan, gated: settled, state });
        writeRemoved(folder, decision.removed);
        const after = smallStretch(decision.removed.widths, until);
        return { stretch: after, from: beginning(after.step, ended, decision.state) };
      },
    };
  }

  return {
    async first() {
      if (!isFirst) return deciding();
      const state = initialState(plan.gating.plain.traced, recipe.seed);
      const { removed } = await decide(recipe, data, { plan, state });
      return {
        ...smallStretch(removed.widths, 0),
        opened(at) {
          opened(at);
          writeRemoved(at, removed);
        },
      };
    },
    resumed: (at, { stage, control }) =>
      stage === "deciding"
        ? deciding(control)
        : smallStretch(readRemoved(at).widths, isFirst ? 0 : decidingEpochs(recipe)),
  };
}
