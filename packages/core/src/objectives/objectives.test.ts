import { describe, expect, it } from "vitest";
import { exitCosts, exitGraph, traceExits } from "../adaptive/index.js";
import { residualNet } from "../adaptive/testing/residual-net.js";
import { gradients } from "../autodiff/index.js";
import { costModels, costNames, executedStagesCost } from "../costs/index.js";
import { buildGraph, input, type Value } from "../graph/index.js";
import { initialState } from "../nn/index.js";
import { randomStream } from "../random/index.js";
import { fromHost, interpret, type RefTensor } from "../reference/index.js";
import { scalar, tensor } from "../tensor/index.js";
import {
  constantLambda,
  cooldownLambda,
  cosineLambda,
  hazardChain,
  joint,
  linearLambda,
  plain,
  warmupLambda,
} from "./index.js";

const N = 3;
const traced = traceExits(residualNet, { exits: ["a", "b"], batchSize: N, training: true });
const labels = input("labels", [N], "int32");
const lambda = input("lambda", []);
const answers = [2, 0, 1];

function feeds(lambdaValue: number): Record<string, RefTensor> {
  const stream = randomStream(4, "feeds");
  const state = Object.entries(initialState(traced, 8)).map(([path, t]) => {
    // Gates that tell samples apart.
    const data = path.includes("gate") ? Float32Array.from(t.data, () => stream.normal()) : t.data;
    return [path, fromHost({ ...t, data })] as const;
  });
  return {
    ...Object.fromEntries(state),
    input: fromHost(
      tensor(
        "float32",
        [N, 2, 6, 6],
        Float32Array.from({ length: N * 72 }, () => stream.normal()),
      ),
    ),
    labels: fromHost(tensor("int32", [N], answers)),
    lambda: fromHost(scalar("float32", lambdaValue)),
  };
}

const values = (outputs: Record<string, Value>, lambdaValue: number): Record<string, number> =>
  Object.fromEntries(
    Object.entries(interpret(buildGraph(outputs), feeds(lambdaValue))).map(([k, v]) => [
      k,
      v.data[0]!,
    ]),
  );

/** The definition, written out over plain numbers. */
function byDefinition() {
  const out = interpret(exitGraph(traced), feeds(0));
  const logits = ["a", "b", "final"].map((e) => out[`logits.${e}`]!.data);
  const hazards = ["a", "b"].map((e) => out[`hazard.${e}`]!.data);
  const c = exitCosts(traced).map((e) => e.macs);
  let task = 0;
  let cost = 0;
  let depth = 0;
  const exitLoss = [0, 0, 0];
  for (let i = 0; i < N; i++) {
    const [h1, h2] = hazards.map((h) => h[i]!) as [number, number];
    const p = [h1, (1 - h1) * h2, (1 - h1) * (1 - h2)];
    p.forEach((pk, k) => {
      const row = [0, 1, 2].map((j) => logits[k]![i * 3 + j]!);
      const loss = Math.log(row.reduce((s, z) => s + Math.exp(z), 0)) - row[answers[i]!]!;
      task += (pk * loss) / N;
      cost += (pk * c[k]!) / c[2]! / N;
      depth += (pk * (k + 1)) / N;
      exitLoss[k]! += loss / N;
    });
  }
  return { task, cost, depth, exitLoss, full: c[2]! };
}

