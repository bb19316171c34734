/** Whole training steps with the packed layouts and joined passes, against the double-precision interpreter. */

import { interpreterEngine } from "@frugal/core/engine";
import { input } from "@frugal/core/graph";
import { resnet, traceModel } from "@frugal/core/nn";
import { crossEntropy } from "@frugal/core/objectives";
import { reduceMean } from "@frugal/core/ops";
import { sgd } from "@frugal/core/optim";
import { randomStream } from "@frugal/core/random";
import { tensor, toNumbers } from "@frugal/core/tensor";
import { buildTrainStep } from "@frugal/core/training";
import { expect, test } from "vitest";
import { nodeEngine } from "../src/index.js";

const BATCH = 8;
const SIZE = 4;

const pixels = randomStream(0, "blocked-training");
const feeds = {
  input: tensor(
    "float32",
    [BATCH, 3, SIZE, SIZE],
    Array.from({ length: BATCH * 3 * SIZE * SIZE }, () => pixels.normal()),
  ),
  labels: tensor("int32", [BATCH], [0, 1, 2, 3, 0, 1, 2, 3]),
  lr: tensor("float32", [], [0.05]),
};

test.each([
  { tune: false, title: "the recommended lowerings" },
  { tune: true, title: "measured lowerings" },
])(
  "a residual network takes the same steps with $title as in double precision",
  async ({ tune }) => {
    const model = resnet({ depth: 8, width: 16, inputShape: [3, SIZE, SIZE], classes: 4 });
    const traced = traceModel(model, { batchSize: BATCH, training: true });
    const labels = input("labels", [BATCH], "int32");
    const step = buildTrainStep({
      ...traced,
      loss: reduceMean(crossEntropy(traced.output, labels)),
      optimizer: sgd({ momentum: 0.9, weightDecay: 5e-4 }),
    });
    const fast = await nodeEngine().compile(step.graph, { state: step.state, tune });
    const exact = await interpreterEngine().compile(step.graph, { state: step.state });
    for (let i = 0; i < 2; i++) {
      const [a, b] = [await fast.run(feeds), await exact.run(feeds)];
      expect(toNumbers(a.loss!)[0]).toBeCloseTo(toNumbers(b.loss!)[0]!, 4);
    }
    const [states, expected] = [await fast.readState(), await exact.readState()];
    for (const [name, value] of Object.entries(expected)) {
      const got = toNumbers(states[name]!);
      toNumbers(value).forEach((v, i) => {
        expect(Math.abs(got[i]! - v), `${name}[${i}]`).toBeLessThan(
          2e-3 * Math.max(0.05, Math.abs(v)),
        );
      });
    }
  },
);
