/** What a sweep consists of: one trial for every lambda and seed, and for every baseline and seed. */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { defaultDensity, type ObjectiveKind, type ResolvedRecipe } from "../recipe/schema.js";
import { canonicalJson, configHash } from "../run-store/folder.js";

export interface Trial {
  /** Name of its folder below trials/. */
  readonly id: string;
  readonly kind: ObjectiveKind;
  /** Absent where the objective has no lambda. */
  readonly lambda?: number;
  /** The last one of an anneal. Absent where no sigmas are swept. */
  readonly sigma?: number;
  readonly seed: number;
  readonly recipe: ResolvedRecipe;
}

/** Every trial, seeds outermost: an interrupted sweep then has a whole curve for its first seeds. */
export const trialsOf = (recipe: ResolvedRecipe): Trial[] =>
  recipe.sweep.seeds.flatMap((seed) => [
    ...baselinesOf(recipe, seed),
    ...sweptOf[recipe.objective.kind](recipe, seed),
  ]);

type TrialsOf = (recipe: ResolvedRecipe, seed: number) => Trial[];

const single: TrialsOf = (recipe, seed) => {
  const { kind } = recipe.objective;
  return [{ id: `${kind}-s${seed}`, kind, seed, recipe: { ...recipe, seed } }];
};

const sweptOf: Readonly<Record<ObjectiveKind, TrialsOf>> = {
  exits: (recipe, seed) => recipe.sweep.lambdas.map((lambda) => lambdaTrial(recipe, lambda, seed)),
  density: (recipe, seed) =>
    recipe.sweep.lambdas
      .filter((lambda) => lambda > 0)
      .flatMap((lambda) =>
        recipe.sweep.sigmas
          ? recipe.sweep.sigmas.map((sigma) => sigmaTrial(recipe, { lambda, sigma }, seed))
          : [lambdaTrial(recipe, lambda, seed)],
      ),
  joint: single,
  plain: single,
};

const baselinesOf: TrialsOf = (recipe, seed) => {
  const { kind } = recipe.objective;
  const { baselines, lambdas } = recipe.sweep;
  if (kind === "plain") return [];
  // Density without a price is plain training.
  const isPriceless = kind === "density" && lambdas.includes(0);
  const kinds = new Set([...baselines, ...(isPriceless ? (["plain"] as const) : [])]);
  const { density: _, ...objective } = recipe.objective;
  const { sigmas: __, ...sweep } = recipe.sweep;
  return [...kinds].map((baseline) => ({
    id: `${baseline}-s${seed}`,
    kind: baseline,
    seed,
    recipe: {
      ...recipe,
      seed,
      objective: { ...objective, kind: baseline, lambda: 0 },
      model: { ...recipe.model, exits: [] },
      sweep,
    },
  }));
};

function lambdaTrial(recipe: ResolvedRecipe, lambda: number, seed: number): Trial {
  const { objective } = recipe;
  const given = objective.lambda;
  // The warm-up of the recipe holds for every lambda.
  const swept = typeof given === "number" ? lambda : { ...given, value: lambda };
  return {
    id: `lambda-${lambda}-s${seed}`,
    kind: objective.kind,
    lambda,
    seed,
    recipe: { ...recipe, seed, objective: { ...objective, lambda: swept } },
  };
}

function sigmaTrial(
  recipe: ResolvedRecipe,
  { lambda, sigma }: { readonly lambda: number; readonly sigma: number },
  seed: number,
): Trial {
  const trial = lambdaTrial(recipe, lambda, seed);
  const { objective } = trial.recipe;
  const density = objective.density ?? defaultDensity;
  // An anneal begins where the recipe says, and ends with what is swept.
  const swept = typeof density.sigma === "object" ? { ...density.sigma, to: sigma } : sigma;
  return {
    ...trial,
    id: `lambda-${lambda}-sigma-${sigma}-s${seed}`,
    sigma,
    recipe: {
      ...trial.recipe,
      objective: { ...objective, density: { ...density, sigma: swept } },
    },
  };
}

/** Folder of a sweep: equal settings lead to the same folder, where finished trials are found again. */
export function sweepFolder(recipe: ResolvedRecipe, root: string): string {
  const settings = canonicalJson([configHash(recipe), recipe.sweep]);
  const hash = createHash("sha256").update(settings).digest("hex").slice(0, 8);
  return join(root, `sweep-${recipe.name}-${hash}`);
}

export const trialFolder = (sweep: string, trial: Trial): string => join(sweep, "trials", trial.id);
