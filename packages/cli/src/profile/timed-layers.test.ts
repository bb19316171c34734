/** Names that the runtime gives to fused nodes, and the nodes that they stand for. */

import { profile } from "@frugal/core/costs";
import { decodeOnnx, encodeOnnx } from "@frugal/core/formats";
import type { OnnxModel } from "@frugal/core/lowering";
import { tensor } from "@frugal/core/tensor";
import { expect, it } from "vitest";
import { locateLayers } from "./timed-layers.js";

/** y = relu(relu(x A) B): 2 * 4 and 4 * 8 products. */
function twoLayers(name: (op: string) => string) {
  const node = (opType: string, inputs: string[], output: string) => ({
    ...{ opType, domain: "", name: name(output), inputs, outputs: [output], attrs: {} },
  });
  const zeros = (shape: readonly [number, number]) =>
    tensor("float32", [...shape], new Array(shape[0] * shape[1]).fill(0));
  const model: OnnxModel = {
    name: "two",
    opsets: { "": 17 },
    metadata: {},
    inputs: [{ name: "x", dtype: "float32", shape: [1, 2] }],
    outputs: [{ name: "y", dtype: "float32", shape: [1, 8] }],
    initializers: [
      { name: "A", tensor: zeros([2, 4]) },
      { name: "B", tensor: zeros([4, 8]) },
    ],
    nodes: [
      node("MatMul", ["x", "A"], "a"),
      node("Relu", ["a"], "h"),
      node("MatMul", ["h", "B"], "b"),
      node("Relu", ["b"], "y"),
    ],
  };
  const file = decodeOnnx(encodeOnnx(model));
  return { file, profile: profile(file) };
}

const located = (names: readonly string[], model = twoLayers((output) => `node of ${output}`)) =>
  locateLayers(
    names.map((path) => ({ path, ms: 1, share: 1 / names.length })),
    model,
  ).map(({ path, macs }) => [path, macs]);

it("a node of its own name has its own products", () => {
  expect(located(["node of a", "node of h", "node of b", "node of y"])).toEqual([
    ["node of a", 8],
    ["node of h", 0],
    ["node of b", 32],
    ["node of y", 0],
  ]);
});

it("a fused node is called after the output of its last, and holds what has no time of its own", () => {
  expect(located(["h", "y"])).toEqual([
    ["h", 8],
    ["y", 32],
  ]);
  expect(located(["ReorderInput", "y"])).toEqual([
    ["ReorderInput", undefined],
    ["y", 40],
  ]);
});

it("a node without a name is found by its operator and place", () => {
  expect(
    located(
      ["MatMul_0", "MatMul_2", "MatMul_3", "Relu_9"],
      twoLayers(() => ""),
    ),
  ).toEqual([
    ["MatMul_0", 8],
    ["MatMul_2", 32],
    ["MatMul_3", undefined],
    ["Relu_9", undefined],
  ]);
});

it("what went into a layer that nobody can name is not given to the next", () => {
  expect(located(["Fused_12", "node of y"])).toEqual([
    ["Fused_12", undefined],
    ["node of y", 0],
  ]);
});
