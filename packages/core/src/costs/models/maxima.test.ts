/** Costs that are not sums: what decisions make of peaks, depths and shared weights, by hand. */

import { describe, expect, it } from "vitest";
import { buildGraph, input, type Value, withPath } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { fromHost, interpret } from "../../reference/index.js";
import { tensor } from "../../tensor/index.js";
import type { CostModel } from "../cost-model.js";
import { ledgerOf } from "../graph-ledger.js";
import { type Ledger, withActivity } from "../ledger.js";
import { costModels } from "../registry.js";
import { modelBytesCost } from "./model-bytes.js";
import { trainingMemoryCost } from "./training-memory.js";

/** [1, 4] x [4, 8] in stage a, [1, 8] x [8, 100] in stage b, [1, 100] x [100, 4] in stage c. */
function chain(): Ledger {
  const layer = (name: string, x: Value, outputs: number) =>
    withPath(name, () => f.matmul(x, input(name, [x.shape[1]!, outputs])));
  const y = layer("c", layer("b", layer("a", input("x", [1, 4]), 8), 100), 4);
  return ledgerOf(buildGraph({ y }), { stage: ({ path }) => path });
}

const shares: Record<string, Value> = Object.fromEntries(
  ["a", "b", "c"].map((name) => [name, input(`share.${name}`, [], "float64")]),
);

const expected = (model: CostModel, ledger: Ledger, activities: Record<string, number>): number => {
  const active = withActivity(ledger, (e) =>
    e.stage && e.stage in activities ? shares[e.stage] : undefined,
  );
  const feeds = Object.entries(activities).map(
    ([name, a]) => [`share.${name}`, fromHost(tensor("float64", [], [a]))] as const,
  );
  const graph = buildGraph({ c: model.expected(active) });
  const used = new Set(graph.inputs.map((v) => (v.node.attrs as { name: string }).name));
  return interpret(graph, Object.fromEntries(feeds.filter(([n]) => used.has(n)))).c!.data[0]!;
};

describe("peak memory", () => {
  // Alive: 8 floats in a, 8 + 100 in b, 100 + 4 in c.
  it("is the most that is alive while one entry runs", () => {
    expect(costModels.peakMemory.full(chain())).toBe(4 * 108);
  });

  it("of a chain of exits is each exit's peak times the share that leaves there", () => {
    // 30 % leave after a with 32 bytes, the others run b and c: 432 bytes.
    const cost = expected(costModels.peakMemory, chain(), { b: 0.7, c: 0.5 });
    expect(cost).toBeCloseTo(0.3 * 32 + 0.7 * 432, 9);
  });

  it("counts a smaller peak where the larger one runs less", () => {
    // In 40 % b runs, in another 20 % only c: 416 bytes.
    const cost = expected(costModels.peakMemory, chain(), { b: 0.4, c: 0.6 });
    expect(cost).toBeCloseTo(0.4 * 432 + 0.2 * 416 + 0.4 * 32, 9);
  });

  it("holds results that are read again until the end", () => {
    const x = input("x", [1, 4]);
    const early = f.relu(x);
    const graph = buildGraph({ early, late: f.relu(f.relu(early)) });
    expect(costModels.peakMemory.full(ledgerOf(graph))).toBe(3 * 16);
  });

  it("holds what a residual connection will read", () => {
    const x = f.relu(input("x", [1, 4]));
    const graph = buildGraph({ y: f.add(x, f.relu(f.relu(x))) });
    // relu(x) waits while the second relu reads the first one's result.
    expect(costModels.peakMemory.full(ledgerOf(graph))).toBe(3 * 16);
  });
});

describe("halting depth", () => {
  it("is the number of stages where every run goes through all before its last", () => {
    const activities = { b: 0.7, c: 0.5 };
    expect(expected(costModels.haltingDepth, chain(), activities)).toBeCloseTo(2.2, 12);
    expect(expected(costModels.stages, chain(), activities)).toBeCloseTo(2.2, 12);
  });

  it("counts a stage that is skipped on the way, the stages executed do not", () => {
    const activities = { b: 0.25 };
    expect(expected(costModels.haltingDepth, chain(), activities)).toBe(3);
    expect(expected(costModels.stages, chain(), activities)).toBe(2.25);
  });
});

describe("weights", () => {
  it("that several stages share are in use as often as the most frequent of them runs", () => {
    const [x, w] = [input("x", [1, 10]), input("w", [10, 10])];
    const once = withPath("a", () => f.matmul(x, w));
    const y = withPath("b", () => f.matmul(once, w));
    const ledger = ledgerOf(buildGraph({ y }), { parameters: [w], stage: ({ path }) => path });
    const activities = { a: 0.25, b: 0.75 };
    expect(expected(costModels.parameters, ledger, activities)).toBe(75);
    expect(expected(costModels.executedParameters, ledger, activities)).toBe(100);
    expect(costModels.executedParameters.full(ledger) / costModels.parameters.full(ledger)).toBe(2);
  });

  it("take half the bytes at half the bits", () => {
    const w = input("w", [3, 5]);
    const graph = buildGraph({ y: f.matmul(input("x", [1, 3]), w) });
    const ledger = ledgerOf(graph, { parameters: [w] });
    const at = (bits: number) => modelBytesCost({ name: "m", bits }).full(ledger);
    expect([32, 16, 8, 4].map(at)).toEqual([60, 30, 15, 7.5]);
  });

  it("bring a gradient and the optimiser's state with them", () => {
    const w = input("w", [3, 5]);
    const graph = buildGraph({ y: f.matmul(input("x", [1, 3]), w) });
    const ledger = ledgerOf(graph, { parameters: [w] });
    const at = (slots: number) => trainingMemoryCost({ name: "t", slots }).full(ledger);
    // Beside them the input of 3 floats.
    expect([0, 1, 2].map(at)).toEqual([2 * 60 + 12, 3 * 60 + 12, 4 * 60 + 12]);
  });
});

describe("training", () => {
  it("of a depthwise convolution takes 294,912 FLOPs backward", () => {
    // 32 channels of 16 x 16 with 3 x 3 taps: 73,728 MACs forward, 147,456 FLOPs; each gradient takes as many.
    const [x, w] = [input("x", [1, 32, 16, 16]), input("w", [32, 1, 3, 3])];
    const y = f.conv(f.relu(x), w, { groups: 32, pads: 1 });
    const ledger = ledgerOf(buildGraph({ y }), { parameters: [x, w] });
    const backward = costModels.trainingFlops.full(ledger) - costModels.flops.full(ledger);
    expect(backward).toBe(294_912);
  });
});
