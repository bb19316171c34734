// Trains, evaluates and counts what the figures of README.md need; what is done is skipped.
//
//   node examples/eat/run.mjs [--jobs N] [--images FOLDER] [fashion | resnet18 | vgg16 ...]      (default: all, one at a time)
//
// FOLDER holds CIFAR-10 as JPEG files: train/CLASS/*.jpg and test/CLASS/*.jpg. Results go to runs/eat/NAME; summary.mjs
// gathers them.

import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));
const frugal = join(here, "..", "..", "packages", "cli", "bin", "frugal.js");

/** By experiment: folder and recipe, and whether it is trained on the images of --images. */
const experiments = {
  fashion: [
    { out: "fashion", recipe: "fashion.yaml" },
    { out: "fashion-l1", recipe: "fashion-l1.yaml" },
    { out: "fashion-hoyer", recipe: "fashion-hoyer.yaml" },
    { out: "fashion-narrow", recipe: "fashion-narrow.yaml" },
  ],
  resnet18: [
    { out: "resnet18", recipe: "resnet18.yaml", ofImages: true },
    { out: "resnet18-l1", recipe: "resnet18-l1.yaml", ofImages: true },
    { out: "resnet18-hoyer", recipe: "resnet18-hoyer.yaml", ofImages: true },
    { out: "resnet18-narrow", recipe: "resnet18-narrow.yaml", ofImages: true },
  ],
  vgg16: [{ out: "vgg16", recipe: "vgg16.yaml", ofImages: true }],
};

const { values, positionals } = parseArgs({
  options: { jobs: { type: "string", default: "1" }, images: { type: "string" } },
  allowPositionals: true,
});
const chosen = positionals.length > 0 ? positionals : Object.keys(experiments);
const isKnown = chosen.every((name) => Object.hasOwn(experiments, name));
const sweeps = isKnown ? chosen.flatMap((name) => experiments[name]) : [];
const lacksImages = values.images === undefined && sweeps.some((s) => s.ofImages);
if (!isKnown || !(Number(values.jobs) >= 1) || lacksImages) {
  const names = Object.keys(experiments).join(" | ");
  console.error(`usage: run.mjs [--jobs N] [--images FOLDER] [${names} ...]`);
  if (lacksImages) console.error("resnet18 and vgg16 need --images: CIFAR-10 as JPEG files");
  process.exit(2);
}
for (const { out, recipe, ofImages } of sweeps) {
  const data = ofImages ? ["--set", `data.from=${values.images}`] : [];
  const where = ["--out", join("runs", "eat", out), "--jobs", values.jobs];
  const { status } = spawnSync(
    process.execPath,
    [frugal, "sweep", join(here, recipe), ...data, ...where, "--firing", "--report"],
    { stdio: "inherit" },
  );
  if (status !== 0) process.exit(status ?? 1);
}
