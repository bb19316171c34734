// Reads the gathered results, prints the figures and fails if a mark is missed.
//
//   node examples/eat/check.mjs

import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { mean, percent, spread } from "../statistics.mjs";
import { chosenOf, fallsOf, groupsOf, LARGEST_DROP } from "./results.mjs";

const marks = { seeds: 3, energyFall: 0.2, rivals: ["L1", "Hoyer", "narrower net"] };
/** Max-pooling only: a mean over a whole map is zero only where all of it is. */
const experiments = {
  fashion: { falls: ["activation", "pool"], rivals: marks.rivals },
  resnet18: { falls: ["activation"], rivals: marks.rivals },
  vgg16: { falls: ["activation", "pool"], rivals: [] },
};

const folder = join(dirname(fileURLToPath(import.meta.url)), "results");
const checks = [];
for (const [name, wanted] of Object.entries(experiments)) {
  const path = join(folder, `${name}.json`);
  if (!existsSync(path)) {
    checks.push([false, `${name}: no results`]);
    continue;
  }
  const { title, runs } = JSON.parse(readFileSync(path, "utf8"));
  const groups = groupsOf(runs);
  const standard = groups.find((g) => g.method === "standard");
  const chosen = chosenOf(groups);
  console.log(`\n${title}`);
  const unit = standard && mean(standard.of((r) => r.test.referencePj));
  for (const g of groups) {
    console.log(
      [
        g.setting.padEnd(20),
        `${g.seeds.length} seeds`,
        `test ${spread(g.of((r) => r.test.accuracy))}`,
        `validation ${spread(g.of((r) => r.validation.accuracy))}`,
        `ratio ${spread(
          g.of((r) => r.test.reference),
          1,
        )}`,
        `corrected ${spread(
          g.of((r) => r.test.corrected),
          1,
        )}`,
        `energy ${percent(mean(g.of((r) => r.test.referencePj)) / unit, 1)}`,
        `${Math.round(mean(g.of((r) => r.seconds)))} s`,
        g === chosen ? "<- chosen on validation" : "",
      ].join("  "),
    );
  }
  if (!standard || !chosen) {
    checks.push([false, `${name}: standard training and EAT are not both there`]);
    continue;
  }
  const seeds = Math.min(standard.seeds.length, chosen.seeds.length);
  const of = (g, pick) => mean(g.of(pick));
  const fall = (pick) => 1 - of(chosen, pick) / of(standard, pick);
  const drop = of(standard, (r) => r.test.accuracy) - of(chosen, (r) => r.test.accuracy);
  const steps = new Set(runs.map((r) => r.steps));
  const falls = fallsOf(standard, chosen);
  // What only hands on zeros falls with what made them.
  const made = falls.filter((f) => f.kind !== "flatten").slice(0, wanted.falls.length);
  for (const f of falls) {
    console.log(
      `  ${f.kind.padEnd(12)} not zero ${percent(f.before, 1)} -> ${percent(f.after, 1)}`,
    );
  }
  checks.push(
    [seeds >= marks.seeds, `${name}: ${seeds} seeds, wanted ${marks.seeds}`],
    [steps.size === 1, `${name}: all runs have ${[...steps].join(", ")} steps`],
    [
      fall((r) => r.test.reference) >= marks.energyFall,
      `${name}: simulated energy ratio ${percent(
        fall((r) => r.test.reference),
        1,
      )} below standard training's in reference mode (corrected ${percent(
        fall((r) => r.test.corrected),
        1,
      )}), wanted ${percent(marks.energyFall, 0)}`,
    ],
    [
      drop <= LARGEST_DROP,
      `${name}: ${(100 * drop).toFixed(2)} points below standard training, wanted at most ${100 * LARGEST_DROP}`,
    ],
    [
      made.every((f) => wanted.falls.includes(f.kind) && f.fall > 0),
      `${name}: ${made.map((f) => f.kind).join(" and ")} fall most, wanted ${wanted.falls.join(" and ")}`,
    ],
    ...wanted.rivals.map((rival) => {
      const found = groups.filter((g) => g.method === rival);
      const fewest = Math.min(...found.map((g) => g.seeds.length));
      return [found.length > 0 && fewest >= marks.seeds, `${name}: ${rival} beside it`];
    }),
  );
}
console.log("");
for (const [ok, text] of checks) console.log(`${ok ? "ok    " : "MISSED"}  ${text}`);
process.exitCode = checks.every(([ok]) => ok) ? 0 : 1;
