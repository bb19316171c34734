/** Optimisers, clipping and schedules against what PyTorch does to the same numbers (scripts/fixtures/optim.py). */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { interpreterEngine } from "../engine/index.js";
import { buildGraph, constant, input } from "../graph/index.js";
import { initializers } from "../nn/index.js";
import { randomStream } from "../random/index.js";
import { scalar, tensor, toNumbers } from "../tensor/index.js";
import {
  clipGlobalNorm,
  type OptimizerName,
  optimizers,
  type Schedule,
  type ScheduleName,
  schedules,
  warmup,
} from "./index.js";

interface Fixture {
  start: number[];
  gradients: number[][];
  rates: number[];
  optimizers: { name: OptimizerName; options: Record<string, never>; values: number[][] }[];
  total: number;
  schedules: {
    name: ScheduleName;
    options: Record<string, never>;
    warmup?: { share: number; start: number };
    factors: number[];
  }[];
  clipping: { maxNorm: number; gradients: number[][]; norm: number; clipped: number[][] }[];
}

const fixture = JSON.parse(
  readFileSync(new URL("./testing/fixtures/torch.json", import.meta.url), "utf8"),
) as Fixture;

describe("optimizers", () => {
  for (const { name, options, values } of fixture.optimizers) {
    test(`${name}(${JSON.stringify(options)}) moves weights as PyTorch does`, async () => {
      const optimizer = optimizers[name](options);
      const shape = [fixture.start.length];
      const value = input("w", shape);
      const parameter = { path: "w", value, init: initializers.zeros, decay: true };
      const inits = optimizer.slots(parameter);
      const slots = Object.fromEntries(Object.keys(inits).map((s) => [s, input(s, shape)]));
      const gradient = input("g", shape);
      const next = optimizer.update({
        value,
        gradient,
        slots,
        lr: input("lr", []),
        step: input("step", []),
        decay: true,
      });
      const outputs = Object.fromEntries(
        Object.entries(next.slots).map(([s, v]) => [`next.${s}`, v]),
      );
      const executable = await interpreterEngine().compile(
        buildGraph({ "next.w": next.value, ...outputs }),
        {
          state: [
            { input: "w", output: "next.w", initial: tensor("float32", shape, fixture.start) },
            ...Object.entries(inits).map(([s, init]) => ({
              input: s,
              output: `next.${s}`,
              initial: init(shape, randomStream(0)),
            })),
          ],
        },
      );
      for (const [i, expected] of values.entries()) {
        await executable.run({
          g: tensor("float32", shape, fixture.gradients[i]!),
          lr: scalar("float32", fixture.rates[i]!),
          step: scalar("float32", i + 1),
        });
        const { w } = await executable.readState();
        for (const [k, v] of toNumbers(w!).entries()) expect(v).toBeCloseTo(expected[k]!, 5);
      }
    });
  }

  test("a parameter that is spared keeps out of weight decay", async () => {
    const value = input("w", [1]);
    const next = optimizers.sgd({ weightDecay: 0.5 }).update({
      value,
      gradient: input("g", [1]),
      slots: {},
      lr: input("lr", []),
      step: input("step", []),
      decay: false,
    });
    const executable = await interpreterEngine().compile(buildGraph({ y: next.value }));
    const one = tensor("float32", [1], [1]);
    // 1 - 0.5 * 1, without the 0.5 * 0.5 * 1 that decay would take away.
    const { y } = await executable.run({ w: one, g: one, lr: scalar("float32", 0.5) });
    expect(toNumbers(y!)).toEqual([0.5]);
  });

  test("an impossible momentum is an error that says what is allowed", () => {
    expect(() => optimizers.sgd({ momentum: 1 })).toThrow(/momentum is 1\n.*sgd\n.*0 <= momentum/);
  });
});

describe("clipping", () => {
  for (const { maxNorm, gradients, norm, clipped } of fixture.clipping) {
    test(`gradients of norm ${norm} are clipped to ${maxNorm} as PyTorch does`, async () => {
      const values = gradients.map((g) => constant(tensor("float32", [g.length], g)));
      const result = clipGlobalNorm(values, maxNorm);
      const executable = await interpreterEngine().compile(
        buildGraph({
          norm: result.norm,
          ...Object.fromEntries(result.gradients.map((g, i) => [String(i), g])),
        }),
      );
      const outputs = await executable.run({});
      expect(toNumbers(outputs.norm!)[0]).toBeCloseTo(norm, 5);
      for (const [i, expected] of clipped.entries()) {
        const found = toNumbers(outputs[i]!);
        for (const [k, v] of found.entries()) expect(v).toBeCloseTo(expected[k]!, 5);
      }
    });
  }
});

describe("schedules", () => {
  for (const { name, options, warmup: rise, factors } of fixture.schedules) {
    const title = `${rise ? `warmup(${JSON.stringify(rise)}) then ` : ""}${name}(${JSON.stringify(options)})`;
    test(`${title} follows PyTorch's`, () => {
      const plain = schedules[name](options) as Schedule;
      const schedule = rise ? warmup(plain, rise) : plain;
      for (const [step, expected] of factors.entries()) {
        expect(schedule(step, fixture.total)).toBeCloseTo(expected, 7);
      }
    });
  }

  test("a warm-up that is as long as the run never divides by nothing", () => {
    const schedule = warmup(schedules.cosine(), { steps: 10 });
    expect([0, 9].map((s) => schedule(s, 10)).every(Number.isFinite)).toBe(true);
  });
});
