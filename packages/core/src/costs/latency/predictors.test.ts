/** The arithmetic below the predictors, and their costs under the contract. */

import { describe, expect, it } from "vitest";
import { buildGraph, input } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { randomStream } from "../../random/index.js";
import { fromHost, interpret } from "../../reference/index.js";
import { tensor } from "../../tensor/index.js";
import { ledgerOf } from "../graph-ledger.js";
import { withShares } from "../ledger.js";
import { costModelContract } from "../testing/contract.js";
import { costRows } from "../testing/rows.js";
import { nominalDevice } from "./device.js";
import { latencyCost, lookupCost, regressorCost } from "./latency-cost.js";
import type { LookupTable } from "./lookup.js";
import { fitLatency } from "./regressor.js";
import { linearAt, ridge } from "./ridge.js";
import { boost, boostedAt, treeAt } from "./trees.js";

describe("ridge regression", () => {
  it("finds a plane where there is hardly a penalty", () => {
    const rows = [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
      [2, 3],
    ];
    const line = ridge(
      rows,
      rows.map(([a, b]) => 3 + 2 * a! - 5 * b!),
      { penalty: 1e-9 },
    );
    expect(linearAt(line, [7, 4])).toBeCloseTo(3 + 14 - 20, 5);
  });

  it("shrinks the slope of a standardised feature by 1 / (1 + penalty)", () => {
    // z is -1 and 1, y is -3 and 3: the slope is mean(z y) / (mean(z z) + penalty) = 3 / 1.5.
    const line = ridge([[-1], [1]], [-3, 3], { penalty: 0.5 });
    expect(line.slope[0]).toBeCloseTo(2, 12);
    expect(line.offset).toBe(0);
  });

  it("weighs samples: one of weight 3 is as good as three of them", () => {
    const options = { penalty: 0.1 };
    const once = ridge([[0], [1], [4]], [1, 0, 2], { ...options, weights: [1, 1, 3] });
    const thrice = ridge([[0], [1], [4], [4], [4]], [1, 0, 2, 2, 2], options);
    for (const x of [-1, 2, 10]) expect(linearAt(once, [x])).toBeCloseTo(linearAt(thrice, [x]), 10);
  });

  it("gives constant features no slope", () => {
    expect(ridge([[5], [5]], [1, 3], { penalty: 1e-3 })).toEqual({
      mean: [5],
      slope: [0],
      offset: 2,
    });
  });
});

describe("boosted trees", () => {
  const all = { rounds: 1, depth: 1, rate: 1, leaf: 1, sample: 1 };

  it("split where the squared error falls most, and answer with the means", () => {
    const rows = [[1], [2], [3], [10]];
    // Means 0 and 9 leave no error behind.
    const [tree] = boost(rows, [0, 0, 0, 9], all, randomStream(0));
    expect(tree).toEqual({ feature: 0, at: 6.5, left: 0, right: 9 });
  });

  it("choose the feature that tells more", () => {
    const rows = [
      [1, 0],
      [2, 1],
      [3, 0],
      [4, 1],
    ];
    const [tree] = boost(rows, [5, -5, 5, -5], all, randomStream(0));
    expect([0, 1].map((v) => treeAt(tree!, [2.5, v]))).toEqual([5, -5]);
  });

  it("add up to what one tree leaves: at rate 1/2 the error halves with each", () => {
    const rows = [[0], [1]];
    const trees = boost(rows, [-8, 8], { ...all, rounds: 3, rate: 0.5 }, randomStream(0));
    // 4 + 2 + 1.
    expect(boostedAt(trees, 0.5, [1])).toBe(7);
  });

  it("keep leaves as large as asked", () => {
    expect(boost([[1], [2], [3]], [1, 2, 9], { ...all, leaf: 2 }, randomStream(0))).toEqual([]);
  });
});

describe("a cost from a predictor", () => {
  /** One product; its time is the square root of its multiply-accumulates in microseconds. */
  const cost = latencyCost({
    name: "root",
    title: "root",
    predictor: {
      name: "root",
      baseMs: 0.5,
      predict: ({ macs }) => ({ ms: Math.sqrt(macs) / 1e3, source: "hit" }),
    },
  });
  const ledger = ledgerOf(buildGraph({ y: f.matmul(input("x", [1, 64]), input("w", [64, 64])) }));
  const at = (share: number): number => {
    const out = input("out", [], "float64");
    const decided = withShares(ledger, () => ({ channels: { out } }));
    const graph = buildGraph({ c: cost.expected(decided) });
    return interpret(graph, { out: fromHost(tensor("float64", [], [share])) }).c!.data[0]!;
  };

  it("meets the predictor at quarters of the channels, and is straight between", () => {
    // 4096 products: 0.064 ms, a quarter of them half of that.
    expect(cost.full(ledger)).toBeCloseTo(0.5 + 0.064, 10);
    expect(at(1)).toBeCloseTo(0.5 + 0.064, 10);
    expect(at(0.25)).toBeCloseTo(0.5 + 0.032, 10);
    expect(at(0.5)).toBeCloseTo(0.5 + 0.064 * Math.SQRT1_2, 10);
    expect(at(0.375)).toBeCloseTo((at(0.25) + at(0.5)) / 2, 10);
  });

  it("leaves what a run costs where nothing is kept", () => {
    expect(at(0)).toBeCloseTo(0.5, 10);
  });
});

// Where neither has anything like a kernel, the nominal roofline answers: by hand as the registered cost.
const empty: LookupTable = {
  format: 1,
  name: "empty",
  rows: [],
  baseMs: 0,
  overheadMsPerKernel: 0,
};
costModelContract(
  "look-up without rows",
  lookupCost(empty, { fallback: nominalDevice }),
  costRows.latency,
);
const other = fitLatency({
  name: "transposed only",
  kernels: [1, 2, 3, 4].map((n) => ({ family: "transposed", features: [n], ms: n })),
  networks: [],
});
costModelContract(
  "regressor of another family",
  regressorCost(other, { fallback: nominalDevice }),
  costRows.latency,
);
