/** One convolution layer with its gradients, against jax-js: the same shapes, in turns. */

import { fileURLToPath } from "node:url";
import { startContestant } from "./lib/contestant.mjs";
import { interleave, round } from "./lib/measure.mjs";

/** N, C, H, K of a 3x3 convolution. */
const CASES = [
  [64, 16, 32, 16],
  [64, 64, 16, 64],
  [64, 128, 8, 128],
];
const local = (path) => fileURLToPath(new URL(path, import.meta.url));

export async function run({ peers, rounds = 3, print }) {
  for (const numbers of CASES) {
    const args = numbers.map(String);
    const contestants = {
      frugal: await startContestant(process.execPath, [local("workers/conv.mjs"), ...args]),
    };
    if (peers.includes("jax-js")) {
      contestants.jax = await startContestant(process.execPath, [
        local("peers/jax-js.mjs"),
        "conv",
        ...args,
      ]);
    }
    const { ms, ratios } = await interleave(contestants, { rounds, steps: { frugal: 10, jax: 1 } });
    for (const contestant of Object.values(contestants)) contestant.stop();
    const [n, c, h, k] = numbers;
    const name = `${n}x${c}x${h}x${h} to ${k} channels`;
    const record = { case: name, frugalMs: round(ms.frugal) };
    let text = `${name}: ${record.frugalMs} ms`;
    if (ratios.jax) {
      Object.assign(record, {
        peer: "jax-js",
        peerMs: round(ms.jax),
        ratio: round(ratios.jax.median),
        rounds,
      });
      text += `; jax-js ${record.peerMs} ms; ratio ${record.ratio} over ${rounds} rounds`;
    }
    print(record, text);
  }
}
