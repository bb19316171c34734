/**
 * Budgets that were not chosen by us: drawn inside the reachable range, each given to `frugal train --budget` once. Half on
 * digits, half on Fashion-MNIST. What counts is the executed cost: never above the budget, and at most 2 % below it.
 */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gateChannels, gatedLedger } from "@frugal/core/adaptive";
import { costModels } from "@frugal/core/costs";
import { digitsNet } from "@frugal/core/nn";
import { reachableRange } from "@frugal/core/objectives";
import { randomStream } from "@frugal/core/random";
import { round } from "./lib/measure.mjs";

const program = fileURLToPath(new URL("../packages/cli/bin/frugal.js", import.meta.url));

/** The folder of shared reference data, above the checkout or where FRUGAL_SHARED_DATA says. */
function sharedData() {
  const given = process.env.FRUGAL_SHARED_DATA;
  if (given) return given;
  let folder = dirname(fileURLToPath(import.meta.url));
  while (dirname(folder) !== folder) {
    folder = dirname(folder);
    const candidate = join(folder, "shared", "data");
    if (existsSync(candidate)) return candidate;
  }
  return undefined;
}

const recipe = (data, width, epochs) => ({
  name: "budget",
  data,
  model: { name: "digits", options: { width } },
  objective: { kind: "plain" },
  optimizer: { name: "adamW", lr: 0.01 },
  schedule: { name: "cosine", warmup: 0.5 },
  epochs,
  batchSize: 64,
  evaluate: { runs: 32 },
});

function cases() {
  const shared = sharedData();
  const fashion = shared && join(shared, "fashion-mnist");
  return [
    {
      name: "digits",
      inputShape: [1, 8, 8],
      width: 16,
      recipe: recipe({ name: "optdigits" }, 16, 10),
    },
    {
      name: "fashion-mnist",
      inputShape: [1, 28, 28],
      width: 8,
      recipe: recipe(
        { name: "fashion-mnist", limit: 12000, ...(fashion ? { from: fashion } : {}) },
        8,
        6,
      ),
    },
  ];
}

/** MACs that removing channels can reach. */
function rangeOf({ inputShape, width }) {
  const net = digitsNet({ inputShape, width });
  const gated = gateChannels(net, { kind: "hardConcrete", batchSize: 1, training: false });
  const bounds = gated.gates.map(({ share, size }) => ({ share, lowest: 1 / size }));
  return reachableRange(gatedLedger(gated, "soft"), bounds, [costModels.macs]).macs;
}

/** Uniform over the range, in whole MACs; from a stream of its own for each. */
function draw({ name, ...model }, i) {
  const { lowest, highest } = rangeOf(model);
  const u = randomStream(1, "bench", "budgets", name, i).uniform();
  return Math.floor(lowest + u * (highest - lowest));
}

function trainOnce(folder, file, { budget, seed }) {
  const runs = join(folder, `run-${seed}`);
  const args = [
    "train",
    file,
    "--runs",
    runs,
    "--budget",
    `macs=${budget}`,
    "--seed",
    String(seed),
  ];
  const { status, stderr } = spawnSync(process.execPath, [program, ...args, "--quiet"], {
    encoding: "utf8",
  });
  const [run] = existsSync(runs) ? readdirSync(runs) : [];
  const path = run && join(runs, run, "certificate.json");
  if (!path || !existsSync(path)) throw new Error(`frugal train ended with ${status}: ${stderr}`);
  return JSON.parse(readFileSync(path, "utf8"));
}

export async function run({ count, print, note }) {
  const folder = mkdtempSync(join(tmpdir(), "frugal-budgets-"));
  const began = Date.now();
  const lines = [];
  try {
    for (const [c, each] of cases().entries()) {
      const file = join(folder, `${each.name}.json`);
      writeFileSync(file, JSON.stringify(each.recipe));
      const runs = c === 0 ? Math.ceil(count / 2) : Math.floor(count / 2);
      for (let i = 0; i < runs; i++) {
        const seed = i + 1;
        const budget = draw(each, i);
        const certificate = trainOnce(join(folder, each.name), file, { budget, seed });
        const [{ executed, exported }] = certificate.costs;
        const accuracy = round(certificate.accuracy.value, 4);
        const line = { data: each.name, budget, executed, accuracy, seed };
        lines.push({ ...line, exported });
        const below = (100 * (1 - executed / budget)).toFixed(2);
        print(
          line,
          `${each.name}  budget ${budget}  executed ${executed} (${below} % below)  test accuracy ${accuracy}  seed ${seed}`,
        );
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const above = lines.filter((l) => l.executed > l.budget || l.exported !== l.executed).length;
  const close = lines.filter((l) => l.executed <= l.budget && l.executed >= 0.98 * l.budget).length;
  const minutes = ((Date.now() - began) / 60000).toFixed(1);
  note(
    `${above} of ${lines.length} above the budget or counted otherwise from the file; ${close} within 2 % below it; ${minutes} minutes`,
  );
}
