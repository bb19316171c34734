// Gathers runs/eat into results/*.json and the pictures of README.md. Needs the built packages.
//
//   node examples/eat/summary.mjs [FOLDER]      (default: runs/eat)

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chart, legend } from "../../packages/cli/dist/report/chart.js";
import { kindChart, layerChart } from "../../packages/cli/dist/report/firing.js";
import { picture } from "../../packages/cli/dist/report/picture.js";
import { mean, percent, readJson } from "../statistics.mjs";
import { chosenOf, groupsOf, half } from "./results.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = process.argv[2] ?? join("runs", "eat");
const out = join(here, "results");

/** Sweeps of each experiment, and what their penalty is called. */
const experiments = {
  fashion: {
    title: "LeNet on Fashion-MNIST",
    sweeps: {
      fashion: "EAT",
      "fashion-l1": "L1",
      "fashion-hoyer": "Hoyer",
      "fashion-narrow": "narrower net",
    },
  },
  resnet18: {
    title: "ResNet-18 of width 16 on CIFAR-10 (JPEG)",
    sweeps: {
      resnet18: "EAT",
      "resnet18-l1": "L1",
      "resnet18-hoyer": "Hoyer",
      "resnet18-narrow": "narrower net",
    },
  },
  vgg16: { title: "VGG-16-BN of reduced width on CIFAR-10 (JPEG)", sweeps: { vgg16: "EAT" } },
};

function validationAccuracy(folder) {
  const lines = readFileSync(join(folder, "metrics.jsonl"), "utf8").trimEnd().split("\n");
  return lines
    .map((line) => JSON.parse(line))
    .findLast((m) => m.split === "validation" && m.name === "accuracy").value;
}

const shares = (list) => Object.fromEntries(list.map(([k, v]) => [k, Number(v.share.toFixed(5))]));

/** One evaluated trial, without what can be read from its files only. */
function runOf(folder, penalty) {
  const path = (name) => join(folder, "eval", `${name}.json`);
  if (![path("test"), path("test-firing"), path("validation-firing")].every(existsSync)) return [];
  const record = readJson(join(folder, "run.json"));
  const { objective } = readJson(join(folder, "config.json"));
  const [test, found, held] = ["test", "test-firing", "validation-firing"].map((n) =>
    readJson(path(n)),
  );
  const isPlain = objective.kind === "plain";
  const lambda = objective.lambda.value ?? objective.lambda;
  const method = isPlain && penalty === "EAT" ? "standard" : penalty;
  const { reference, corrected } = found.energy;
  const run = {
    method,
    setting: isPlain ? method : `${method}, lambda ${lambda}`,
    ...(isPlain ? {} : { lambda }),
    seed: record.seed,
    steps: record.step,
    seconds: Math.round(record.trainSeconds),
    validation: {
      accuracy: validationAccuracy(folder),
      reference: held.energy.reference.ratio,
      corrected: held.energy.corrected.ratio,
    },
    test: {
      samples: found.samples,
      accuracy: test.full.accuracy.value,
      reference: reference.ratio,
      separate: reference.activations.separate,
      corrected: corrected.ratio,
      referencePj: reference.optimisedPj / found.samples,
      correctedPj: corrected.optimisedPj,
      kinds: shares(Object.entries(found.firing.byKind)),
      layers: shares(found.firing.layers.map((l) => [l.id, l])),
    },
  };
  return [{ run, found, record }];
}

/** Accuracy against simulated energy, as a share of standard training's. */
function energyPicture(title, groups) {
  const standard = groups.find((g) => g.method === "standard");
  const unit = mean(standard.of((r) => r.test.referencePj));
  const others = [...new Set(groups.map((g) => g.method))].filter((m) => m !== "standard");
  const methods = ["standard", ...others];
  const series = methods.map((method) => ({
    name: method,
    style: method === "standard" ? "plain" : others.indexOf(method),
    line: "solid",
    points: groups
      .filter((g) => g.method === method)
      .map((g) => {
        const accuracy = g.of((r) => r.test.accuracy);
        const x = mean(g.of((r) => r.test.referencePj)) / unit;
        const y = mean(accuracy);
        const h = accuracy.length > 1 ? half(accuracy) : undefined;
        const ends = h === undefined ? {} : { low: y - h, high: y + h };
        return { x, y, ...ends, title: `${g.setting}: ${percent(y)} at ${percent(x, 1)}` };
      })
      .sort((a, b) => a.x - b.x),
  }));
  const words = `${title}: accuracy against simulated energy, 95 % intervals over seeds`;
  const drawn = chart({
    title: words,
    description: "Up and to the left is better.",
    x: {
      label: "simulated energy per image, standard training = 100 % (reference mode, batch 512)",
      format: (v) => percent(v, Number.isInteger(Number((100 * v).toFixed(6))) ? 0 : 1),
    },
    y: { label: "test accuracy", format: (v) => percent(v, 1) },
    series,
  });
  return picture({ title: words, chart: drawn, legend: legend(series) });
}

/** A chart with its legend behind it, as the report draws them. */
function standalone(title, markup) {
  const end = markup.indexOf("</svg><ul") + "</svg>".length;
  return picture({ title, chart: markup.slice(0, end), legend: markup.slice(end) });
}

mkdirSync(out, { recursive: true });
for (const [name, { title, sweeps }] of Object.entries(experiments)) {
  const all = Object.entries(sweeps).flatMap(([sweep, penalty]) => {
    const trials = join(root, sweep, "trials");
    if (!existsSync(trials)) return [];
    return readdirSync(trials)
      .sort()
      .flatMap((trial) => runOf(join(trials, trial), penalty));
  });
  if (all.length === 0) continue;
  const runs = all.map((a) => a.run);
  const { host, versions, dataset, engine } = all[0].record;
  const machine = `${host.cpu}, ${host.cores} cores`;
  const data = { name: dataset.name, train: dataset.train, validation: dataset.validation };
  writeFileSync(
    join(out, `${name}.json`),
    `${JSON.stringify({ title, machine, engine, node: versions.node, data, runs }, null, 2)}\n`,
  );
  const groups = groupsOf(runs);
  console.log(`${name}: ${runs.length} runs`);
  const chosen = chosenOf(groups);
  if (!chosen) continue;
  writeFileSync(join(out, `${name}-energy.svg`), energyPicture(title, groups));
  const counted = all
    .filter(({ run }) => run.method === "standard" || run.setting === chosen.setting)
    .map(({ run, found }) => ({
      setting: run.method === "standard" ? "plain" : run.setting,
      seed: run.seed,
      found,
    }));
  for (const [kind, draw] of Object.entries({ kinds: kindChart, layers: layerChart })) {
    const words = `${title}: share of values that are not zero, by ${kind === "kinds" ? "kind of layer" : "layer"}`;
    writeFileSync(join(out, `${name}-${kind}.svg`), standalone(words, draw(counted)));
  }
}
