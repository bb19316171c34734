import { nodeEngine } from "@frugal/engine";
import { beforeAll, describe, expect, it } from "vitest";
import { exitCosts, type TracedExits, traceExits } from "../adaptive/index.js";
import { residualNet } from "../adaptive/testing/residual-net.js";
import { initialState } from "../nn/index.js";
import { randomStream } from "../random/index.js";
import { type HostTensor, tensor } from "../tensor/index.js";
import { tensorData } from "./data.js";
import { type Evaluation, evaluateExits } from "./evaluate-exits.js";
import { summariseReports } from "./summary.js";

const options = { exits: ["a", "b"], batchSize: 4, training: true } as const;
const traced = traceExits(residualNet, options);
const costs = exitCosts(traced).map((c) => c.macs as number);
const [first, , last] = costs as [number, number, number];
const engine = nodeEngine();
let now = 0;
const clock = () => {
  now += 0.5;
  return now;
};

/** Random images, and labels that follow their mean: the untrained network is near chance, which is fine here. */
function data(n: number, seed: number) {
  const stream = randomStream(seed, "data");
  const pixels = Float32Array.from({ length: n * 72 }, () => stream.normal());
  const labels = Int32Array.from({ length: n }, () => stream.integer(3));
  return tensorData(tensor("float32", [n, 2, 6, 6], pixels), labels);
}

function run(network: TracedExits, more: object = {}): Promise<Evaluation> {
  const state: Record<string, HostTensor> = initialState(network, 3);
  return evaluateExits({
    engine,
    clock,
    traced: network,
    state,
    validation: data(150, 1),
    test: data(101, 2),
    budgets: [first / 2, first, (first + last) / 2, last],
    batchSizes: [1, 8],
    runs: 10,
    tune: false,
    ...more,
  });
}

let evaluation: Evaluation;
beforeAll(async () => {
  evaluation = await run(traced, { policies: ["hazard"] });
});

describe("evaluateExits", () => {
  it("writes a report that is plain JSON", () => {
    const { report } = evaluation;
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report).toMatchObject({ format: 1, split: "test", samples: 101, model: "residual-net" });
    expect(report.exits.map((e) => [e.name, e.macs])).toEqual([
      ["a", costs[0]],
      ["b", costs[1]],
      ["final", costs[2]],
    ]);
  });

  it("names the budget that cannot be kept instead of reporting it", () => {
    const { report } = evaluation;
    expect(report.infeasible.map((b) => b.budget)).toEqual([first / 2]);
    expect(report.infeasible[0]!.reason).toContain(`${first} to ${last}`);
    expect(report.budgets.map((b) => b.budget)).toEqual([first, (first + last) / 2, last]);
  });

  it("keeps every budget where it was fitted", () => {
    for (const row of evaluation.report.budgets) {
      expect(row.validation.macs).toBeLessThanOrEqual(row.budget);
    }
  });

  it("really executes what was decided: no execution gap, no changed prediction", () => {
    for (const row of evaluation.report.budgets) {
      expect(row.executedSamples).toBe(101);
      expect(row.macs.executed).toBeCloseTo(row.macs.policy, 6);
      expect(row.gaps.execution).toBeCloseTo(0, 9);
      expect(row.warnings.map((w) => w.id)).not.toContain("exit/unstable-prediction");
      expect(row.shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    }
  });

  it("has everyone leave at once under the smallest budget", () => {
    const row = evaluation.report.budgets[0]!;
    expect(row.shares).toEqual([1, 0, 0]);
    expect(row.accuracy.value).toBe(evaluation.report.exits[0]!.accuracy.value);
    // With one exit used, leaving at random with the same shares is the same thing.
    expect(row.routingBenefit).toEqual({ value: 0, interval: { low: 0, high: 0 } });
    expect(row.baselines.random.accuracy).toBeCloseTo(row.accuracy.value, 12);
  });

  it("times the full network and each rule at each batch size", () => {
    const { report } = evaluation;
    for (const latency of [report.full.latency, ...report.budgets.map((b) => b.latency)]) {
      // 101 samples: 10 runs of 1 as asked, 12 whole batches of 8.
      expect(latency.map((l) => [l.batchSize, l.runs])).toEqual([
        [1, 10],
        [8, 12],
      ]);
      expect(latency.every((l) => l.mean > 0 && l.p95 >= l.p50)).toBe(true);
    }
  });

  it("says what the gates do by themselves: at hazard 0.119 nobody leaves", () => {
    const gates = evaluation.report.gates!;
    const h = 1 / (1 + Math.exp(2));
    const expected = h * costs[0]! + (1 - h) * (h * costs[1]! + (1 - h) * costs[2]!);
    expect(gates.expectedMacs / expected).toBeCloseTo(1, 6);
    expect(gates.policyMacs).toBe(last);
    expect(gates.finalReach).toBeCloseTo((1 - h) ** 2, 6);
    expect(gates.softness).toBeCloseTo(4 * h * (1 - h), 6);
    expect(evaluation.report.warnings.map((w) => w.id)).toContain("exit/never-exits");
  });

  it("does not run, nor count, gates that the policy does not ask", async () => {
    const { report } = await run(traced, { policies: ["confidence"] });
    // A gate costs 17 MACs: 4 channels in 2x2 cells, and the confidence.
    expect(report.exits.map((e) => e.macs)).toEqual([costs[0]! - 17, costs[1]! - 34, last - 34]);
    expect(report.policy).toBe("confidence");
    expect(report.budgets[0]!.macs.executed).toBe(first - 17);
    expect(report.gates!.policyMacs).toBe(last);
  });

  it("works without gates, and without exits", async () => {
    const ungated = await run(traceExits(residualNet, { ...options, gate: "none" }));
    expect(ungated.report.gates).toBeNull();
    expect(ungated.report.budgets[0]!.macs.expected).toBeNull();
    expect(ungated.report.budgets.every((b) => b.policy !== "hazard")).toBe(true);
    const bare = traceExits(residualNet, { ...options, exits: [] });
    const { report } = await run(bare, { budgets: [1e9] });
    expect(report.budgets[0]).toMatchObject({ shares: [1], thresholds: [] });
    expect(report.exits[0]!.macs).toBe(report.full.macs);
  });

  it("refuses a policy that the network cannot follow", async () => {
    const ungated = traceExits(residualNet, { ...options, gate: "none" });
    await expect(run(ungated, { policies: ["hazard"] })).rejects.toThrow(/confidence, entropy/);
  });
});

describe("summariseReports", () => {
  it("puts seeds side by side, budget by budget", () => {
    const { report } = evaluation;
    const other = {
      ...report,
      full: { ...report.full, accuracy: { ...report.full.accuracy, value: 0.5 } },
    };
    const summary = summariseReports([report, other]);
    expect(summary.seeds).toBe(2);
    expect(summary.budgets.map((b) => b.budget)).toEqual(report.budgets.map((b) => b.budget));
    const a = report.full.accuracy.value;
    expect(summary.fullAccuracy.mean).toBeCloseTo((a + 0.5) / 2, 12);
    const row = summary.budgets[0]!;
    expect(row.drop.mean).toBeCloseTo((a + 0.5) / 2 - report.budgets[0]!.accuracy.value, 12);
  });
});
