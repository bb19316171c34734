/** Losses and their gradients against PyTorch (scripts/fixtures/losses.py). */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gradients } from "../../autodiff/index.js";
import { interpreterEngine } from "../../engine/index.js";
import { buildGraph, constant, input, type Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { tensor, toNumbers } from "../../tensor/index.js";
import { binaryCrossEntropy, crossEntropy, huber, meanSquaredError } from "../index.js";

const losses: Record<string, (p: Value, t: Value, options: never) => Value> = {
  crossEntropy,
  binaryCrossEntropy,
  meanSquaredError,
  huber,
};

interface Flat {
  shape: number[];
  data: number[];
}

const { cases } = JSON.parse(
  readFileSync(new URL("../testing/fixtures/losses.json", import.meta.url), "utf8"),
) as {
  cases: {
    name: string;
    options: never;
    prediction: Flat;
    target: Flat;
    loss: number[];
    gradient: number[];
  }[];
};

describe("losses", () => {
  for (const { name, options, prediction, target, loss, gradient } of cases) {
    test(`${name}(${JSON.stringify(options)}) and its gradient are PyTorch's`, async () => {
      const p = input("p", prediction.shape);
      const t = input("t", target.shape, name === "crossEntropy" ? "int32" : "float32");
      const values = losses[name]!(p, t, options);
      expect(values.shape).toEqual([loss.length]);
      const weights = constant(
        tensor(
          "float32",
          [loss.length],
          loss.map((_, i) => i + 1),
        ),
      );
      const [g] = gradients(f.reduceSum(f.mul(values, weights)), [p]);
      const executable = await interpreterEngine().compile(buildGraph({ values, g: g! }));
      const outputs = await executable.run({
        p: tensor("float32", prediction.shape, prediction.data),
        t: tensor(t.dtype, target.shape, target.data),
      });
      const near = (found: number[], expected: number[]) => {
        for (const [i, e] of expected.entries()) expect(found[i]).toBeCloseTo(e, 5);
      };
      near(toNumbers(outputs.values!), loss);
      near(toNumbers(outputs.g!), gradient);
    });
  }

  test("labels of another batch are an error that shows both shapes", () => {
    expect(() => crossEntropy(input("p", [4, 3]), input("t", [5], "int32"))).toThrow(
      /logits \[4, 3\] and labels \[5\]/,
    );
  });

  test("label smoothing outside 0 to 1 is refused", () => {
    const [p, t] = [input("p", [4, 3]), input("t", [4], "int32")];
    expect(() => crossEntropy(p, t, { labelSmoothing: 1.5 })).toThrow(/label smoothing is 1.5/);
  });
});
