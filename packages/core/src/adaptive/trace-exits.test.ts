import { describe, expect, it } from "vitest";
import { buildGraph, input } from "../graph/index.js";
import { initialState, mlp, resnet } from "../nn/index.js";
import { fromHost, interpret } from "../reference/index.js";
import { tensor } from "../tensor/index.js";
import { exitProbabilities } from "./chain.js";
import { exitCosts } from "./costs.js";
import { residualNet } from "./testing/residual-net.js";
import { exitGraph, traceExits } from "./trace-exits.js";

const batch = { batchSize: 2, training: true } as const;

describe("traceExits", () => {
  it("puts a classifier and a gate at each place, in the order of the network", () => {
    const traced = traceExits(residualNet, { exits: ["b", "a"], ...batch });
    expect(traced.exits.map((e) => e.name)).toEqual(["a", "b", "final"]);
    expect(traced.exits.map((e) => e.logits.shape)).toEqual([
      [2, 3],
      [2, 3],
      [2, 3],
    ]);
    expect(traced.exits.map((e) => e.hazard?.shape)).toEqual([[2], [2], undefined]);
    const shapes = Object.fromEntries(traced.parameters.map((p) => [p.path, p.value.shape]));
    // 4 channels averaged over 2x2 cells; the gate also sees how sure the classifier is.
    expect(shapes).toMatchObject({
      "exits.a.fc.weight": [3, 16],
      "exits.a.fc.bias": [3],
      "exits.a.gate.weight": [1, 17],
      "exits.a.gate.bias": [1],
      "exits.b.fc.weight": [3, 16],
    });
  });

  it("keeps the plain network's parameters and draws them alike", () => {
    const plain = traceExits(residualNet, { exits: [], ...batch });
    const withExits = traceExits(residualNet, { exits: ["a"], ...batch });
    expect(plain.exits.map((e) => e.name)).toEqual(["final"]);
    const all = initialState(withExits, 3);
    for (const [path, value] of Object.entries(initialState(plain, 3))) {
      expect(all[path]).toEqual(value);
    }
  });

  it("leaves gates out where they are not wanted", () => {
    const traced = traceExits(residualNet, { exits: ["a"], gate: "none", ...batch });
    expect(traced.exits[0]!.hazard).toBeUndefined();
    expect(traced.parameters.some((p) => p.path.includes("gate"))).toBe(false);
  });

  it("averages over as many cells as asked, also where they do not divide the image", () => {
    const widths = [1, 2, 4].map((grid) => {
      const traced = traceExits(residualNet, { exits: ["a", "c"], grid, ...batch });
      const shapes = Object.fromEntries(traced.parameters.map((p) => [p.path, p.value.shape]));
      return [shapes["exits.a.fc.weight"]![1], shapes["exits.c.fc.weight"]![1]];
    });
    // Place a is 6x6, place c is 3x3, so it has 9 cells at most; 4 channels each.
    expect(widths).toEqual([
      [4, 4],
      [16, 16],
      [64, 36],
    ]);
  });

  it("puts a hidden layer into the heads if asked", () => {
    const traced = traceExits(residualNet, { exits: ["a"], grid: 1, hidden: 7, ...batch });
    const shapes = Object.fromEntries(traced.parameters.map((p) => [p.path, p.value.shape]));
    expect(shapes).toMatchObject({
      "exits.a.hidden.weight": [7, 4],
      "exits.a.fc.weight": [3, 7],
      "exits.a.gate.weight": [1, 8],
    });
    const wrong = { exits: ["a"], grid: 0, ...batch };
    expect(() => traceExits(residualNet, wrong)).toThrow(/grid 0/);
  });

  it("starts with every gate at sigmoid(-2) = 0.119, whatever the image", () => {
    const traced = traceExits(residualNet, { exits: ["a", "b"], ...batch });
    const feeds = Object.fromEntries(
      Object.entries(initialState(traced, 1)).map(([k, v]) => [k, fromHost(v)]),
    );
    const image = Array.from({ length: 144 }, (_, i) => Math.sin(i));
    const out = interpret(exitGraph(traced), {
      ...feeds,
      input: fromHost(tensor("float32", [2, 2, 6, 6], image)),
    });
    for (const name of ["hazard.a", "hazard.b"]) {
      expect([...out[name]!.data].map((h) => +h.toFixed(6))).toEqual([0.119203, 0.119203]);
    }
  });

  it("names the places there are when an exit does not exist", () => {
    expect(() => traceExits(residualNet, { exits: ["layer9"], ...batch })).toThrow(
      expect.objectContaining({ code: "E_CONFIG", allowed: "a, b, c" }),
    );
  });

  it("refuses an exit that is named twice", () => {
    expect(() => traceExits(residualNet, { exits: ["a", "a"], ...batch })).toThrow(/named twice/);
  });

  it("works on networks without images", () => {
    const model = mlp({ sizes: [6, 5, 4, 3] });
    const traced = traceExits(model, { exits: ["hidden0"], ...batch });
    const head = traced.parameters.find((p) => p.path === "exits.hidden0.fc.weight")!;
    expect(head.value.shape).toEqual([3, 5]);
  });
});

