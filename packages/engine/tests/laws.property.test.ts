/** Laws that hold for all shapes: broadcasting, moving data, adjoints, and random graphs on two engines. */

import { buildGraph, input, type Value } from "@frugal/core/graph";
import { lowerGraph } from "@frugal/core/lowering";
import { functions as f } from "@frugal/core/ops";
import { randomStream } from "@frugal/core/random";
import { fromHost, interpret, type RefTensor } from "@frugal/core/reference";
import {
  broadcastShapes,
  elementCount,
  fromNumbers,
  type HostTensor,
  type Shape,
  tensor,
} from "@frugal/core/tensor";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectClose } from "./support/compare.js";
import { runOnnx } from "./support/onnx-session.js";

const SEED = 20260101;
/** Lengths 0 and 1 are where rules break. */
const shapes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const solid = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });

function random(name: string, shape: Shape): HostTensor {
  const stream = randomStream(SEED, "laws", name);
  const values = Array.from({ length: elementCount(shape) }, () => stream.uniform() * 4 - 2);
  return tensor("float32", shape, fromNumbers("float32", values));
}

const evaluate = (y: Value, feeds: Record<string, HostTensor>): RefTensor =>
  interpret(
    buildGraph({ y }),
    Object.fromEntries(Object.entries(feeds).map(([name, t]) => [name, fromHost(t)])),
  ).y!;

/** A shape that broadcasts to `to`: some axes are 1, some leading ones are gone. */
const squashed = (to: Shape, mask: readonly boolean[], drop: number): Shape =>
  to.map((d, i) => (mask[i % Math.max(1, mask.length)] ? 1 : d)).slice(Math.min(drop, to.length));

const law = <T>(property: fc.IProperty<T>, numRuns = 150) =>
  fc.assert(property, { seed: SEED, numRuns });

describe("broadcasting", () => {
  test("is commutative and associative, and 1 is neutral", () => {
    const outcome = (...list: Shape[]) => {
      try {
        return broadcastShapes(...list);
      } catch {
        return "refused";
      }
    };
    law(
      fc.property(shapes, shapes, shapes, (a, b, c) => {
        expect(outcome(a, b)).toEqual(outcome(b, a));
        expect(outcome(a, [])).toEqual(a);
        const left = outcome(a, b);
        const right = outcome(b, c);
        if (left === "refused" || right === "refused") return;
        expect(outcome(left, c)).toEqual(outcome(a, right));
      }),
      500,
    );
  });

  test("of an operand equals expanding it first", () => {
    law(
      fc.property(shapes, fc.array(fc.boolean(), { minLength: 4 }), fc.nat(2), (to, mask, drop) => {
        const from = squashed(to, mask, drop);
        const [x, y] = [input("x", to), input("y", from)];
        const feeds = { x: random("x", to), y: random("y", from) };
        expect(evaluate(f.sub(x, y), feeds)).toEqual(evaluate(f.sub(x, f.expand(y, to)), feeds));
      }),
    );
  });

  test("has sumTo as its adjoint: <expand(x), y> = <x, sumTo(y)>", () => {
    law(
      fc.property(shapes, fc.array(fc.boolean(), { minLength: 4 }), fc.nat(2), (to, mask, drop) => {
        const from = squashed(to, mask, drop);
        const [x, y] = [input("x", from), input("y", to)];
        const feeds = { x: random("x", from), y: random("y", to) };
        const left = evaluate(f.reduceSum(f.mul(f.expand(x, to), y)), feeds).data[0]!;
        const right = evaluate(f.reduceSum(f.mul(x, f.sumTo(y, from))), feeds).data[0]!;
        expect(Math.abs(left - right)).toBeLessThanOrEqual(1e-9);
      }),
    );
  });
});

