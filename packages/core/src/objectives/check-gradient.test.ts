import { describe, expect, it } from "vitest";
import { gradients } from "../autodiff/index.js";
import { type CostName, costModels, costNames } from "../costs/index.js";
import { buildGraph, input, inputName, type Value } from "../graph/index.js";
import { functions as f } from "../ops/index.js";
import { fromHost, interpret, type RefTensor } from "../reference/index.js";
import { scalar, tensor } from "../tensor/index.js";
import { checkComputeGradient } from "./index.js";
import { type DecisionCase, decisionNames, decisionRows } from "./testing/decisions.js";

const scalarOf = (v: Value): Value => (v.shape.length === 0 ? v : f.reduceMean(v));

/** The value of a scalar, fed what it reads. */
function numbers(
  outputs: Readonly<Record<string, Value>>,
  feeds: Readonly<Record<string, RefTensor>>,
) {
  const graph = buildGraph(outputs);
  const fed = graph.inputs.map(inputName).map((n) => [n, feeds[n]!] as const);
  return interpret(graph, Object.fromEntries(fed));
}

/** Steps of equal size against the sign of the soft cost's gradient, with no task to object. */
function descend(
  name: CostName,
  { soft, parameters, feeds, stride = 0.5 }: DecisionCase,
  steps: number,
) {
  const cost = scalarOf(costModels[name].expected(soft));
  const slopes = gradients(
    cost,
    parameters.map((p) => p.value),
    { unused: "zero" },
  );
  const outputs = Object.fromEntries(slopes.map((g, i) => [`${i}`, g]));
  let now: Record<string, RefTensor> = Object.fromEntries(
    Object.entries(feeds).map(([k, t]) => [k, fromHost(t)]),
  );
  for (let step = 0; step < steps; step++) {
    const found = numbers(outputs, now);
    const next = { ...now };
    parameters.forEach(({ value }, i) => {
      const at = now[inputName(value)]!;
      const slope = found[`${i}`]!.data;
      next[inputName(value)] = {
        ...at,
        data: at.data.map((v, k) => v - stride * Math.sign(slope[k]!)),
      };
    });
    now = next;
  }
  return now;
}

describe.each(decisionNames)("every cost under the decision %s", (decision) => {
  const row = decisionRows[decision];
  const built = row.build();
  const moved = costNames.filter((name) => !(name in row.unmoved));
  const unmoved = costNames.filter((name) => name in row.unmoved);
  const costsOf = (names: readonly CostName[]) =>
    Object.fromEntries(names.map((name) => [name, costModels[name].expected(built.soft)]));
  const report = checkComputeGradient({ ...built, costs: costsOf(moved) });

  it.each(moved)("%s has a gradient that is there, is right, and leads downhill", (name) => {
    const bad = report.rows.filter(
      (r) => r.cost === name && r.verdict !== "right" && r.verdict !== "unmoved",
    );
    expect(bad).toEqual([]);
    expect(report.idle).not.toContain(name);
  });

  it.each(moved)("%s falls, as decided, when only the cost is trained", (name) => {
    const feeds = Object.fromEntries(
      Object.entries(built.feeds).map(([k, t]) => [k, fromHost(t)] as const),
    );
    const hard = scalarOf(costModels[name].expected(built.hard));
    const before = numbers({ hard }, feeds).hard!.data[0]!;
    const after = numbers({ hard }, descend(name, built, 12)).hard!.data[0]!;
    expect(after).toBeLessThan(before);
  });

  it("costs that it cannot move are those on the list, and none of them has a gradient", () => {
    if (unmoved.length === 0) return;
    const { rows, passed } = checkComputeGradient({ ...built, costs: costsOf(unmoved) });
    expect(rows.filter((r) => r.verdict !== "unmoved")).toEqual([]);
    expect(passed).toBe(false);
  });
});

