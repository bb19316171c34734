/** What a sweep consists of: one trial for every lambda and seed, and for every baseline and seed. */

import { createHash } from "node:crypto";
import { join } from "node:path";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { canonicalJson, configHash } from "../run-store/folder.js";

export interface Trial {
  /** Name of its folder below trials/. */
  readonly id: string;
  readonly kind: "exits" | "joint" | "plain";
  /** Absent where the objective has no lambda. */
  readonly lambda?: number;
  readonly seed: number;
  readonly recipe: ResolvedRecipe;
}

/** Every trial, seeds outermost: an interrupted sweep then has a whole curve for its first seeds. */
export function trialsOf(recipe: ResolvedRecipe): Trial[] {
  const { lambdas, seeds, baselines } = recipe.sweep;
  const { kind } = recipe.objective;
  const swept: (seed: number) => Trial[] = (seed) =>
    kind === "exits"
      ? lambdas.map((lambda) => lambdaTrial(recipe, lambda, seed))
      : [{ id: `${kind}-s${seed}`, kind, seed, recipe: { ...recipe, seed } }];
  const plain = (seed: number): Trial[] =>
    kind === "plain"
      ? []
      : baselines.map((baseline) => ({
          id: `${baseline}-s${seed}`,
          kind: baseline,
          seed,
          recipe: {
            ...recipe,
            seed,
            objective: { ...recipe.objective, kind: baseline, lambda: 0 },
            model: { ...recipe.model, exits: [] },
          },
        }));
  return seeds.flatMap((seed) => [...plain(seed), ...swept(seed)]);
}

function lambdaTrial(recipe: ResolvedRecipe, lambda: number, seed: number): Trial {
  const { objective } = recipe;
  const given = objective.lambda;
  // The warm-up of the recipe holds for every lambda.
  const swept = typeof given === "number" ? lambda : { ...given, value: lambda };
  return {
    id: `lambda-${lambda}-s${seed}`,
    kind: "exits",
    lambda,
    seed,
    recipe: { ...recipe, seed, objective: { ...objective, lambda: swept } },
  };
}

/** Folder of a sweep: equal settings lead to the same folder, where finished trials are found again. */
export function sweepFolder(recipe: ResolvedRecipe, root: string): string {
  const settings = canonicalJson([configHash(recipe), recipe.sweep]);
  const hash = createHash("sha256").update(settings).digest("hex").slice(0, 8);
  return join(root, `sweep-${recipe.name}-${hash}`);
}

export const trialFolder = (sweep: string, trial: Trial): string => join(sweep, "trials", trial.id);
