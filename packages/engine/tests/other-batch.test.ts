/** Graphs traced at one batch size that run at another: no lowering may write the batch into the graph needlessly. */

import { buildGraph, input, type Value } from "@frugal/core/graph";
import { functions as f } from "@frugal/core/ops";
import { randomStream } from "@frugal/core/random";
import { fromHost, interpret } from "@frugal/core/reference";
import { tensor } from "@frugal/core/tensor";
import { expect, it } from "vitest";
import { nodeEngine } from "../src/index.js";

const builds: Record<string, (x: Value) => Value> = {
  "elementwise ops": (x) => f.where(f.greater(x, 0), f.gelu(x), f.clip(x, { min: -1 })),
  reductions: (x) => f.reduceMax(f.reduceMean(x, { axes: [3] }), { axes: [1], keepDims: true }),
  "transpose and reshape": (x) => f.reshape(f.transpose(x, [0, 2, 3, 1]), [x.shape[0]!, 20, 3]),
  "a reshape that joins the batch with other axes": (x) => f.reshape(x, [x.shape[0]! * 3, 20]),
  flatten: (x) => f.flatten(x),
  "split and concat": (x) =>
    f.concat(f.split(x, { axis: 1, sizes: [1, 2] }).reverse(), { axis: 1 }),
  slice: (x) =>
    f.slice(x, {
      starts: [0, 0, 3],
      ends: [x.shape[0]!, 2, 0],
      axes: [0, 1, 2],
      steps: [1, 1, -2],
    }),
  "a batch in reverse": (x) => f.slice(x, { starts: [-1], ends: [-Infinity], steps: [-1] }),
  pad: (x) => f.pad(x, { pads: [0, 0, 1, 2, 0, 0, 1, 0], mode: "reflect" }),
  "squeeze and unsqueeze": (x) => f.squeeze(f.unsqueeze(x, [0, -1]), [0]),
  expand: (x) => f.expand(f.unsqueeze(x, [1]), [x.shape[0]!, 6, 3, 4, 5]),
  tile: (x) => f.tile(x, [1, 2, 1, 1]),
  gather: (x) =>
    f.gather(
      x,
      f.cast(f.reduceSum(f.mul(f.reduceMean(x, { axes: [0] }), 0), { axes: [0, 1] }), "int64"),
      { axis: 2 },
    ),
  "top-k": (x) => f.topK(x, { k: 2 }).values,
  "cumulative sums": (x) => f.cumSum(x, { axis: 1 }),
  "one-hot positions": (x) => f.oneHot(f.argMax(f.flatten(x), { axis: 1 }), { depth: 60 }),
};

it.each(Object.entries(builds))("run at another batch size: %s", async (_, build) => {
  const traced = (n: number) => {
    const x = input("x", [n, 3, 4, 5]);
    return buildGraph({ y: build(x) });
  };
  const stream = randomStream(1, "batch");
  const x = tensor(
    "float32",
    [7, 3, 4, 5],
    Array.from({ length: 420 }, () => Math.fround(stream.normal())),
  );
  const executable = await nodeEngine().compile(traced(2), {
    symbolicBatch: { inputs: ["x"], outputs: ["y"] },
  });
  try {
    const { y } = await executable.run({ x });
    // The reference reads shapes off the graph, so it is traced at the batch it runs at.
    const expected = referenceAt(build, x);
    expect(y!.shape).toEqual(expected.shape);
    Array.from(y!.data as Float32Array).forEach((v, i) => {
      expect(v).toBeCloseTo(expected.data[i]!, 4);
    });
  } finally {
    await executable.dispose();
  }
});

function referenceAt(build: (x: Value) => Value, fed: ReturnType<typeof tensor>) {
  const x = input("x", fed.shape);
  return interpret(buildGraph({ y: build(x) }), { x: fromHost(fed) }).y!;
}
