// Reads the results of run.mjs, prints the figures and fails if a mark is missed.
//
//   node examples/prune/check.mjs [FOLDER]     (default: runs/prune)

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { mean, percent, readJson, spread } from "../statistics.mjs";

const marks = {
  seeds: 3,
  /** Of the dense network's MACs. */
  macs: 0.5,
  /** In share of the test samples. */
  largestLoss: 0.01,
  /** How much of the fall in MACs must be a fall in time, batch 1. */
  leastOfPromise: 0.7,
};

const folder = process.argv[2] ?? "runs/prune";
/** Mean and standard deviation over seeds; of one seed its interval over the test samples. */
const accuracyText = (runs) => {
  const values = runs.map((r) => r.accuracy.value);
  if (values.length > 1) return spread(values);
  const { value, interval } = runs[0].accuracy;
  return `${percent(value)} (95 %: ${percent(interval.low)} to ${percent(interval.high)})`;
};

if (!existsSync(folder)) {
  console.error(
    `there is nothing to check\n  where: ${folder}\n  next: node examples/prune/run.mjs`,
  );
  process.exit(2);
}

const all = readdirSync(folder)
  .filter((name) => existsSync(join(folder, name, "result.json")))
  .map((name) => {
    const [method, seed] = name.split("-");
    const { record, evaluation, certificate: first } = readJson(join(folder, name, "result.json"));
    // The run's own file: run.mjs times it anew at the end.
    const own = join(folder, name, record.id, "certificate.json");
    const certificate = first && readJson(own);
    const [cost] = certificate?.costs ?? [];
    return {
      method,
      seed: Number(seed),
      accuracy: evaluation.full.accuracy,
      seconds: record.trainSeconds,
      macs: evaluation.full.macs,
      cost,
      time: certificate?.time,
      channels: certificate?.channels,
      isMet: certificate?.verdict === "met",
    };
  })
  .sort((a, b) => a.seed - b.seed);
const runsOf = (method) => all.filter((r) => r.method === method);

for (const method of new Set(all.map((r) => r.method))) {
  const runs = runsOf(method);
  console.log(
    [
      method.padEnd(10),
      `seeds ${runs.map((r) => r.seed).join(", ")}`.padEnd(13),
      `accuracy ${accuracyText(runs)}`,
      `${(mean(runs.map((r) => r.macs)) / 1e6).toFixed(2)} M MACs`,
      `trained ${runs.map((r) => `${Math.round(r.seconds)} s`).join(", ")}`,
    ].join("   "),
  );
  for (const { seed, time, cost, channels } of runs.filter((r) => r.time)) {
    const { value, low, high } = time.ratio;
    const kept = Object.values(channels).map((c) => c.kept);
    console.log(
      `  seed ${seed}: ${kept.join("-")}, MACs ${percent(cost.exported / cost.full, 1)}, time ${time.medianMs.value.toFixed(3)} of ` +
        `${time.fullMedianMs.value.toFixed(3)} ms, ratio ${value.toFixed(3)} (95 %: ${low.toFixed(3)} to ${high.toFixed(3)})`,
    );
  }
}

const pruned = runsOf("pruned");
const dense = runsOf("dense").filter((r) => pruned.some((p) => p.seed === r.seed));
const loss = mean(dense.map((r) => r.accuracy.value)) - mean(pruned.map((r) => r.accuracy.value));
/** Share of the promise that each seed keeps. */
const kept = pruned.map((r) => (1 - r.time.ratio.value) / (1 - r.cost.exported / r.cost.full));

const checks = [
  [
    pruned.length >= marks.seeds && dense.length === pruned.length,
    `${pruned.length} seeds pruned and ${dense.length} dense, wanted ${marks.seeds} of each`,
  ],
  [
    pruned.every((r) => r.isMet && r.cost.exported <= marks.macs * r.cost.full),
    `MACs of the written files: ${pruned.map((r) => percent(r.cost.exported / r.cost.full, 1)).join(", ")} of the dense network's, wanted at most ${percent(marks.macs, 0)}`,
  ],
  [
    loss <= marks.largestLoss,
    `${(100 * loss).toFixed(2)} points below the dense network on test, wanted at most ${(100 * marks.largestLoss).toFixed(0)}`,
  ],
  [
    kept.length > 0 && kept.every((k) => k >= marks.leastOfPromise),
    `time falls by ${kept.map((k) => percent(k, 0)).join(", ")} of what MACs promise, wanted at least ${percent(marks.leastOfPromise, 0)}`,
  ],
];
console.log("");
for (const [ok, text] of checks) console.log(`${ok ? "ok    " : "MISSED"}  ${text}`);
process.exitCode = checks.every(([ok]) => ok) ? 0 : 1;
