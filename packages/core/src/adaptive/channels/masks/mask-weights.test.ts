/** Masks on single weights: which stay, what they count for, and that what is closed may come back. */

import { describe, expect, it } from "vitest";
import { gradients } from "../../../autodiff/index.js";
import { costModels } from "../../../costs/index.js";
import { buildGraph, inputName, type Value } from "../../../graph/index.js";
import { initialState, mlp, models } from "../../../nn/index.js";
import { functions as f } from "../../../ops/index.js";
import { fromHost, interpret } from "../../../reference/index.js";
import { type HostTensor, tensor } from "../../../tensor/index.js";
import { trainedState } from "../testing/cases.js";
import {
  countsUnder,
  MASK_NOTE,
  maskedLedger,
  maskedState,
  maskWeights,
  settleMasks,
} from "./mask-weights.js";
import { weightMaskNames, weightMasks } from "./registry.js";

const evaluation = { batchSize: 1, training: false };

function valuesOf(value: Value, state: Readonly<Record<string, HostTensor>>): number[] {
  const graph = buildGraph({ value });
  const feeds = graph.inputs.map((v) => [inputName(v), fromHost(state[inputName(v)]!)] as const);
  return [...interpret(graph, Object.fromEntries(feeds)).value!.data];
}

const line = mlp({ sizes: [8, 1] });
const weights = (...values: number[]) => ({
  "output.weight": tensor("float32", [1, 8], values),
  "output.bias": tensor("float32", [1], [1]),
});