describe("the hazard chain objective", () => {
  const expected = byDefinition();

  it("is task + lambda * cost + supervision, over the sum of weights", () => {
    const { loss, metrics } = hazardChain(traced, {
      labels,
      lambda,
      supervision: { early: 0.25, final: 0.5 },
      gateDecay: 0,
    });
    const v = values({ ...metrics, total: loss }, 0.75);
    expect(v.task).toBeCloseTo(expected.task, 10);
    expect(v.cost).toBeCloseTo(expected.cost, 10);
    expect(v.expectedMacs).toBeCloseTo(expected.cost * expected.full, 5);
    expect(v.depth).toBeCloseTo(expected.depth, 10);
    const [a, b, f] = expected.exitLoss as [number, number, number];
    const floor = 0.25 * a + 0.25 * b + 0.5 * f;
    const total = (expected.task + 0.75 * expected.cost + floor) / 2;
    expect(v.total).toBeCloseTo(total, 9);
  });

  it("is the bare mixture without supervision", () => {
    const supervision = { early: 0, final: 0 };
    const { loss } = hazardChain(traced, { labels, lambda, supervision, gateDecay: 0 });
    expect(values({ loss }, 0).loss).toBeCloseTo(expected.task, 10);
  });

  it("pulls gates back to where they began, so that a shut gate still learns", () => {
    const options = { labels, lambda, supervision: { early: 0, final: 0 } };
    const { loss } = hazardChain(traced, { ...options, gateDecay: 0.5 });
    const out = interpret(exitGraph(traced), feeds(0));
    // The logit of each hazard, less the first bias of -2, squared and averaged; half of it times 0.5.
    const pull = ["a", "b"].map((e) => {
      const squares = [...out[`hazard.${e}`]!.data].map((h) => (Math.log(h / (1 - h)) + 2) ** 2);
      return squares.reduce((s, v) => s + v, 0) / N;
    });
    const total = expected.task + 0.25 * (pull[0]! + pull[1]!);
    expect(values({ loss }, 0).loss).toBeCloseTo(total, 8);
  });

  it("pushes every gate open through the cost, and leaves the trunk alone", () => {
    const { metrics } = hazardChain(traced, { labels, lambda });
    const biases = traced.parameters.filter((p) => p.path.endsWith("gate.bias"));
    const slopes = gradients(
      metrics.cost!,
      biases.map((p) => p.value),
    );
    const v = values(Object.fromEntries(slopes.map((g, i) => [`g${i}`, g])), 1);
    expect(v.g0).toBeLessThan(0);
    expect(v.g1).toBeLessThan(0);
    const stem = traced.parameters.find((p) => p.path === "stem.weight")!;
    expect(() => gradients(metrics.cost!, [stem.value])).toThrow(/does not depend/);
  });

  it("lets the cost reach the trunk if asked to", () => {
    const open = traceExits(residualNet, { ...traced.options, gateGradient: "trunk" });
    const { metrics } = hazardChain(open, { labels, lambda });
    const stem = open.parameters.find((p) => p.path === "stem.weight")!;
    expect(gradients(metrics.cost!, [stem.value])[0]!.shape).toEqual([4, 2, 3, 3]);
  });

  it("prices stages instead of MACs where told to: the cost is then the mean depth over K", () => {
    const { metrics } = hazardChain(traced, { labels, lambda, cost: executedStagesCost });
    const v = values({ ...metrics }, 0);
    expect(v.cost).toBeCloseTo(expected.depth / 3, 10);
    expect(v["expected.stages"]).toBeCloseTo(expected.depth, 10);
  });

  it.each(costNames.filter((name) => name !== "experts"))(
    "saves %s: less than the whole network costs, and gates can change it",
    (name) => {
      const { metrics } = hazardChain(traced, { labels, lambda, cost: costModels[name] });
      const { cost } = values({ cost: metrics.cost! }, 0);
      expect(cost).toBeGreaterThan(0);
      expect(cost).toBeLessThanOrEqual(1 + 1e-6);
      const gate = traced.parameters.find((p) => p.path.includes("gate"))!;
      const [slope] = gradients(metrics.cost!, [gate.value]);
      expect(
        Math.max(
          ...[...interpret(buildGraph({ slope: slope! }), feeds(0)).slope!.data].map(Math.abs),
        ),
      ).toBeGreaterThan(0);
    },
  );

  it("takes another form with a limit, and then reports what is decided at a hazard of one half", () => {
    const bare = { labels, lambda, supervision: { early: 0, final: 0 }, gateDecay: 0 };
    const { loss, metrics } = hazardChain(traced, { ...bare, form: "lagrangian", limit: 0.375 });
    const v = values({ ...metrics, total: loss }, 0.75);
    expect(v.total).toBeCloseTo(expected.task + 0.75 * (expected.cost - 0.375), 9);
    const out = interpret(exitGraph(traced), feeds(0));
    const costs = exitCosts(traced).map((e) => e.macs);
    const taken = answers.map((_, i) => {
      const k = ["a", "b"].findIndex((e) => out[`hazard.${e}`]!.data[i]! >= 0.5);
      return costs[k < 0 ? 2 : k]!;
    });
    expect(v["hard.macs"]).toBeCloseTo(taken.reduce((a, b) => a + b, 0) / N, 3);
    expect(Object.keys(hazardChain(traced, bare).metrics)).not.toContain("hard.macs");
    expect(() => hazardChain(traced, { ...bare, form: "hinge" })).toThrow(/needs a limit/);
  });

  it("refuses a cost that the network does not have", () => {
    const cost = costModels.experts;
    expect(() => hazardChain(traced, { labels, lambda, cost })).toThrow(/costs 0 experts/);
  });

  it("refuses networks without exits or without gates, and negative weights", () => {
    const bare = traceExits(residualNet, { exits: [], batchSize: N, training: true });
    expect(() => hazardChain(bare, { labels, lambda })).toThrow(/without gates/);
    const ungated = traceExits(residualNet, { ...traced.options, gate: "none" });
    expect(() => hazardChain(ungated, { labels, lambda })).toThrow(/"a" has no gate/);
    const supervision = { final: -1 };
    expect(() => hazardChain(traced, { labels, lambda, supervision })).toThrow(/final is -1/);
  });
});