describe("the slope of a cost in a share of channels", () => {
  const { soft, parameters } = decisionRows.channelShares.build();

  // Rounding up with the wrong slope would tell the optimiser of savings that are not there, or hide them.
  it.each(costNames.filter((n) => !(n in decisionRows.channelShares.unmoved)))(
    "of %s is on average what the whole way brings, to 5 %",
    (name) => {
      const cost = costModels[name].expected(soft);
      const slopes = gradients(
        cost,
        parameters.map((p) => p.value),
        { unused: "zero" },
      );
      const at = (share: number) => {
        const logit = fromHost(scalar("float64", Math.log(share / (1 - share))));
        const feeds = Object.fromEntries(parameters.map((p) => [p.path, logit]));
        const out = numbers(
          { cost, ...Object.fromEntries(slopes.map((g, i) => [`g${i}`, g])) },
          feeds,
        );
        // d cost / d share = (d cost / d logit) / (s (1 - s)), summed over both shares, which move together.
        const slope = slopes.reduce((n, _, i) => n + out[`g${i}`]!.data[0]!, 0);
        return { cost: out.cost!.data[0]!, slope: slope / (share * (1 - share)) };
      };
      const [low, high, count] = [0.1, 0.95, 60];
      const width = (high - low) / count;
      const mean =
        Array.from({ length: count }, (_, i) => at(low + (i + 0.5) * width).slope).reduce(
          (a, b) => a + b,
          0,
        ) / count;
      const average = (at(high).cost - at(low).cost) / (high - low);
      expect(mean / average).toBeGreaterThan(0.95);
      expect(mean / average).toBeLessThan(1.05);
    },
  );
});

describe("checkComputeGradient finds what is broken", () => {
  const gate = input("gate", [3]);
  const parameters = [{ path: "gate", value: gate }];
  const feeds = { gate: tensor("float32", [3], [-1, 0.2, 0.7]) };
  const open = f.sigmoid(gate);
  const cost = f.reduceSum(f.mul(open, 100));
  const verdictOf = (broken: Value, smooth?: Value) => {
    const costs = { broken };
    return checkComputeGradient({
      costs,
      parameters,
      feeds,
      ...(smooth ? { smooth: { broken: smooth } } : {}),
    });
  };
  const pretend = (factor: number) =>
    f.withGradient(cost, [gate], (g) => {
      const [slope] = gradients(cost, [gate]);
      return [f.mul(f.mul(slope!, g), factor)];
    });

  it("passes what is right, and tells how near the step comes to what was predicted", () => {
    const { passed, rows } = verdictOf(cost);
    expect(passed).toBe(true);
    expect(rows[0]!.verdict).toBe("right");
    expect(rows[0]!.fall).toBeCloseTo(1, 3);
    // 100 s (1 - s) at 0.2 is 24.75.
    expect(rows[0]!.largest).toBeCloseTo(24.7517, 3);
  });

  it.each<[string, Value, string]>([
    ["a stopped gradient", f.stopGradient(cost), "detached"],
    ["a slope twice too steep", pretend(2), "wrong"],
    ["a slope of the wrong sign", pretend(-1), "wrong"],
    ["a cost of something else", f.reduceSum(f.stopGradient(f.mul(gate, 0))), "unmoved"],
    ["rounding up", f.reduceSum(f.ceil(f.mul(open, 1000))), "unmoved"],
  ])("%s is reported as such", (_, broken, verdict) => {
    const { passed, rows } = verdictOf(broken);
    expect(rows[0]!.verdict).toBe(verdict);
    expect(passed).toBe(false);
  });

  it("measures a straight-through gate against its soft counterpart", () => {
    const hard = f.cast(f.greater(gate, 0), "float32");
    const executed = f.reduceSum(f.mul(f.straightThrough(hard, open), 100));
    expect(verdictOf(executed).rows[0]!.verdict).toBe("wrong");
    expect(verdictOf(executed, cost).passed).toBe(true);
  });

  it("names each pair: a cost that misses one of two decisions passes by the other", () => {
    const other = input("other", []);
    const both = checkComputeGradient({
      costs: { sum: cost, less: f.add(cost, f.mul(other, 3)) },
      parameters: [...parameters, { path: "other", value: other }],
      feeds: { ...feeds, other: scalar("float32", 1) },
    });
    expect(both.rows.map((r) => [r.cost, r.parameter, r.verdict])).toEqual([
      ["sum", "gate", "right"],
      ["less", "gate", "right"],
      ["sum", "other", "unmoved"],
      ["less", "other", "right"],
    ]);
    expect(both.passed).toBe(true);
  });

  it("takes the mean of costs per sample", () => {
    const perSample = f.mul(open, 100);
    const { rows } = checkComputeGradient({ costs: { c: perSample }, parameters, feeds });
    expect(rows[0]!.largest).toBeCloseTo(24.7517 / 3, 3);
  });
});
