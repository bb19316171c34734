/** The program of a recipe with a budget: decide about channels, remove them, train what is left. */

import { foldGates, gatedLedger, removeChannels, type State } from "@frugal/core/adaptive";
import { costModels } from "@frugal/core/costs";
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
import { type BudgetPlan, channelsOf, planBudget } from "./plan.js";
import { type RemovedChannels, readRemoved, writeRemoved } from "./removed.js";
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
    const values = limits.map((l) => [l.name, costModels[l.cost].expected(ledger)] as const);
    const found = valuesOf(Object.fromEntries(values), state);
    return Object.fromEntries(limits.map(({ name }) => [name, found[name]![0]!]));
  };
  return { expected: of("soft"), policy: of("hard") };
}

function decide(
  recipe: ResolvedRecipe,
  { plan, gated, state }: { plan: BudgetPlan; gated?: GatedNetwork | undefined; state: State },
): Decision {
  const { kind, multiple } = channelsOf(recipe);
  const gating = gated ?? plan.gating;
  const scores = deciders[kind].scores({ gating, state, seed: recipe.seed });
  const kept = chooseChannels(plan, { multiple, scores });
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

/**
 * @throws UserError E_CONFIG for a budget that cannot be kept: before anything is trained or written.
 */
export function budgetProgram(
  recipe: ResolvedRecipe,
  data: RecipeData,
  stepsPerEpoch: number,
): Program {
  const plan = planBudget(recipe, data.dataset);
  const { gate, isFirst } = deciders[channelsOf(recipe).kind];
  const small = (widths: RemovedChannels["widths"]) =>
    recipeNetwork(recipe, data.dataset, { widths });

  function smallStretch(widths: RemovedChannels["widths"], began: number): Stretch {
    const traced = small(widths);
    return {
      traced,
      step: recipeStep(recipe, traced),
      until: recipe.epochs,
      // Its optimiser is new: corrections for that count its own steps.
      scalars: { step: (step) => step + 1 - began * stepsPerEpoch },
    };
  }

  function deciding(control?: Parameters<typeof gatedStretch>[0]["control"]): Stretch {
    const gated = gate && gatedNetwork(recipe, plan, { gate, training: true });
    const whole = recipeNetwork(recipe, data.dataset);
    const until = decidingEpochs(recipe);
    const stretch: Stretch = gated
      ? gatedStretch({
          recipe,
          plan,
          gated,
          settled: gatedNetwork(recipe, plan, { gate: gate!, training: false }),
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
      next(folder, ended) {
        const state = { ...ended.parameters, ...ended.buffers };
        const decision = decide(recipe, { plan, gated, state });
        writeRemoved(folder, decision.removed);
        const after = smallStretch(decision.removed.widths, until);
        return { stretch: after, from: beginning(after.step, ended, decision.state) };
      },
    };
  }

  return {
    first() {
      if (!isFirst) return deciding();
      const state = initialState(plan.gating.plain.traced, recipe.seed);
      const { removed } = decide(recipe, { plan, state });
      return {
        ...smallStretch(removed.widths, 0),
        opened: (folder) => writeRemoved(folder, removed),
      };
    },
    resumed: (folder, { stage, control }) =>
      stage === "deciding"
        ? deciding(control)
        : smallStretch(readRemoved(folder).widths, isFirst ? 0 : decidingEpochs(recipe)),
    trained: (folder) => small(readRemoved(folder).widths),
  };
}
