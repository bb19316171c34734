/**
 * Times networks in one process: latency.mjs TASK, a JSON object { source: "nets" | "probes" | "chain", seed, indices,
 * rounds, profile }. Prints one line of JSON: per index the median of each round, or what the profile shows.
 *
 * Rounds go over all networks in turn, so that a slow moment of the machine does not fall on one of them alone. A process
 * ends after a few dozen sessions, which the runtime never gives back whole.
 */

import { kernelsOf, kernelTimes, ProbeBuilder, probeModel, profile } from "@frugal/core/costs";
import { encodeOnnx } from "@frugal/core/formats";
import { openModel, randomModelFeeds } from "@frugal/engine";
import { median } from "../lib/measure.mjs";
import { randomNet } from "../lib/random-nets.mjs";

const task = JSON.parse(process.argv[2]);
const BLOCK_MS = 12;
const PROFILED = 12;
const WARM_UP = 5;

/** As many of the least work there is: what a run and a kernel cost before they compute. */
function chain(length) {
  const builder = new ProbeBuilder(0);
  let x = builder.input([1, 16]);
  for (let i = 0; i < length; i++) x = builder.pointwise(i % 2 ? "Sigmoid" : "Tanh", x);
  builder.output(x);
  return builder.model();
}

const sources = { nets: randomNet, probes: probeModel, chain: (_, index) => chain(index) };

const modelOf = (index) => sources[task.source](task.seed, index);

function feedsOf(session, model) {
  const shapes = Object.fromEntries(model.inputs.map((v) => [v.name, v.shape]));
  return session.prepare(randomModelFeeds(session.inputs, { shapes }));
}

/** Medians of blocks of runs. */
async function time(indices) {
  const open = [];
  for (const index of indices) {
    const model = modelOf(index);
    const session = await openModel(encodeOnnx(model), { threads: 1 });
    const feeds = feedsOf(session, model);
    for (let i = 0; i < WARM_UP; i++) await session.run(feeds);
    open.push({ index, session, feeds, rounds: [] });
  }
  for (let round = 0; round < task.rounds; round++) {
    for (const { session, feeds, rounds } of open) {
      const times = [];
      await session.run(feeds);
      const start = performance.now();
      while (times.length < 5 || performance.now() - start < BLOCK_MS) {
        const before = performance.now();
        await session.run(feeds);
        times.push(performance.now() - before);
      }
      rounds.push(median(times));
    }
  }
  return open.map(({ index, rounds }) => ({ index, rounds }));
}

/** Times of kernels, the least of several sessions: what disturbs a run only ever adds. */
async function record(indices) {
  const kept = indices.map((index) => {
    const model = modelOf(index);
    const bytes = encodeOnnx(model);
    return { index, model, bytes, kernels: kernelsOf(profile(bytes).ledger), rounds: [] };
  });
  for (let round = 0; round < task.rounds; round++) {
    for (const { model, bytes, kernels, rounds } of kept) {
      const session = await openModel(bytes, { threads: 1, profile: true });
      const feeds = feedsOf(session, model);
      for (let i = 0; i < WARM_UP + PROFILED; i++) await session.run(feeds);
      const nodes = session.layers({ skip: WARM_UP });
      const sum = nodes.reduce((ms, n) => ms + n.ms, 0);
      rounds.push({ kernels: kernelTimes(kernels, nodes), sum, nodes: nodes.length });
      await session.release();
    }
  }
  return kept.map(({ index, rounds }) => ({ index, rounds }));
}

const results = await (task.profile ? record : time)(task.indices);
console.log(JSON.stringify(results));
