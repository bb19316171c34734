/** Ops used in evaluation must run at any batch size, whatever batch they were traced with. */

import { buildGraph, input, type Value } from "@frugal/core/graph";
import {
  averagePool,
  batchNorm,
  conv,
  convTranspose,
  flatten,
  gemm,
  globalAveragePool,
  groupNorm,
  layerNorm,
  logSoftmax,
  logSumExp,
  matmul,
  maxPool,
  softmax,
} from "@frugal/core/ops";
import { randomStream } from "@frugal/core/random";
import { fromHost, interpret } from "@frugal/core/reference";
import { elementCount, type HostTensor, type Shape, tensor } from "@frugal/core/tensor";
import { describe, expect, it } from "vitest";
import { nodeEngine } from "../src/index.js";

interface Row {
  readonly shape: Shape;
  readonly others?: readonly Shape[];
  build(x: Value, ...others: Value[]): Value;
}

const vector = [16];
const rows: Readonly<Record<string, Row>> = {
  conv: {
    shape: [16, 5, 4],
    others: [[32, 16, 3, 3], [32]],
    build: (x, w, bias) => conv(x, w!, { bias: bias!, pads: 1 }),
  },
  "conv and pools": {
    shape: [16, 6, 6],
    others: [[16, 16, 3, 3]],
    build: (x, w) => maxPool(averagePool(conv(x, w!), { kernel: 2 }), { kernel: 2 }),
  },
  convTranspose: {
    shape: [16, 3, 3],
    others: [[16, 16, 3, 3]],
    build: (x, w) => convTranspose(x, w!, { pads: 1 }),
  },
  "conv and global pool": {
    shape: [16, 3, 3],
    others: [
      [16, 16, 1, 1],
      [16, 10],
    ],
    build: (x, w, v) => softmax(gemm(flatten(globalAveragePool(conv(x, w!))), v!)),
  },
  batchNorm: {
    shape: [16, 2, 3],
    others: [vector, vector, vector, vector],
    build: (x, scale, bias, mean, variance) =>
      batchNorm(x, { scale: scale!, bias: bias!, mean: mean!, variance: variance! }),
  },
  groupNorm: {
    shape: [16, 2, 3],
    others: [vector, vector],
    build: (x, scale, bias) => groupNorm(x, { groups: 4, scale: scale!, bias: bias! }),
  },
  layerNorm: { shape: [3, 4], build: (x) => layerNorm(x) },
  matmul: { shape: [3, 4], others: [[4, 2]], build: (x, w) => matmul(x, w!) },
  logSoftmax: { shape: [7], build: (x) => logSoftmax(x) },
  logSumExp: { shape: [3, 4], build: (x) => logSumExp(x, { axes: [1] }) },
};

function randomTensor(name: string, shape: Shape) {
  const stream = randomStream(5, "evaluation-batch", name);
  // Positive: one of them is a variance.
  const values = Array.from({ length: elementCount(shape) }, () => 0.1 + stream.uniform());
  return tensor("float32", shape, values);
}

const traced = (row: Row, batch: number) => {
  const x = input("x", [batch, ...row.shape]);
  const others = (row.others ?? []).map((shape, i) => input(`w${i}`, shape));
  return buildGraph({ y: row.build(x, ...others) }, { inputs: [x, ...others] });
};

const engine = nodeEngine();

describe("an evaluation graph traced with a batch of 2", () => {
  for (const [name, row] of Object.entries(rows)) {
    it(`runs ${name} with batches of 1 and 5`, async () => {
      const executable = await engine.compile(traced(row, 2), {
        symbolicBatch: { inputs: ["x"], outputs: ["y"] },
      });
      for (const batch of [1, 5]) {
        const feeds: Record<string, HostTensor> = Object.fromEntries([
          ["x", randomTensor("x", [batch, ...row.shape])],
          ...(row.others ?? []).map((shape, i) => [`w${i}`, randomTensor(`w${i}`, shape)]),
        ]);
        const { y } = await executable.run(feeds);
        const expected = interpret(
          traced(row, batch),
          Object.fromEntries(Object.entries(feeds).map(([k, t]) => [k, fromHost(t)])),
        );
        expect(y!.shape).toEqual(expected.y!.shape);
        for (const [i, v] of expected.y!.data.entries()) {
          expect(Math.abs((y!.data[i] as number) - v)).toBeLessThan(1e-4 * (1 + Math.abs(v)));
        }
      }
      await executable.dispose();
    });
  }
});
