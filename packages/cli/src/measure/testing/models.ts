/** Small models for the tests of measuring. */

import { encodeOnnx } from "@frugal/core/formats";
import type { OnnxModel } from "@frugal/core/lowering";
import { tensor } from "@frugal/core/tensor";

const node = (opType: string, inputs: string[], outputs: string[], attrs = {}) => ({
  ...{ opType, domain: "", name: outputs[0]!, inputs, outputs, attrs },
});

/** y = relu(x W) for x of shape [batch, width]. */
export function denseModel(batch: number | string, width = 64): Uint8Array {
  const weights = Array.from({ length: width * width }, (_, i) => ((i % 7) - 3) / width);
  const model: OnnxModel = {
    name: "dense",
    opsets: { "": 17 },
    metadata: {},
    inputs: [{ name: "x", dtype: "float32", shape: [batch, width] }],
    outputs: [{ name: "y", dtype: "float32", shape: [batch, width] }],
    initializers: [{ name: "w", tensor: tensor("float32", [width, width], weights) }],
    nodes: [node("MatMul", ["x", "w"], ["h"]), node("Relu", ["h"], ["y"])],
  };
  return encodeOnnx(model);
}

/** y = relu(x) for an image of one channel. */
export function imageModel(): Uint8Array {
  const shape = ["N", 1, 4, 4];
  return encodeOnnx({
    name: "image",
    opsets: { "": 17 },
    metadata: {},
    inputs: [{ name: "x", dtype: "float32", shape }],
    outputs: [{ name: "y", dtype: "float32", shape }],
    initializers: [],
    nodes: [node("Relu", ["x"], ["y"])],
  });
}

/** Embeddings of tokens and of their types, times a mask: integer inputs of three kinds, two open dimensions. */
export function tokenModel(): Uint8Array {
  const table = (name: string, rows: number) => ({
    name,
    tensor: tensor(
      "float32",
      [rows, 2],
      Array.from({ length: rows * 2 }, (_, i) => i),
    ),
  });
  const open = ["batch", "seq"];
  const model: OnnxModel = {
    name: "tokens",
    opsets: { "": 17 },
    metadata: {},
    inputs: [
      { name: "ids", dtype: "int32", shape: open },
      { name: "types", dtype: "int32", shape: open },
      { name: "mask", dtype: "int32", shape: open },
    ],
    outputs: [{ name: "y", dtype: "float32", shape: [...open, 2] }],
    initializers: [
      table("words", 50),
      table("kinds", 3),
      { name: "last", tensor: tensor("int32", [1], [2]) },
    ],
    nodes: [
      node("Identity", ["ids"], ["same"]),
      node("Gather", ["words", "same"], ["w"], { axis: 0 }),
      node("Gather", ["kinds", "types"], ["k"], { axis: 0 }),
      node("Cast", ["mask"], ["m"], { to: 1 }),
      node("Add", ["w", "k"], ["sum"]),
      node("Cast", ["last"], ["axes"], { to: 7 }),
      node("Unsqueeze", ["m", "axes"], ["wide"]),
      node("Mul", ["sum", "wide"], ["y"]),
    ],
  };
  return encodeOnnx(model);
}
