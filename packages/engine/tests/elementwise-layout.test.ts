/** Elementwise ops compute in the memory layout in which their operands already are. */

import {
  buildGraph,
  createNode,
  input,
  type Layout,
  type Op,
  type Value,
} from "@frugal/core/graph";
import { lowerGraph } from "@frugal/core/lowering";
import { functions as f } from "@frugal/core/ops";
import { randomStream } from "@frugal/core/random";
import { fromHost, interpret, type RefTensor } from "@frugal/core/reference";
import { elementCount, type HostTensor, type Shape, tensor } from "@frugal/core/tensor";
import * as ort from "onnxruntime-node";
import { expect, it } from "vitest";
import { probeBlockSize } from "../src/block-size.js";
import { expectClose } from "./support/compare.js";
import { runOnnx } from "./support/onnx-session.js";

/** x, which from here on lies in that layout, as after a convolution that prefers it. */
function laidOut(x: Value, layout: Layout): Value {
  const op: Op<Record<string, never>> = {
    kind: "LaidOut",
    infer: ([v]) => [v!],
    gradient: { none: "it is a test" },
    work: () => ({ macs: 0, otherOps: 0, bytesRead: 0, bytesWritten: 0 }),
    lowerings: [
      {
        name: "convert",
        emit: (node, e) => e.define(node.outputs[0]!, e.use(node.inputs[0]!, layout), layout),
      },
    ],
  };
  return createNode(op, [x], {})[0]!;
}

const blockSize = await probeBlockSize(ort as never);

const shapes: Record<string, Shape> = {
  x: [2, 32, 3, 5],
  channel: [32, 1, 1],
  batched: [1, 32, 1, 1],
  one: [1, 1, 1, 1],
  column: [5],
};
const feeds: Record<string, HostTensor> = Object.fromEntries(
  Object.entries(shapes).map(([name, shape]) => {
    const stream = randomStream(3, name);
    const data = Array.from({ length: elementCount(shape) }, () => Math.fround(stream.normal()));
    return [name, tensor("float32", shape, data)];
  }),
);
const references: Record<string, RefTensor> = Object.fromEntries(
  Object.entries(feeds).map(([name, t]) => [name, fromHost(t)]),
);

/** The last element: whether the operands can all be in the layout. */
const cases: [string, (v: Record<string, Value>) => Value, boolean][] = [
  ["of one operand", ({ x }) => f.relu(f.gelu(f.clip(x!, { min: -1 }))), true],
  ["with a number", ({ x }) => f.add(f.mul(x!, 2), 1), true],
  ["of two operands", ({ x }) => f.mul(x!, f.exp(x!)), true],
  ["with a value a channel", ({ x, channel }) => f.add(f.mul(x!, channel!), channel!), true],
  ["with a value a channel, of full rank", ({ x, batched }) => f.maximum(batched!, x!), true],
  ["with one value of full rank", ({ x, one }) => f.sub(x!, one!), true],
  ["that choose", ({ x, channel }) => f.where(f.greater(x!, channel!), x!, 0), true],
  ["of the gradient of relu", ({ x }) => f.reluGrad(f.neg(x!), f.relu(x!)), true],
  ["that stop gradients", ({ x }) => f.straightThrough(f.round(x!), f.stopGradient(x!)), true],
  ["with an operand that cannot follow", ({ x, column }) => f.add(x!, column!), false],
];

for (const layout of ["blocked", "rows"] as const) {
  // A processor without the blocked convolutions has no such layout.
  const run = layout === "blocked" && blockSize === 0 ? it.skip : it;
  run.each(cases)(`stay in layout ${layout}: ops %s`, async (_, build, follows) => {
    const values = Object.fromEntries(Object.entries(shapes).map(([n, s]) => [n, input(n, s)]));
    const graphOver = (x: Value) => buildGraph({ y: build({ ...values, x }) });
    const model = lowerGraph(graphOver(laidOut(values.x!, layout)), {
      target: { blockSize, domains: ["com.microsoft.nchwc"] },
    });
    const moves = model.nodes.filter((n) => ["Transpose", "ReorderOutput"].includes(n.opType));
    // Once back to plain, at the end or before the op that cannot follow; into rows is a Transpose too.
    expect(moves.length).toBe(layout === "rows" ? 2 : 1);
    expect(model.nodes.at(-1)!.opType === "Add").toBe(!follows);
    const actual = await runOnnx(model, feeds);
    expectClose(actual.y!, interpret(graphOver(values.x!), references).y!, 1e-5);
  });
}
