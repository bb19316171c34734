/** A small dense network, where overheads weigh more than arithmetic, against PyTorch and jax-js, in turns. */

import { fileURLToPath } from "node:url";
import { startContestant } from "./lib/contestant.mjs";
import { interleave, round } from "./lib/measure.mjs";
import { findPyTorch } from "./lib/python.mjs";

const local = (path) => fileURLToPath(new URL(path, import.meta.url));

export async function run({ peers, rounds = 9, print, note }) {
  const contestants = {
    frugal: await startContestant(process.execPath, [local("workers/mlp.mjs")]),
  };
  if (peers.includes("pytorch")) {
    const torch = findPyTorch();
    note(`PyTorch ${torch.version}, eager, 2 threads`);
    contestants.pytorch = await startContestant(torch.python, [local("peers/pytorch.py"), "mlp"]);
  }
  if (peers.includes("jax-js")) {
    contestants["jax-js"] = await startContestant(process.execPath, [
      local("peers/jax-js.mjs"),
      "mlp",
    ]);
  }
  const { ms, ratios } = await interleave(contestants, {
    rounds,
    steps: { "jax-js": 10, default: 50 },
  });
  for (const contestant of Object.values(contestants)) contestant.stop();
  const record = { case: "mlp 784-256-10, batch 256", frugalMs: round(ms.frugal) };
  if (peers.length === 0) print(record, `${record.case}: ${record.frugalMs} ms a step`);
  for (const [peer, { median, min, max }] of Object.entries(ratios)) {
    const line = {
      ...record,
      peer,
      peerMs: round(ms[peer]),
      ratio: round(median),
      ratioMin: round(min),
      ratioMax: round(max),
      rounds,
    };
    print(
      line,
      `${line.case}: ${line.frugalMs} ms; ${peer} ${line.peerMs} ms; ratio ${line.ratio} (${line.ratioMin} to ${line.ratioMax} over ${rounds} rounds)`,
    );
  }
}
