// Reads the result files of the Fashion-MNIST sweep, prints the figures and fails if a mark is missed.
//
//   node examples/fashion-mnist/check.mjs [SWEEP_FOLDER]     (default: the newest runs/sweep-fashion-mnist-*)

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { mean, percent, readJson, spread } from "../statistics.mjs";

const marks = {
  seeds: 3,
  exits: 3,
  fullAccuracy: 0.91,
  budget: 0.5,
  largestDrop: 0.007,
  /** A threshold that keeps the budget on validation may miss it on other samples by chance, up to this share. */
  largestViolation: 0.02,
};

function newestSweep(root = "runs") {
  const folders = existsSync(root)
    ? readdirSync(root)
        .filter((name) => name.startsWith("sweep-fashion-mnist-"))
        .map((name) => join(root, name))
        .sort((a, b) => statSync(a).mtimeMs - statSync(b).mtimeMs)
    : [];
  const newest = folders.at(-1);
  if (newest) return newest;
  console.error(
    "there is no sweep to check\n  where: runs/sweep-fashion-mnist-*\n" +
      "  next: frugal sweep examples/fashion-mnist/recipe.yaml --report",
  );
  process.exit(2);
}

/** Evaluated trials of a kind, and how long each was trained. */
function trialsOf(folder, kind) {
  return readJson(join(folder, "sweep.json"))
    .trials.filter((t) => t.kind === kind && t.status === "completed")
    .map((t) => ({ ...t, folder: join(folder, "trials", t.id) }))
    .filter((t) => existsSync(join(t.folder, "eval", "test.json")))
    .sort((a, b) => a.seed - b.seed)
    .map((t) => ({
      ...t,
      report: readJson(join(t.folder, "eval", "test.json")),
      seconds: readJson(join(t.folder, "run.json")).trainSeconds,
    }));
}

const times = (latencies) =>
  latencies[0]
    .map((l, i) => `${mean(latencies.map((list) => list[i].mean)).toFixed(3)} (${l.batchSize})`)
    .join(", ");

function printTrials(title, trials) {
  console.log(`\n${title}, seeds ${trials.map((t) => t.seed).join(", ")}`);
  const reports = trials.map((t) => t.report);
  const line = (name, { accuracy, macs, violation, latency, shares }) =>
    console.log(
      [
        name.padEnd(12),
        `accuracy ${spread(accuracy)}`,
        `MACs ${percent(mean(macs), 1)}`,
        ...(violation ? [`violation ${violation.map((v) => percent(v)).join(", ")}`] : []),
        ...(shares ? [`leave ${shares.map((s) => percent(s, 0)).join(" / ")}`] : []),
        ...(latency ? [`ms per sample (batch size) ${times(latency)}`] : []),
      ].join("   "),
    );
  line("full depth", {
    accuracy: reports.map((r) => r.full.accuracy.value),
    macs: reports.map(() => 1),
    latency: reports.map((r) => r.full.latency),
  });
  for (const [b, { fraction, shares }] of (reports[0]?.budgets ?? []).entries()) {
    const rows = reports.map((r) => r.budgets[b]);
    line(`budget ${percent(fraction, 0)}`, {
      accuracy: rows.map((r) => r.accuracy.value),
      macs: rows.map((r) => (r.macs.executed / r.budget) * fraction),
      violation: rows.map((r) => r.violation),
      shares: shares.map((_, k) => mean(rows.map((r) => r.shares[k]))),
      latency: rows.map((r) => r.latency),
    });
  }
  for (const [k, exit] of (reports[0]?.exits ?? []).entries()) {
    line(`all at ${exit.name}`, {
      accuracy: reports.map((r) => r.exits[k].accuracy.value),
      macs: reports.map((r) => r.exits[k].macs / r.full.macs),
    });
  }
  console.log(`trained for ${trials.map((t) => `${Math.round(t.seconds)} s`).join(", ")}`);
}

const folder = process.argv[2] ?? newestSweep();
const adaptive = trialsOf(folder, "exits");
const plain = trialsOf(folder, "plain");
console.log(folder);
if (plain.length > 0) printTrials("plain network", plain);
if (adaptive.length > 0) printTrials("network with exits", adaptive);

const rows = adaptive.map((t) =>
  t.report.budgets.find((b) => Math.abs(b.fraction - marks.budget) < 1e-6),
);
const full = adaptive.map((t) => t.report.full.accuracy.value);
const hasRows = rows.length > 0 && rows.every((row) => row !== undefined);
const drop = hasRows ? mean(full) - mean(rows.map((r) => r.accuracy.value)) : Number.NaN;
const worst = hasRows ? Math.max(...rows.map((r) => r.violation)) : Number.NaN;

const checks = [
  [adaptive.length >= marks.seeds, `${adaptive.length} seeds evaluated, wanted ${marks.seeds}`],
  [
    adaptive.every((t) => t.report.exits.length === marks.exits),
    `exits per network: ${adaptive.map((t) => t.report.exits.length).join(", ")}, wanted ${marks.exits}`,
  ],
  [
    mean(full) >= marks.fullAccuracy,
    `full depth: ${percent(mean(full))}, wanted ${percent(marks.fullAccuracy)}`,
  ],
  [
    drop <= marks.largestDrop,
    `half budget: ${(100 * drop).toFixed(2)} points below full depth, wanted at most ${(100 * marks.largestDrop).toFixed(1)}`,
  ],
  [
    hasRows && rows.every((r) => r.validation.macs <= r.budget),
    "half budget: kept on validation, where the thresholds were fitted, by every seed",
  ],
  [
    worst <= marks.largestViolation,
    `half budget: at most ${percent(worst)} over it on test, wanted ${percent(marks.largestViolation, 0)}`,
  ],
  [
    hasRows && rows.every((r) => Math.abs(r.macs.executed / r.macs.policy - 1) < 1e-3),
    "half budget: the MACs that were executed are those that the decisions promised",
  ],
];
if (plain.length > 0 && hasRows) {
  const reference = mean(plain.map((t) => t.report.full.accuracy.value));
  const points = (values) => `${(100 * (mean(values) - reference)).toFixed(2)} points`;
  console.log(
    `\nagainst the plain network: full depth ${points(full)}, half budget ${points(rows.map((r) => r.accuracy.value))}`,
  );
}
console.log("");
for (const [ok, text] of checks) console.log(`${ok ? "ok    " : "MISSED"}  ${text}`);
process.exitCode = checks.every(([ok]) => ok) ? 0 : 1;
