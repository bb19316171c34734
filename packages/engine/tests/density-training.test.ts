/** Steps with the density penalty on packed layouts, and the penalty tile by tile, against double precision. */

import { gradients } from "@frugal/core/autodiff";
import { interpreterEngine } from "@frugal/core/engine";
import { buildGraph, input, type Target } from "@frugal/core/graph";
import { applicableLowerings, lowerGraph } from "@frugal/core/lowering";
import { resnet, traceModel } from "@frugal/core/nn";
import { density } from "@frugal/core/objectives";
import { add, mul, reduceSum, softDensity } from "@frugal/core/ops";
import { sgd } from "@frugal/core/optim";
import { randomStream } from "@frugal/core/random";
import { fromHost, interpret } from "@frugal/core/reference";
import { tensor, toNumbers } from "@frugal/core/tensor";
import { buildTrainStep } from "@frugal/core/training";
import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { probeBlockSize } from "../src/block-size.js";
import { nodeEngine } from "../src/index.js";
import { expectClose } from "./support/compare.js";
import { runOnnx } from "./support/onnx-session.js";

const BATCH = 8;
const SIZE = 4;
const pixels = randomStream(0, "density-training");
const normals = (length: number) => Array.from({ length }, () => pixels.normal());
const feeds = {
  input: tensor("float32", [BATCH, 3, SIZE, SIZE], normals(BATCH * 3 * SIZE * SIZE)),
  labels: tensor("int32", [BATCH], [0, 1, 2, 3, 0, 1, 2, 3]),
  lr: tensor("float32", [], [0.05]),
};

test.each([
  { share: 1, tune: false },
  { share: 0.25, tune: false },
  { share: 0.25, tune: true },
])(
  "steps with the penalty on $share of the images (tuned: $tune) are those of double precision",
  async ({ share, tune }) => {
    const model = resnet({ depth: 8, width: 16, inputShape: [3, SIZE, SIZE], classes: 4 });
    const traced = traceModel(model, { batchSize: BATCH, training: true });
    const labels = input("labels", [BATCH], "int32");
    const { loss, metrics } = density(traced, { labels, lambda: 2.5, sigma: 0.1, share });
    const step = buildTrainStep({
      ...traced,
      loss,
      metrics: { cost: metrics.cost! },
      optimizer: sgd({ momentum: 0.9, weightDecay: 5e-4 }),
    });
    const fast = await nodeEngine().compile(step.graph, { state: step.state, tune });
    const exact = await interpreterEngine().compile(step.graph, { state: step.state });
    for (let i = 0; i < 2; i++) {
      const [a, b] = [await fast.run(feeds), await exact.run(feeds)];
      for (const name of ["loss", "cost"]) {
        expect(toNumbers(a[name]!)[0]).toBeCloseTo(toNumbers(b[name]!)[0]!, 4);
      }
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

test.each([
  [2, 16, 128, 128],
  // No power of two: 5 tiles of 105,840 elements.
  [5, 105, 1008],
])("the penalty of [%i, %i, %i, ...] is the same tile by tile", async (...shape) => {
  const dims = shape.filter((d) => d !== undefined);
  const [x, g] = [input("x", dims), input("g", dims)];
  const loss = mul(softDensity(x, { sigma: 0.1 }), 100);
  const [dx] = gradients(add(loss, reduceSum(mul(x, g))), [x]);
  const graph = buildGraph({ loss, dx: dx! });
  const size = dims.reduce((a, b) => a * b, 1);
  const fed = {
    x: tensor("float32", dims, normals(size)),
    g: tensor("float32", dims, normals(size)),
  };
  const blockSize = await probeBlockSize(ort as never);
  const target: Target = { blockSize, domains: ["com.microsoft", "com.microsoft.nchwc"] };
  const chosen: string[] = [];
  const model = lowerGraph(graph, {
    target,
    choose: (node, candidates) => {
      chosen.push(candidates.at(-1)!.name);
      expect(candidates).toEqual(applicableLowerings(node, target));
      return candidates.at(-1)!;
    },
  });
  expect(chosen).toContain("tiled");
  const actual = await runOnnx(model, fed);
  const expected = interpret(graph, { x: fromHost(fed.x), g: fromHost(fed.g) });
  for (const name of ["loss", "dx"]) expectClose(actual[name]!, expected[name]!, 1e-5);
});
