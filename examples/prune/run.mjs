// Trains the pruned, the dense and the baseline networks of README.md, two at a time, then times the pruned ones alone. What is
// there already is not trained again.
//
//   node examples/prune/run.mjs [--out runs/prune] [--parallel 2]

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const frugal = here("../../packages/cli/bin/frugal.js");
const { values } = parseArgs({
  options: {
    out: { type: "string", default: "runs/prune" },
    parallel: { type: "string", default: "2" },
  },
});

const set = (option) => ["--set", `channels.${option}`];
const budget = ["--budget", "macs=50%", ...set("multiple=16"), ...set("fineTune=13")];
const by = (kind) => [...budget, ...set(`kind=${kind}`)];
const jobs = [
  ...[1, 2, 3].flatMap((seed) => [
    { method: "dense", seed, options: [] },
    { method: "pruned", seed, options: by("hardConcrete") },
  ]),
  ...["uniform", "magnitude", "random"].map((kind) => ({
    method: kind,
    seed: 1,
    options: by(kind),
  })),
];

/** What frugal prints. A certificate that is not met is an exit code of 1: check.mjs judges that. */
function frugalJson(args) {
  const child = spawn(process.execPath, [frugal, ...args, "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const chunks = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const printed = Buffer.concat(chunks);
      if (code === 0 || (code === 1 && JSON.parse(printed).certificate)) resolve(printed);
      else reject(new Error(`frugal ${args.join(" ")}: exit code ${code}`));
    });
  });
}

const folderOf = ({ method, seed }) => join(values.out, `${method}-${seed}`);
const resultOf = (job) => join(folderOf(job), "result.json");

async function train(job) {
  const result = resultOf(job);
  if (existsSync(result)) return;
  const folder = folderOf(job);
  mkdirSync(folder, { recursive: true });
  const args = ["train", here("recipe.yaml"), "--seed", `${job.seed}`, "--runs", folder];
  const printed = await frugalJson([...args, ...job.options]);
  writeFileSync(`${result}.part`, printed);
  renameSync(`${result}.part`, result);
  console.log(`done: ${folder}`);
}

const queue = [...jobs];
async function work() {
  for (let job = queue.shift(); job; job = queue.shift()) await train(job);
}
const start = performance.now();
await Promise.all(Array.from({ length: Number(values.parallel) }, work));
console.log(`all trained after ${Math.round((performance.now() - start) / 60000)} minutes`);

// A trained run without a certificate is evaluated and certified where it is resumed: now with nothing trained beside it.
for (const job of jobs.filter((j) => j.method === "pruned")) {
  const { folder } = JSON.parse(readFileSync(resultOf(job), "utf8"));
  rmSync(join(folder, "certificate.json"), { force: true });
  await frugalJson(["train", "--resume", folder]);
}
console.log("next: node examples/prune/check.mjs");
