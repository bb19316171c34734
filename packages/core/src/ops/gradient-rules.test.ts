import { describe, expect, it } from "vitest";
import { gradients } from "../autodiff/index.js";
import { buildGraph, input, type Value, withPath } from "../graph/index.js";
import { fromHost, interpret } from "../reference/index.js";
import { tensor } from "../tensor/index.js";
import * as f from "./index.js";

const vector = (values: readonly number[]) => input("x", [values.length]);

/** The value, and the derivative of its sum, at x. */
function at(values: readonly number[], build: (x: Value) => Value, order = 1) {
  const x = vector(values);
  const y = build(x);
  let d: Value = y;
  for (let i = 0; i < order; i++) {
    d = gradients(f.reduceSum(d), [x], { unused: "zero" })[0]!;
  }
  const fed = { x: fromHost(tensor("float32", [values.length], values)) };
  const out = interpret(buildGraph({ y, d }, { inputs: [x] }), fed);
  return { y: [...out.y!.data], d: [...out.d!.data] };
}

describe("straightThrough", () => {
  it("has the value of the hard and the gradient of the soft operand", () => {
    const hardened = at([0.25, 0.75], (x) =>
      f.straightThrough(f.cast(f.greater(x, 0.5), "float32"), f.mul(x, x)),
    );
    expect(hardened).toEqual({ y: [0, 1], d: [0.5, 1.5] });
  });

  it("sends nothing to the hard operand, even if that could be differentiated", () => {
    expect(at([2], (x) => f.straightThrough(f.mul(x, 100), x)).d).toEqual([1]);
  });
});

describe("stopGradient", () => {
  it("makes a constant of what it is given", () => {
    expect(at([3], (x) => f.mul(x, f.stopGradient(x)))).toEqual({ y: [9], d: [3] });
  });
});

describe("withGradient", () => {
  it("uses the rule of the user", () => {
    const y = at([2, 3], (x) => f.withGradient(f.round(x), [x], (g) => [f.mul(g, 7)]));
    expect(y).toEqual({ y: [2, 3], d: [7, 7] });
  });

  it("gives the rule its inputs and its result", () => {
    const cube = (x: Value) =>
      f.withGradient(f.pow(x, 3), [x], (g, [a], y) => [f.div(f.mul(f.mul(g, y), 3), a!)]);
    expect(at([2], cube).d).toEqual([12]);
    // The rule 3 y / x is differentiated through y's own rule: 3 (3 y / x) / x - 3 y / x^2 = 6 x.
    expect(at([2], cube, 2).d).toEqual([12]);
  });

  it("refuses gradients of another shape, and says where", () => {
    const x = vector([1, 2]);
    const y = withPath("gate", () => f.withGradient(x, [x], (g) => [f.reduceSum(g)]));
    expect(() => gradients(f.reduceSum(y), [x])).toThrow(
      "gradient 0 of a user-defined rule is float32[]\n  where:   WithGradient in gate\n  allowed: float32[2]",
    );
  });

  it("refuses too many gradients", () => {
    const x = vector([1]);
    const y = f.withGradient(x, [x], (g) => [g, g]);
    expect(() => gradients(f.reduceSum(y), [x])).toThrow(
      "a user-defined rule returned 2 gradients",
    );
  });
});

describe("ties and kinks, as in PyTorch", () => {
  it("shares the gradient of maximum between equal operands", () => {
    const x = vector([1]);
    const other = input("y", [1]);
    const d = gradients(f.reduceSum(f.maximum(x, other)), [x, other]);
    const one = fromHost(tensor("float32", [1], [1]));
    const out = interpret(buildGraph({ a: d[0]!, b: d[1]! }, { inputs: [x, other] }), {
      x: one,
      y: one,
    });
    expect([out.a!.data[0], out.b!.data[0]]).toEqual([0.5, 0.5]);
  });

  it("shares the gradient of reduceMax among the largest", () => {
    expect(at([3, 1, 3, 3], (x) => f.reduceMax(x)).d).toEqual([1 / 3, 0, 1 / 3, 1 / 3]);
  });

  it("lets the gradient through at the limits of clip", () => {
    expect(at([-1, 0, 1, 2], (x) => f.clip(x, { min: 0, max: 1 })).d).toEqual([0, 1, 1, 0]);
  });

  it("has no gradient of relu and abs at 0", () => {
    expect(at([0, 2], (x) => f.add(f.relu(x), f.abs(x))).d).toEqual([0, 2]);
  });

  it("has gradient 0 where a function is flat in steps", () => {
    for (const step of [f.round, f.floor, f.ceil, f.sign]) expect(at([0.4], step).d).toEqual([0]);
  });
});

describe("derivatives of derivatives", () => {
  it("of x^3 are 3 x^2, 6 x, 6 and 0, at 0 as well", () => {
    const cube = (x: Value) => f.pow(x, 3);
    expect(at([0, 2], cube, 1).d).toEqual([0, 12]);
    expect(at([0, 2], cube, 2).d).toEqual([0, 12]);
    expect(at([0, 2], cube, 3).d).toEqual([6, 6]);
    expect(at([0, 2], cube, 4).d).toEqual([0, 0]);
  });

  it("of relu are 0", () => {
    expect(at([-1, 2], (x) => f.relu(x), 2).d).toEqual([0, 0]);
  });

  it("of a product with a zero among its factors are right", () => {
    // p = a b c at (0, 2, 3). Row sums of the Hessian [[0, c, b], [c, 0, a], [b, a, 0]]: 5, 3, 2.
    expect(at([0, 2, 3], (x) => f.reduceProd(x), 2).d).toEqual([5, 3, 2]);
  });
});

describe("what has no gradient", () => {
  it.each([
    ["a comparison", (x: Value) => f.cast(f.greater(x, 0), "float32")],
    ["a position", (x: Value) => f.cast(f.argMax(x, { axis: 0 }), "float32")],
    ["a cast to an integer", (x: Value) => f.cast(f.cast(x, "int32"), "float32")],
  ])("is refused by name: %s", (_, build) => {
    const x = vector([1, 2]);
    expect(() => gradients(f.reduceSum(build(x)), [x])).toThrow("has no gradient");
  });
});
