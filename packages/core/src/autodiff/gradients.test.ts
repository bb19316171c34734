import { describe, expect, test } from "vitest";
import { UserError } from "../base/index.js";
import { buildGraph, input, type Value, withPath } from "../graph/index.js";
import { functions as f } from "../ops/index.js";
import { fromHost, interpret } from "../reference/index.js";
import { tensor } from "../tensor/index.js";
import { gradients } from "./index.js";

const numbersOf = (y: Value, feeds: Record<string, number[]>) => [
  ...interpret(
    buildGraph({ y }),
    Object.fromEntries(
      Object.entries(feeds).map(([name, v]) => [name, fromHost(tensor("float64", [v.length], v))]),
    ),
  ).y!.data,
];
const vector = (name: string, length = 2) => input(name, [length], "float64");

describe("gradients", () => {
  test("add up over every use of a value", () => {
    const x = vector("x");
    // d/dx sum(x * x + 3x) = 2x + 3.
    const [dx] = gradients(f.reduceSum(f.add(f.mul(x, x), f.mul(x, 3))), [x]);
    expect(numbersOf(dx!, { x: [1, -2] })).toEqual([5, -1]);
  });

  test("of a value with respect to itself are one", () => {
    const x = input("x", []);
    expect(interpret(buildGraph({ y: gradients(x, [x])[0]! }), {}).y!.data[0]).toBe(1);
  });

  test("reach intermediate values as well as inputs", () => {
    const x = vector("x");
    const hidden = f.exp(x);
    const [dHidden, dx] = gradients(f.reduceSum(f.mul(hidden, 5)), [hidden, x]);
    expect(numbersOf(dHidden!, { x: [0, 0] })).toEqual([5, 5]);
    expect(numbersOf(dx!, { x: [0, 0] })).toEqual([5, 5]);
  });

  test("start from a seed where the value is no scalar", () => {
    const [x, seed] = [vector("x"), vector("seed")];
    const [dx] = gradients(f.mul(x, x), [x], { seed });
    expect(numbersOf(dx!, { x: [3, 4], seed: [1, 10] })).toEqual([6, 80]);
  });

  test("can be differentiated again and again", () => {
    const x = vector("x", 1);
    let y = f.reduceSum(f.mul(f.mul(x, x), f.mul(x, x)));
    const seen: number[] = [];
    for (let order = 1; order <= 4; order++) {
      const [dx] = gradients(y, [x]);
      seen.push(numbersOf(dx!, { x: [2] })[0]!);
      y = f.reduceSum(dx!);
    }
    // x^4 at 2: 4x^3, 12x^2, 24x, 24.
    expect(seen).toEqual([32, 48, 48, 24]);
  });

  test("do not overflow the stack of a chain of twenty thousand ops", () => {
    const x = vector("x");
    let y: Value = x;
    for (let i = 0; i < 20_000; i++) y = f.add(y, x);
    const [dx] = gradients(f.reduceSum(y), [x]);
    expect(dx!.shape).toEqual([2]);
  });

  test("belong to the layer whose op they come from, in the backward phase", () => {
    const x = vector("x");
    const y = withPath("head", () => f.exp(x));
    const [dx] = gradients(f.reduceSum(y), [x]);
    expect(dx!.node).toMatchObject({ path: "head", phase: "backward" });
  });
});

describe("gradients refuse", () => {
  const refusal = (body: () => unknown): UserError => {
    try {
      body();
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).code).toBe("E_GRADIENT");
      return error as UserError;
    }
    return expect.fail("it was accepted");
  };

  test("a value that is no scalar, without a seed", () => {
    const x = vector("x");
    expect(refusal(() => gradients(f.exp(x), [x])).what).toContain("shape [2]");
  });

  test("a value that the loss does not depend on, unless told that zero is meant", () => {
    const [x, z] = [vector("x"), vector("z")];
    const loss = f.reduceSum(x);
    expect(refusal(() => gradients(loss, [z])).what).toContain("does not depend on");
    expect(numbersOf(gradients(loss, [z], { unused: "zero" })[0]!, {})).toEqual([0, 0]);
  });

  test("a path through an op without a gradient, naming the op and the layer", () => {
    const x = vector("x");
    const picked = withPath("router", () => f.cast(f.argMax(x, { axis: 0 }), "float64"));
    const error = refusal(() => gradients(picked, [x]));
    expect(error.message).toContain("in router");
    expect(error.next).toContain("stopGradient");
  });

  test("nothing where such an op lies beside the path", () => {
    const [x, z] = [vector("x"), vector("z")];
    const place = f.cast(f.argMax(z, { axis: 0 }), "float64");
    expect(() => gradients(f.reduceSum(f.mul(x, place)), [x])).not.toThrow();
  });
});

describe("user-defined gradients", () => {
  test("stop at stopGradient", () => {
    const x = vector("x");
    // x * stop(x): only the first factor counts.
    const [dx] = gradients(f.reduceSum(f.mul(x, f.stopGradient(x))), [x]);
    expect(numbersOf(dx!, { x: [3, 4] })).toEqual([3, 4]);
  });

  test("go to the soft value of a straight-through pair, whose forward value is the hard one", () => {
    const x = vector("x");
    const y = f.straightThrough(f.round(x), f.mul(x, 2));
    expect(numbersOf(y, { x: [0.4, 1.6] })).toEqual([0, 2]);
    const [dx] = gradients(f.reduceSum(y), [x]);
    expect(numbersOf(dx!, { x: [0.4, 1.6] })).toEqual([2, 2]);
  });
});
