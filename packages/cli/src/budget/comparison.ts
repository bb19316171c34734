/** `--baselines`: the same budget by other means, at equal total epochs and over the same seeds. */

import { type SeedSummary, summariseSeeds } from "@frugal/core/evaluation";
import { formatTable, percent } from "../app/format.js";
import { withKind } from "../recipe/check-channels.js";
import type { DeciderName, ResolvedRecipe } from "../recipe/schema.js";
import { deciders } from "./deciders.js";

/** A network to be trained. */
export interface Contender {
  readonly method: string;
  readonly title: string;
  readonly seed: number;
  readonly recipe: ResolvedRecipe;
}

const baselineNames = ["uniform", "magnitude", "random"] as const satisfies readonly DeciderName[];

/** The recipe's own way first, then plain training of the whole network, then the baselines. */
export function contenders(recipe: ResolvedRecipe, seeds: readonly number[]): Contender[] {
  const { channels, objective, ...rest } = recipe;
  const { budget: _, ...plainObjective } = objective;
  const own = channels?.kind ?? "hardConcrete";
  const others = baselineNames.filter((name) => name !== own);
  const by = (kind: DeciderName): Omit<Contender, "seed"> => ({
    method: kind,
    title: deciders[kind].title,
    recipe: { ...recipe, channels: withKind(channels!, kind) },
  });
  const methods = [
    by(own),
    { method: "plain", title: "whole network", recipe: { ...rest, objective: plainObjective } },
    ...others.map(by),
  ];
  return methods.flatMap((m) =>
    seeds.map((seed) => ({
      ...m,
      seed,
      recipe: { ...m.recipe, seed, name: `${recipe.name}-${m.method.toLowerCase()}` },
    })),
  );
}

/** What became of one. */
export interface Outcome {
  readonly method: string;
  readonly title: string;
  readonly seed: number;
  readonly folder: string;
  /** On test, with Wilson's interval. */
  readonly accuracy: { readonly value: number; readonly interval: { low: number; high: number } };
  readonly samples: number;
  readonly macs: number;
  /** Undefined for plain training. */
  readonly met?: boolean;
}

function accuracyText(outcomes: readonly Outcome[]): string[] {
  const points = (v: number) => percent(v, 2);
  const s: SeedSummary = summariseSeeds(outcomes.map((o) => o.accuracy.value));
  const interval = s.interval ?? outcomes[0]!.accuracy.interval;
  return [points(s.mean), `${points(interval.low)} to ${points(interval.high)}`];
}

/** One line a method: the interval is Student's over seeds, or Wilson's of the test samples for a single one. */
export function comparisonTable(outcomes: readonly Outcome[]): string {
  const methods = [...new Set(outcomes.map((o) => o.method))];
  const seeds = new Set(outcomes.map((o) => o.seed)).size;
  const right = "right" as const;
  const table = formatTable(
    [
      { title: "method" },
      { title: "test accuracy", align: right },
      { title: "95 % interval", align: right },
      { title: "MACs", align: right },
      { title: "budget" },
    ],
    methods.map((method) => {
      const own = outcomes.filter((o) => o.method === method);
      const macs = own.reduce((n, o) => n + o.macs, 0) / own.length;
      const judged = own.filter((o) => o.met !== undefined);
      const met = judged.filter((o) => o.met).length;
      return [
        own[0]!.title,
        ...accuracyText(own),
        Math.round(macs).toLocaleString("en-US"),
        judged.length === 0 ? "-" : met === own.length ? "met" : `met by ${met} of ${own.length}`,
      ];
    }),
  );
  const kind = seeds > 1 ? `over ${seeds} seeds (t)` : "of the test samples (Wilson), one seed";
  return `${table}\nequal total epochs; intervals ${kind}`;
}
