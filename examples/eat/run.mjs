// Trains, evaluates and counts what the figures of README.md need; what is done is skipped.
//
//   node examples/eat/run.mjs [--jobs N] [fashion | resnet18 | vgg16 ...]      (default: all, one at a time)
//
// Results go to runs/eat/NAME; summary.mjs gathers them.

import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const frugal = join(here, "..", "..", "packages", "cli", "bin", "frugal.js");

/** By experiment: folder and recipe. */
const experiments = {
  fashion: [
    { out: "fashion", recipe: "fashion.yaml" },
    { out: "fashion-l1", recipe: "fashion-l1.yaml" },
    { out: "fashion-hoyer", recipe: "fashion-hoyer.yaml" },
    { out: "fashion-narrow", recipe: "fashion-narrow.yaml" },
  ],
  resnet18: [{ out: "resnet18", recipe: "resnet18.yaml" }],
  vgg16: [{ out: "vgg16", recipe: "vgg16.yaml" }],
};

const words = process.argv.slice(2);
const at = words.indexOf("--jobs");
const jobs = at < 0 ? "1" : words.splice(at, 2)[1];
const chosen = words.length > 0 ? words : Object.keys(experiments);
const unknown = chosen.find((name) => !Object.hasOwn(experiments, name));
if (unknown !== undefined || !(Number(jobs) >= 1)) {
  console.error(`usage: run.mjs [--jobs N] [${Object.keys(experiments).join(" | ")} ...]`);
  process.exit(2);
}
for (const { out, recipe } of chosen.flatMap((name) => experiments[name])) {
  const args = ["sweep", join(here, recipe), "--out", join("runs", "eat", out), "--jobs", jobs];
  const { status } = spawnSync(process.execPath, [frugal, ...args, "--firing", "--report"], {
    stdio: "inherit",
  });
  if (status !== 0) process.exit(status ?? 1);
}
