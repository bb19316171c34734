/**
 * Latency models on networks that they have not seen. Random networks, each an architecture of its own, are timed and
 * split into training, validation and test. The roofline comes from kernels that were recorded by themselves; the look-up
 * table holds these ("alone") and those that were recorded within training networks; the regressor learns from both and
 * from the totals of the training networks. Nothing of a test network but its total is ever measured.
 */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import {
  fitLatency,
  kernelsOf,
  lookupPredictor,
  lookupRows,
  predictLatency,
  probeModel,
  profile,
  regressorPredictor,
  rooflineBound,
  rooflineLatency,
} from "@frugal/core/costs";
import { predictionAccuracy } from "@frugal/core/evaluation";
import { encodeOnnx } from "@frugal/core/formats";
import { median, round } from "./lib/measure.mjs";
import { randomNet } from "./lib/random-nets.mjs";

const SEED = 20;
const PROBES = 400;
const PER_PROCESS = 28;
/** Passes over all networks, minutes apart; those whose two best passes differ by more are timed again, then dropped. */
const PASSES = 2;
const AGREEMENT = 0.05;
const MOST_PASSES = 5;
const CHAINS = [20, 60, 100];

const worker = fileURLToPath(new URL("workers/latency.mjs", import.meta.url));

function inChild(task) {
  const child = spawnSync(process.execPath, [worker, JSON.stringify({ seed: SEED, ...task })], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (child.status !== 0) throw new Error(`the worker failed: ${child.stderr}`);
  return JSON.parse(child.stdout.trim().split("\n").at(-1));
}

/** Spread over processes, so that none holds too many sessions. */
function inChildren(indices, task) {
  const results = [];
  for (let i = 0; i < indices.length; i += PER_PROCESS) {
    results.push(...inChild({ ...task, indices: indices.slice(i, i + PER_PROCESS) }));
  }
  return results;
}

/** What a machine at rest would show: noise only ever adds to a median of many runs. */
const leastOf = (values) => Math.min(...values);

const differ = (times) => {
  const [a, b] = times.toSorted((x, y) => x - y);
  return b / a - 1;
};

/** Networks in passes until two agree. */
function timeNets(count, note) {
  const passes = Array.from({ length: count }, () => []);
  let open = passes.map((_, i) => i);
  for (let pass = 0; pass < MOST_PASSES && open.length > 0; pass++) {
    note(`timing ${open.length} networks, pass ${pass + 1}`);
    const order = pass % 2 ? open.toReversed() : open;
    for (const { index, rounds } of inChildren(order, { source: "nets", rounds: 6 })) {
      passes[index].push(leastOf(rounds));
    }
    open = passes.flatMap((p, i) => (p.length < PASSES || differ(p) > AGREEMENT ? [i] : []));
  }
  return { passes, dropped: open };
}

/** Which part a network belongs to: 70, 10 and 20 of 100. */
const splitOf = (index) => (index % 10 < 7 ? "training" : index % 10 === 7 ? "validation" : "test");

function measure(nets, note) {
  const start = performance.now();
  const load = loadavg()[0];
  note("recording kernels");
  const chains = inChild({ source: "chain", rounds: 10, indices: CHAINS });
  const recording = { rounds: 5, profile: true };
  const indices = [...Array(PROBES).keys()];
  const probes = inChildren(indices, { source: "probes", ...recording });
  const probeTotals = inChildren(indices, { source: "probes", rounds: 6 });
  const { passes, dropped } = timeNets(nets, note);
  const training = passes.flatMap((_, i) => (splitOf(i) === "training" ? [i] : []));
  note(`recording the kernels of ${training.length} training networks`);
  const kernels = inChildren(training, { source: "nets", ...recording });
  const minutes = (performance.now() - start) / 60e3;
  return { chains, probes, probeTotals, passes, dropped, kernels, minutes, load };
}

const ledgerOf = (model) => profile(encodeOnnx(model)).ledger;

/** No kernel takes less: what is left of the smallest ones is noise. */
const LEAST_MS = 2e-4;

/** Recorded kernels with the least of their times, without what the profile adds. */
const recordedOf = (entries, modelOf, profilingMs) =>
  entries.flatMap(({ index, rounds }) =>
    kernelsOf(ledgerOf(modelOf(index))).map((kernel, i) => {
      const times = rounds.flatMap((r) => {
        const shown = r.kernels[i];
        return shown ? [Math.max(LEAST_MS, shown.ms - shown.nodes * profilingMs)] : [];
      });
      return { kernel, ms: times.length > 0 ? [leastOf(times)] : [] };
    }),
  );

/**
 * What a run costs and what a kernel, from chains of least kernels; and what the profile adds to each node, from small
 * probes that were timed with and without it.
 */
function overheadsOf({ chains, probes, probeTotals }) {
  const points = chains.map(({ index, rounds }) => [index, leastOf(rounds)]);
  const [first, last] = [points[0], points.at(-1)];
  const perKernel = Math.max(0, (last[1] - first[1]) / (last[0] - first[0]));
  const base = Math.max(0, first[1] - first[0] * perKernel);
  const totals = new Map(probeTotals.map(({ index, rounds }) => [index, leastOf(rounds)]));
  const added = probes
    .filter(({ index }) => totals.get(index) < 0.3)
    .map(({ index, rounds }) => {
      const shown = leastOf(rounds.map((r) => r.sum));
      return (shown - (totals.get(index) - base)) / rounds[0].nodes;
    });
  return { perKernel, base, profiling: Math.max(0, median(added)) };
}

/** Roofline of this machine as the recorded kernels show it: the best rates that any of them reached. */
function deviceOf(recorded, overheads) {
  const rates = (amount) =>
    recorded
      .flatMap(({ kernel, ms }) => (ms[0] > 0.02 ? [(1e3 * amount(kernel)) / ms[0]] : []))
      .sort((a, b) => a - b);
  const top = (list) => list[Math.floor(list.length * 0.95)];
  return {
    name: cpus()[0].model,
    peakMacsPerSecond: top(rates((k) => k.macs)),
    bytesPerSecond: top(rates((k) => k.bytesRead + k.bytesWritten)),
    overheadMsPerKernel: overheads.perKernel,
    threads: 1,
    provider: "cpu",
  };
}

export async function run({ nets, data, print, note }) {
  const kept = data && existsSync(data) ? JSON.parse(readFileSync(data, "utf8")) : undefined;
  const measured = kept ?? measure(nets, note);
  if (data && !kept) writeFileSync(data, JSON.stringify(measured));
  const { passes, dropped, probes, kernels: netKernels } = measured;
  const overheads = overheadsOf(measured);
  const left = passes.flatMap((p, index) => {
    if (dropped.includes(index)) return [];
    const ledger = ledgerOf(randomNet(SEED, index));
    const times = p.toSorted((a, b) => a - b);
    return [{ index, ms: (times[0] + times[1]) / 2, ledger, kernels: kernelsOf(ledger) }];
  });
  const part = (name) => left.filter(({ index }) => splitOf(index) === name);
  const test = part("test");

  const recorded = recordedOf(probes, (i) => probeModel(SEED, i), overheads.profiling);
  const device = deviceOf(recorded, overheads);
  const trained = recordedOf(
    netKernels.filter(({ index }) => !dropped.includes(index)),
    (i) => randomNet(SEED, i),
    overheads.profiling,
  );
  const tableOf = (kernels) => ({
    format: 1,
    name: device.name,
    rows: lookupRows(kernels),
    baseMs: overheads.base,
    overheadMsPerKernel: 0,
  });
  // Kernels by themselves, and in the networks that the split allows.
  const table = tableOf([...recorded, ...trained]);
  const alone = tableOf(recorded);
  const samples = (rows) => rows.map(({ family, features, ms }) => ({ family, features, ms }));
  const learn = (boosting) =>
    fitLatency({
      name: device.name,
      kernels: samples(lookupRows(recorded).concat(lookupRows(trained))),
      networks: part("training"),
      boosting,
    });
  const errorsOf = (predict, set) =>
    predictionAccuracy(
      set.map((n) => predict(n.ledger)),
      set.map((n) => n.ms),
    );
  // The depth of the trees is what the validation networks decide.
  const candidates = [2, 3, 4, 5].map((depth) => learn({ depth }));
  const predictBy = (model) => (ledger) =>
    predictLatency(ledger, regressorPredictor(model, { fallback: device })).ms;
  const scores = candidates.map(
    (m) => errorsOf(predictBy(m), part("validation")).meanRelativeError,
  );
  const regressor = candidates[scores.indexOf(Math.min(...scores))];

  const bySource = (predictor) => {
    const sources = { hit: 0, interpolated: 0, extrapolated: 0, missed: 0 };
    for (const { ledger } of test) {
      for (const [k, v] of Object.entries(predictLatency(ledger, predictor).sources))
        sources[k] += v;
    }
    const total = Object.values(sources).reduce((a, b) => a + b, 0);
    return { sources, coverage: (sources.hit + sources.interpolated) / total };
  };
  const lookup = lookupPredictor(table, { fallback: device });
  const lookupAlone = lookupPredictor(alone, { fallback: device });
  const learned = regressorPredictor(regressor, { fallback: device });
  const models = {
    "roofline bound": { predict: (l) => rooflineBound(l, device) },
    roofline: { predict: (l) => rooflineLatency(l, device) },
    "look-up, alone": {
      predict: (l) => predictLatency(l, lookupAlone).ms,
      mark: 0.15,
      ...bySource(lookupAlone),
    },
    "look-up": { predict: (l) => predictLatency(l, lookup).ms, mark: 0.15, ...bySource(lookup) },
    regressor: { predict: (l) => predictLatency(l, learned).ms, mark: 0.1, ...bySource(learned) },
  };

  const spreads = passes.filter((p) => p.length > 1).map(differ);
  const setting = {
    networks: left.length,
    training: part("training").length,
    validation: part("validation").length,
    test: test.length,
    dropped: dropped.length,
    passes: PASSES,
    rounds: 6,
    medianSpread: round(median(spreads)),
    largestSpread: round(Math.max(...spreads)),
    msRange: [Math.min(...left.map((n) => n.ms)), Math.max(...left.map((n) => n.ms))].map((v) =>
      round(v),
    ),
    tableRows: table.rows.length,
    device,
    overheads,
    load: measured.load,
    minutes: round(measured.minutes, 2),
  };
  const gmacs = round(device.peakMacsPerSecond / 1e9);
  print(
    { case: "setting", ...setting },
    `${left.length} networks of ${setting.msRange.join(" to ")} ms (${setting.training} training, ${setting.validation} validation, ` +
      `${setting.test} test; ${dropped.length} dropped), ${PASSES} or more passes of 6 rounds, which differ by ` +
      `${round(100 * setting.medianSpread, 2)} % in the median and ${round(100 * setting.largestSpread, 2)} % at most; ` +
      `${table.rows.length} kernels in the table\n` +
      `roofline: ${gmacs} GMAC/s, ${round(device.bytesPerSecond / 1e9)} GB/s, ${round(1e3 * overheads.perKernel)} us a kernel; ` +
      `a run ${round(1e3 * overheads.base)} us; load ${round(measured.load)}; ${setting.minutes} minutes`,
  );
  const percent = (v) => `${round(100 * v)} %`;
  for (const [name, { predict, mark, ...more }] of Object.entries(models)) {
    const accuracy = errorsOf(predict, test);
    const met = mark === undefined ? undefined : accuracy.meanRelativeError < mark;
    print(
      { case: name, ...accuracy, ...more, ...(mark ? { mark, met } : {}) },
      `${name.padEnd(15)} relative error ${percent(accuracy.meanRelativeError)} (median ${percent(accuracy.medianRelativeError)}), ` +
        `within 5 %: ${percent(accuracy.within5)}, within 10 %: ${percent(accuracy.within10)}, RMSE ${round(accuracy.rmse)} ms, ` +
        `Spearman ${accuracy.spearman.toFixed(4)}` +
        `${more.coverage === undefined ? "" : `, coverage ${percent(more.coverage)} (${more.sources.hit} hits, ${more.sources.interpolated} interpolated, ${more.sources.extrapolated} extrapolated, ${more.sources.missed} missed)`}` +
        `${mark ? `; mark ${percent(mark)}: ${met ? "met" : "missed"}` : ""}`,
    );
  }
}
