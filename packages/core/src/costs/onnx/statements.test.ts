/** How long variables of the Python source hold memory: counted by hand in tensors of 400 bytes. */

import { describe, expect, it } from "vitest";
import type { Schedule } from "./liveness.js";
import { profile } from "./profile.js";
import { boundNames, isAugmented } from "./source-lines.js";
import { type TinyNode, tinyOnnx } from "./testing/model.js";

const TENSOR = 400;

type Line = readonly [layer: string, line: number, text: string];

const step = (op: string, inputs: readonly string[], out: string, ...calls: Line[]): TinyNode => ({
  op,
  in: inputs,
  out: [out],
  calls,
});

/** Peak and sum, in tensors. */
function tensorsOf(nodes: readonly TinyNode[], schedule: Schedule) {
  const out = nodes.at(-1)!.out[0]!;
  const bytes = tinyOnnx({ inputs: { x: [10, 10] }, outputs: [out], nodes });
  const p = profile(bytes, { schedule });
  return { peak: p.peakActivationBytes / TENSOR, sum: p.allocatedBytes / TENSOR };
}

describe("variables of the source", () => {
  it("live until they are bound again, intermediate results die at once", () => {
    const first: Line = ["", 1, "y = relu(x)"];
    const second: Line = ["", 2, "y = tanh(sigmoid(exp(y)))"];
    const nodes = [
      step("Relu", ["x"], "a", first),
      step("Exp", ["a"], "b", second),
      step("Sigmoid", ["b"], "c", second),
      step("Tanh", ["c"], "d", second),
    ];
    // y, and two of the chain; a graph alone would let go of y once exp has read it.
    expect(tensorsOf(nodes, "statements").peak).toBe(3);
    expect(tensorsOf(nodes, "functional").peak).toBe(2);
  });

  it("live until their call returns", () => {
    const called: Line = ["", 1, "z = self.layer(x)"];
    const last: Line = ["", 2, "return tanh(sigmoid(exp(z)))"];
    const nodes = [
      step("Relu", ["x"], "a", called, ["layer", 7, "y = relu(x)"]),
      step("Exp", ["a"], "b", called, ["layer", 8, "return exp(y)"]),
      step("Exp", ["b"], "c", last),
      step("Sigmoid", ["c"], "d", last),
      step("Tanh", ["d"], "e", last),
    ];
    // In the layer y and its result; after it z and two of the chain: y is gone.
    expect(tensorsOf(nodes, "statements").peak).toBe(3);
  });

  it("hold further values of a tuple, even where nobody reads them", () => {
    const called: Line = ["", 1, "z, _ = self.layer(x)"];
    const last: Line = ["", 2, "return tanh(sigmoid(exp(z)))"];
    const inner: Line = ["layer", 7, "y, weights = attend(x)"];
    const nodes = [
      step("Softmax", ["x"], "w", called, inner),
      step("Exp", ["x"], "v", called, inner),
      step("MatMul", ["w", "v"], "y", called, inner),
      step("Relu", ["y"], "a", called, ["layer", 8, "y = relu(y)"]),
      step("Exp", ["a"], "c", last),
      step("Sigmoid", ["c"], "d", last),
      step("Tanh", ["d"], "e", last),
    ];
    // The weights, z, and two of the chain.
    expect(tensorsOf(nodes, "statements").peak).toBe(4);
  });

  it("are let go between two calls of one layer", () => {
    const called: Line = ["", 1, "x = self.block(x)"];
    const call = (input: string, to: string): TinyNode[] => [
      step("Relu", [input], `${to}1`, called, ["block", 7, "y = relu(x)"]),
      step("Exp", [`${to}1`], `${to}2`, called, ["block", 8, "z = exp(y)"]),
      step("Tanh", [`${to}2`], to, called, ["block", 9, "return tanh(z)"]),
    ];
    // Argument, y, z and the result; without the second start y and z of the first call would be alive as well.
    expect(tensorsOf([...call("x", "a"), ...call("a", "b")], "statements").peak).toBe(4);
  });

  it("are written over by y += x, and by activations that work in place", () => {
    const nodes = [
      step("Exp", ["x"], "a", ["", 1, "y = exp(x)"]),
      step("Add", ["a", "x"], "b", ["", 2, "y += x"]),
      step("Relu", ["b"], "c", ["", 3, "y = relu(y)"]),
    ];
    expect(tensorsOf(nodes, "statements").sum).toBe(2);
    expect(tensorsOf(nodes, "statements-in-place").sum).toBe(1);
    const apart = nodes.with(1, step("Add", ["a", "x"], "b", ["", 2, "y = y + x"]));
    expect(tensorsOf(apart, "statements-in-place").sum).toBe(2);
  });

  it("are not known of files without lines: calls hold their arguments there", () => {
    const nodes = ["Relu", "Exp", "Tanh"].map((op, i) => ({
      op,
      in: [i === 0 ? "x" : `t${i - 1}`],
      out: [`t${i}`],
    }));
    expect(tensorsOf(nodes, "statements")).toEqual(tensorsOf(nodes, "functional"));
  });
});

describe("lines of Python", () => {
  it.each([
    ["y = f(x)", ["y"]],
    ["a, b_1 = f(x)", ["a", "b_1"]],
    ["y: Tensor = f(x)", ["y"]],
    ["return f(x, key=1)", []],
    ["f(x, key=1)", []],
    ["y == x", []],
    ["self.y = f(x)", []],
  ])("bind names: %s", (text, names) => {
    expect(boundNames(text)).toEqual(names);
  });

  it.each([
    ["y += x", true],
    ["y *= 2", true],
    ["y = y + x", false],
    ["assert y >= x", false],
  ])("write over what they name: %s", (text, isSo) => {
    expect(isAugmented(text)).toBe(isSo);
  });
});