describe("objectives without a cost", () => {
  it("plain looks at the full network only", () => {
    const { exitLoss } = byDefinition();
    expect(values({ loss: plain(traced, { labels }).loss }, 0).loss).toBeCloseTo(exitLoss[2]!, 10);
  });

  it("joint averages all exits by their weights", () => {
    const [a, b, f] = byDefinition().exitLoss as [number, number, number];
    const { loss } = joint(traced, { labels, supervision: { early: 0.5, final: 1 } });
    expect(values({ loss }, 0).loss).toBeCloseTo((0.5 * a + 0.5 * b + f) / 2, 10);
  });

  it("reports the share of right answers per exit", () => {
    const out = interpret(exitGraph(traced), feeds(0));
    const right = answers.filter((label, i) => {
      const row = [...out["logits.b"]!.data.slice(i * 3, i * 3 + 3)];
      return row.indexOf(Math.max(...row)) === label;
    }).length;
    const { metrics } = joint(traced, { labels });
    expect(values({ ...metrics }, 0)["accuracy.b"]).toBeCloseTo(right / N, 10);
  });
});

describe("lambda schedules", () => {
  it("follow their formulas at the ends, in the middle and beyond", () => {
    const at = (f: (step: number) => number) => [0, 50, 100, 500].map((s) => +f(s).toFixed(12));
    expect(at(constantLambda(0.3))).toEqual([0.3, 0.3, 0.3, 0.3]);
    expect(at(warmupLambda(0.4, { steps: 100 }))).toEqual([0, 0.2, 0.4, 0.4]);
    expect(at(warmupLambda(0.4, { steps: 100, start: 50 }))).toEqual([0, 0, 0.2, 0.4]);
    expect(at(linearLambda({ from: 1, to: 0, steps: 200 }))).toEqual([1, 0.75, 0.5, 0]);
    // Half a cosine: (1 - cos(pi/4)) / 2 after a quarter.
    expect(at(cosineLambda({ from: 0, to: 1, steps: 200 }))).toEqual([0, 0.146446609407, 0.5, 1]);
    // It falls from step 50, where it is 0.4, to step 150; half of 0.8 is left at step 100.
    const rising = warmupLambda(0.8, { steps: 100 });
    const cooled = cooldownLambda(rising, { steps: 100, total: 150 });
    expect(at(cooled)).toEqual([0, 0.4, 0.4, 0]);
    expect(cooled(125)).toBeCloseTo(0.2, 12);
  });

  it("refuse a negative lambda and no steps", () => {
    expect(() => constantLambda(-0.1)).toThrow(
      expect.objectContaining({ code: "E_CONFIG", where: "objective.lambda" }),
    );
    expect(() => constantLambda(Number.NaN)).toThrow(/lambda is NaN/);
    expect(() => warmupLambda(1, { steps: 0 })).toThrow(/steps is 0/);
    expect(() => cooldownLambda(constantLambda(1), { steps: 0, total: 9 })).toThrow(/steps is 0/);
    expect(() => cooldownLambda(constantLambda(1), { steps: 1, total: 0 })).toThrow(/total is 0/);
  });
});