describe("weight masks", () => {
  it("keep the largest weights", () => {
    const masked = maskWeights(line, { kind: "magnitude", density: 0.25, ...evaluation });
    const state = maskedState(masked, weights(1, -5, 2, 0, 3, -9, 0.5, 4));
    expect([...state["output.weight"]!.data].map(Number)).toEqual([0, -5, 0, 0, 0, -9, 0, 0]);
    expect(state["output.bias"]!.data[0]).toBe(1);
  });

  it("keep as many of equal weights as they promise, the first", () => {
    const masked = maskWeights(line, { kind: "magnitude", density: 0.5, ...evaluation });
    const { state, counts } = settleMasks(masked, weights(2, 2, -2, 2, 2, 5, -2, 2));
    expect([...state["output.weight"]!.data].map((v) => Number(v) + 0)).toEqual([
      2, 2, -2, 0, 0, 5, 0, 0,
    ]);
    expect(counts).toEqual({ "output.weight": 4 });
  });

  it("say how many they would keep under other options, where nothing is learned", () => {
    const masked = maskWeights(line, { kind: "nm", ...evaluation });
    expect(countsUnder(masked, { kind: "nm", n: 3, m: 4 })).toEqual({ "output.weight": 6 });
    expect(countsUnder(masked, { kind: "magnitude", density: 0.3 })).toEqual({
      "output.weight": 2,
    });
    expect(countsUnder(masked, { kind: "threshold" })).toBeUndefined();
    for (const kind of weightMaskNames) {
      const { kept, sparsest } = weightMasks[kind];
      // A kind that can be counted has a lowest count, and no other kind has.
      expect(sparsest !== undefined, kind).toBe(kept !== undefined);
    }
  });

  it("are counted exactly where their counts are known", () => {
    const net = mlp({ sizes: [12, 24, 8] });
    const masked = maskWeights(net, { kind: "nm", ...evaluation });
    const counts = { "hidden0.weight": 71, "output.weight": 5 };
    const ledger = maskedLedger(masked, { counts });
    const of = (cost: "nonZeroParameters" | "nonZeroMacs") =>
      valuesOf(costModels[cost].expected(ledger), {})[0]!;
    // Weights that stay, and 24 + 8 biases.
    expect(of("nonZeroParameters")).toBeCloseTo(71 + 5 + 32, 9);
    // MACs times the share of what is stored: 288 weights and 24 biases, 192 and 8.
    expect(of("nonZeroMacs")).toBeCloseTo((288 * (71 + 24)) / 312 + (192 * (5 + 8)) / 200, 9);
  });

  it("keep two of four neighbours, of equal ones the first", () => {
    const masked = maskWeights(line, { kind: "nm", ...evaluation });
    const state = maskedState(masked, weights(1, -5, 2, 0, 3, 3, -3, 3));
    expect([...state["output.weight"]!.data].map(Number).map((v) => v + 0)).toEqual([
      0, -5, 2, 0, 3, 3, 0, 0,
    ]);
  });

  it("take neighbours along the input channels of an image, at the same pixel of the kernel", () => {
    const net = models.resnet8({ width: 4, inputShape: [3, 8, 8] });
    const masked = maskWeights(net, { kind: "nm", ...evaluation });
    expect(masked.unmasked).toEqual([
      { path: "conv1.weight", reason: "its 3 inputs are no multiple of 4" },
    ]);
    const { data, shape } = maskedState(masked, trainedState(masked, 1))["layer1.0.conv1.weight"]!;
    expect(shape).toEqual([4, 4, 3, 3]);
    for (let filter = 0; filter < 4; filter++) {
      for (let pixel = 0; pixel < 9; pixel++) {
        const column = [0, 1, 2, 3].map((i) => data[filter * 36 + i * 9 + pixel]);
        expect(column.filter((v) => v !== 0).length).toBe(2);
      }
    }
  });

  it("keep what lies above a learned threshold, which has a gradient", () => {
    const masked = maskWeights(line, {
      kind: "threshold",
      initial: 2.5,
      temperature: 1,
      ...evaluation,
    });
    const state = { ...initialState(masked, 1), ...weights(1, -5, 2, 0, 3, -9, 0.5, 4) };
    const density = masked.masks[0]!.density;
    expect(valuesOf(density, state)).toEqual([0.5]);
    const threshold = masked.parameters.find((p) => p.path.endsWith("threshold"))!;
    // The slope of the mean of sigmoid(|w| - t): minus the mean of s (1 - s).
    const slope = [1, 5, 2, 0, 3, 9, 0.5, 4]
      .map((w) => 1 / (1 + Math.exp(2.5 - w)))
      .reduce((n, s) => n - (s * (1 - s)) / 8, 0);
    expect(valuesOf(gradients(density, [threshold.value])[0]!, state)[0]).toBeCloseTo(slope, 6);
  });

  it("let the gradient reach what is masked", () => {
    for (const kind of weightMaskNames) {
      const masked = maskWeights(line, { kind, density: 0.25, ...evaluation } as never);
      const weight = masked.parameters.find((p) => p.path === "output.weight")!;
      const loss = f.reduceSum(masked.output);
      const g = valuesOf(gradients(loss, [weight.value])[0]!, {
        ...initialState(masked, 1),
        ...weights(1, -5, 2, 0, 3, -9, 0.5, 4),
        input: tensor("float32", [1, 8], [1, 2, 3, 4, 5, 6, 7, 8]),
      });
      expect(g, kind).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
  });

  it("count as the zeros of the file, and for nothing that runs", () => {
    const net = mlp({ sizes: [12, 24, 8] });
    for (const density of [0.1, 0.5, 1]) {
      const masked = maskWeights(net, { kind: "magnitude", density, ...evaluation });
      const state = trainedState(masked, 2);
      const ledger = maskedLedger(masked);
      const priceOf = (cost: "nonZeroParameters" | "nonZeroMacs" | "macs") =>
        valuesOf(costModels[cost].expected(ledger), state)[0]!;
      const left = Object.values(maskedState(masked, state))
        .flatMap((t) => [...t.data])
        .filter((v) => Number(v) !== 0).length;
      expect(Math.round(priceOf("nonZeroParameters"))).toBe(left);
      expect(priceOf("macs")).toBe(ledger.total.macs);
      const valid = costModels.validMacs.full(ledger);
      // Biases count with the weights beside them: for little.
      expect(Math.abs(priceOf("nonZeroMacs") / valid - density)).toBeLessThan(0.08);
    }
  });

  it("say that they save no time here", () => {
    const { note } = maskWeights(line, { kind: "nm", ...evaluation });
    expect(note).toBe(MASK_NOTE);
    expect(note).toMatch(/save no time/);
  });

  it("refuse what cannot be", () => {
    const mask = (options: object) => () =>
      maskWeights(line, { ...evaluation, ...options } as never);
    expect(mask({ kind: "magnitude", density: 0 })).toThrow(/a density of 0/);
    expect(mask({ kind: "nm", n: 5, m: 4 })).toThrow(/5 of 4/);
    expect(mask({ kind: "nm", m: 3, n: 1 })).toThrow(/its 8 inputs are no multiple of 3/);
    expect(mask({ kind: "nm", only: ["fc.weight"] })).toThrow(/allowed: output.weight/);
  });
});