describe("moving data", () => {
  test("forth and back changes nothing: reshape", () => {
    law(
      fc.property(shapes, (shape) => {
        const x = input("x", shape);
        const feeds = { x: random("x", shape) };
        const flat = f.reshape(x, [elementCount(shape)]);
        expect(evaluate(f.reshape(flat, shape), feeds)).toEqual(fromHost(feeds.x));
      }),
    );
  });

  test("forth and back changes nothing: transpose by a permutation and its inverse", () => {
    law(
      fc.property(shapes, fc.infiniteStream(fc.nat(1000)), (shape, keys) => {
        const order = shape.map((_, i) => ({ i, key: keys.next().value as number }));
        const perm = order.sort((a, b) => a.key - b.key || a.i - b.i).map(({ i }) => i);
        const inverse = perm.map((_, i) => perm.indexOf(i));
        const x = input("x", shape);
        const feeds = { x: random("x", shape) };
        expect(evaluate(f.transpose(f.transpose(x, perm), inverse), feeds)).toEqual(
          fromHost(feeds.x),
        );
      }),
    );
  });

  test("forth and back changes nothing: split and concat", () => {
    law(
      fc.property(solid, fc.nat(3), fc.nat(4), (shape, at, cut) => {
        if (shape.length === 0) return;
        const axis = at % shape.length;
        const first = Math.min(cut, shape[axis]!);
        const x = input("x", shape);
        const feeds = { x: random("x", shape) };
        const parts = f.split(x, { axis, sizes: [first, shape[axis]! - first] });
        expect(evaluate(f.concat(parts, { axis }), feeds)).toEqual(fromHost(feeds.x));
      }),
    );
  });

  test("forth and back changes nothing: pad and slice", () => {
    law(
      fc.property(shapes, fc.nat(2), fc.nat(2), (shape, before, after) => {
        const x = input("x", shape);
        const feeds = { x: random("x", shape) };
        const pads = [...shape.map(() => before), ...shape.map(() => after)];
        const inner = f.slice(f.pad(x, { pads }), {
          starts: shape.map(() => before),
          ends: shape.map((d) => before + d),
        });
        expect(evaluate(inner, feeds)).toEqual(fromHost(feeds.x));
      }),
    );
  });
});

/** One step of a random expression: picks operands among what is there and gives a new value. */
type Step = (pool: readonly Value[], pick: (bound: number) => number) => Value;

const anyOf = (pool: readonly Value[], pick: (bound: number) => number) => pool[pick(pool.length)]!;
const mate = (pool: readonly Value[], x: Value, pick: (bound: number) => number): Value => {
  const fitting = pool.filter((v) => {
    try {
      return elementCount(broadcastShapes(v.shape, x.shape)) <= 256;
    } catch {
      return false;
    }
  });
  return anyOf(fitting, pick);
};
const unary = [f.tanh, f.sigmoid, f.relu, f.neg, f.softplus, f.abs, f.square];
const binary = [f.add, f.sub, f.mul, f.maximum, f.minimum];
const steps: readonly Step[] = [
  (pool, pick) => f.tanh(unary[pick(unary.length)]!(anyOf(pool, pick))),
  (pool, pick) => {
    const x = anyOf(pool, pick);
    return f.tanh(binary[pick(binary.length)]!(x, mate(pool, x, pick)));
  },
  (pool, pick) => {
    const x = anyOf(pool, pick);
    const axes = x.shape.flatMap((_, i) => (pick(2) === 0 ? [i] : []));
    return f.reduceSum(x, { axes, keepDims: pick(2) === 0 });
  },
  (pool, pick) => {
    const x = anyOf(pool, pick);
    return f.transpose(
      x,
      x.shape.map((_, i) => x.shape.length - 1 - i),
    );
  },
  (pool, pick) => {
    const x = anyOf(pool, pick);
    return f.reshape(x, [elementCount(x.shape), 1]);
  },
  (pool, pick) => {
    const x = anyOf(pool, pick);
    return f.concat([x, x], { axis: x.shape.length === 0 ? 0 : pick(x.shape.length) });
  },
];

function randomGraph(seed: number): {
  outputs: Record<string, Value>;
  feeds: Record<string, HostTensor>;
} {
  const stream = randomStream(SEED, "graph", seed);
  const pick = (bound: number) => stream.integer(bound);
  const inputShapes: Shape[] = [[2, 3], [3], [1, 3], [2, pick(3)], [1 + pick(3), 1, 2]];
  const inputs = inputShapes.map((shape, i) => input(`x${i}`, shape));
  const pool: Value[] = [...inputs];
  for (let i = 0; i < 12; i++) {
    const step = steps[pick(steps.length)]!;
    const candidates = pool.filter((v) => v.shape.length > 0 && elementCount(v.shape) <= 256);
    pool.push(step(candidates, pick));
  }
  return {
    outputs: Object.fromEntries(pool.slice(-4).map((v, i) => [`y${i}`, v])),
    feeds: Object.fromEntries(inputShapes.map((shape, i) => [`x${i}`, random(`x${i}`, shape)])),
  };
}

describe("random expressions", () => {
  test("come out the same on ONNX Runtime and in the interpreter", async () => {
    for (let seed = 0; seed < 60; seed++) {
      const { outputs, feeds } = randomGraph(seed);
      const graph = buildGraph(outputs);
      const doubles = Object.entries(feeds).map(([name, t]) => [name, fromHost(t)]);
      const expected = interpret(graph, Object.fromEntries(doubles));
      const actual = await runOnnx(lowerGraph(graph), feeds);
      for (const name of Object.keys(outputs)) expectClose(actual[name]!, expected[name]!, 1e-5);
    }
  });
});