describe("exitProbabilities", () => {
  const run = (h1: number[], h2: number[]) => {
    const n = h1.length;
    const values = exitProbabilities([input("h1", [n]), input("h2", [n])]);
    const out = interpret(buildGraph(Object.fromEntries(values.map((v, i) => [`p${i}`, v]))), {
      h1: fromHost(tensor("float64", [n], h1)),
      h2: fromHost(tensor("float64", [n], h2)),
    });
    return [0, 1, 2].map((i) => [...out[`p${i}`]!.data]);
  };

  it("turns hazards 0.2, 0.5 into 0.2, 0.4, 0.4", () => {
    const p = run([0.2], [0.5]).map(([v]) => +v!.toFixed(12));
    expect(p).toEqual([0.2, 0.4, 0.4]);
  });

  it("adds up to one at the limits as well", () => {
    const p = run([0, 1, 1e-30, 1], [0, 1, 1, 0]);
    expect(p).toEqual([
      [0, 1, 1e-30, 1],
      [0, 0, 1, 0],
      [1, 0, 0, 0],
    ]);
  });
});

describe("exitCosts", () => {
  it("counts trunk, heads and gates on the way, as by hand", () => {
    const traced = traceExits(residualNet, { exits: ["a", "b"], grid: 1, ...batch });
    const costs = exitCosts(traced);
    // stem: 6*6 * 4 * 2*9 = 2592; block1: 6*6 * 4 * 4*9 = 5184; head: 4*3 = 12; gate: 5*1 = 5; fc: 4*3 = 12.
    // (Heads see one cell here.)
    // Element-wise operations, pooling and normalisation are no MACs.
    expect(costs.map((c) => [c.name, c.macs])).toEqual([
      ["a", 2592 + 12 + 5],
      ["b", 2592 + 17 + 5184 + 17],
      ["final", 2592 + 17 + 5184 + 17 + 12],
    ]);
    // stem 72, block 144, heads (12 + 3) + (5 + 1), fc 15.
    expect(costs.map((c) => c.parameters)).toEqual([
      72 + 21,
      72 + 21 + 144 + 21,
      72 + 42 + 144 + 15,
    ]);
  });

  it("does not depend on the batch size or mode it was traced with", () => {
    const model = resnet({ depth: 8 });
    const options = { exits: ["layer1", "layer2"] } as const;
    const one = exitCosts(traceExits(model, { ...options, batchSize: 1, training: false }));
    const many = exitCosts(traceExits(model, { ...options, batchSize: 7, training: true }));
    expect(many).toEqual(one);
    expect(one.map((c) => c.macs)).toEqual([...one.map((c) => c.macs)].sort((a, b) => a - b));
  });
});
