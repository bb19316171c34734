/** What batch norm in training costs: the number of passes over the image. */

import { expect, it } from "vitest";
import { gradients } from "../autodiff/index.js";
import { buildGraph, input, type Value } from "../graph/index.js";
import { elementCount } from "../tensor/index.js";
import { batchNormTraining } from "./index.js";

const x = input("x", [2, 3, 4, 4]);
const { y } = batchNormTraining(x, { scale: input("scale", [3]), bias: input("bias", [3]) });

/** Ops that read or write a tensor of the image's size. */
const passes = (value: Value, phase: string) =>
  buildGraph({ value })
    .nodes.filter((n) => n.phase === phase && n.inputs.length > 0)
    .filter((n) => [...n.inputs, ...n.outputs].some((v) => elementCount(v.shape) === 96))
    .map((n) => n.op.kind);

it("takes one op for the statistics and one for the result", () => {
  expect(passes(y, "forward")).toEqual(["ChannelMoments", "ChannelAffine"]);
});

it("takes two sums and two scalings for the gradient, which needs no further addition", () => {
  const [dx] = gradients(y, [x], { seed: input("g", [2, 3, 4, 4]) }) as [Value];
  expect(passes(dx, "backward").sort()).toEqual([
    "ChannelAffine",
    "ChannelAffine",
    "ChannelDot",
    "ChannelSum",
  ]);
});
