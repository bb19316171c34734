import { describe, expect, it } from "vitest";
import { gradients } from "../autodiff/index.js";
import { costModels, withActivity } from "../costs/index.js";
import { tinyLedger } from "../costs/testing/tiny-net.js";
import { buildGraph, input, inputName, scalarConstant, type Value } from "../graph/index.js";
import { functions as f } from "../ops/index.js";
import { fromHost, interpret } from "../reference/index.js";
import { scalar } from "../tensor/index.js";
import {
  type ComputeCost,
  computeObjective,
  controlScalars,
  pricedCost,
  startControls,
  updateControls,
} from "./index.js";

/** The tiny network whose second stage runs with probability sigmoid(gate); hard: whether the gate is above 0. */
const gate = input("gate", []);
const task = f.square(input("weight", []));
const stage = (activity: Value) =>
  withActivity(tinyLedger(), (e) => (e.stage === "second" ? activity : undefined));
const soft = stage(f.sigmoid(gate));
const hard = stage(f.cast(f.greater(gate, 0), "float32"));
const macs = (options = {}) => pricedCost("macs", { soft, hard }, options);
const decisions = [{ name: "exit", parameters: [gate] }];

/** MACs that always run, and those behind the gate: from the table of the network. */
const ALWAYS = 1152 + 144;
const GATED = 256 + 256 + 48;
const FULL = ALWAYS + GATED;

function values(outputs: Readonly<Record<string, Value>>, feeds: Record<string, number>) {
  const graph = buildGraph(outputs);
  const used = graph.inputs.map((v) => inputName(v));
  const fed = used.map((n) => [n, fromHost(scalar("float64", feeds[n]!))] as const);
  const out = interpret(graph, Object.fromEntries(fed));
  return Object.fromEntries(Object.entries(out).map(([k, v]) => [k, v.data[0]!]));
}

describe("the compute-aware objective", () => {
  it("is the task plus a term per cost, each over its start and with its own limit", () => {
    const kernels = pricedCost("kernels", { soft, hard }, { limit: 4, form: "linear" });
    const objective = computeObjective({
      task,
      costs: [macs({ limit: 1500 }), kernels],
      decisions,
    });
    const v = values(
      { ...objective.metrics },
      { weight: 3, gate: Math.log(3), "lambda.macs": 2, "lambda.kernels": 0.5 },
    );
    // sigmoid(ln 3) = 3/4; the gate is open.
    const expected = ALWAYS + 0.75 * GATED;
    expect(v.task).toBe(9);
    expect(v["expected.macs"]).toBeCloseTo(expected, 3);
    expect(v["cost.macs"]).toBeCloseTo(expected / FULL, 7);
    expect(v["hard.macs"]).toBe(FULL);
    // 3 kernels always, 3 behind the gate.
    expect(v["expected.kernels"]).toBeCloseTo(5.25, 7);
    const terms = 2 * (expected / FULL - 1500 / FULL) + (0.5 * 5.25) / 6;
    expect(v.loss).toBeCloseTo(9 + terms, 6);
  });

  it("says which scalars to feed, form by form", () => {
    const scalarsOf = (form: ComputeCost["form"]) =>
      computeObjective({ task, costs: [macs({ limit: 1500 })], form: form! }).plans[0]!.scalars;
    expect(scalarsOf("linear")).toEqual({ multiplier: "lambda.macs" });
    expect(scalarsOf("hinge")).toEqual({ multiplier: "lambda.macs", limit: "limit.macs" });
    expect(scalarsOf("augmentedLagrangian")).toEqual({
      multiplier: "lambda.macs",
      penalty: "penalty.macs",
    });
    expect(scalarsOf("projection")).toEqual({});
  });

  it("keeps the loss of milliseconds that of microseconds", () => {
    const inUnit = (factor: number) => {
      const cost = f.mul(f.sigmoid(gate), 8 * factor);
      const wire = {
        name: "wire",
        unit: "ms",
        soft: cost,
        hard: cost,
        start: 10 * factor,
        limit: 5 * factor,
      } as const;
      const { loss } = computeObjective({ task, costs: [wire], form: "multiplicativeLog" });
      return values({ loss }, { weight: 1, gate: 0.3, "lambda.wire": 2 }).loss!;
    };
    expect(inUnit(1000)).toBeCloseTo(inUnit(1), 6);
  });
});

describe("an objective that cannot be meant is refused", () => {
  const refused = (costs: readonly ComputeCost[], message: RegExp, more = {}) =>
    expect(() => computeObjective({ task, costs, ...more })).toThrow(message);

  it("an unknown cost, with the nearest and the list", () => {
    const { unit: _, ...unnamed } = macs({ limit: 1500 });
    refused(
      [{ ...unnamed, name: "mac" }],
      /no cost "mac"[\s\S]*macs, validMacs[\s\S]*did you mean/,
    );
    expect(() => pricedCost("maccs" as never, { soft, hard })).toThrow(/no cost "maccs"/);
  });

  it("no costs, and one cost with two limits", () => {
    refused([], /without costs/);
    refused([macs({ limit: 1500 }), macs({ limit: 1400 })], /macs is given twice/);
  });

  it("a limit that is missing, not positive, or out of reach", () => {
    refused([macs()], /needs a limit for macs[\s\S]*linear, normalisedLinear/);
    refused([macs({ limit: 0 })], /limit of macs is 0/);
    refused([macs({ limit: Number.NaN })], /limit of macs is NaN/);
    const range = { lowest: ALWAYS, highest: FULL };
    refused([macs({ limit: 1000, range })], /cannot be reached[\s\S]*1.3k MACs to 1.86k MACs/);
  });

  it("a cost of 0 at the start", () => {
    refused([{ ...macs({ limit: 5 }), start: 0 }], /macs costs 0 MACs at the start/);
  });

  it("a lambda of 0 or below where it is a weight", () => {
    for (const lambda of [0, -1]) {
      const cost = macs({ multiplier: scalarConstant(lambda) });
      refused([cost], new RegExp(`lambda of macs is ${lambda}`), { form: "linear" });
    }
  });

  it("an unknown form", () => {
    refused([macs()], /no form "quadratic"[\s\S]*twoSided/, { form: "quadratic" });
  });

  it("a decision that no cost sees", () => {
    const blind = { name: "width", parameters: [input("width", [])] };
    refused([macs({ limit: 1500 })], /no cost sees the decision width/, {
      decisions: [...decisions, blind],
    });
  });

  it("a cost that no decision moves", () => {
    const experts = { ...macs({ limit: 1500 }), name: "energy45", soft: scalarConstant(3) };
    refused([macs({ limit: 1500 }), experts], /no decision moves the cost energy45/, { decisions });
  });

  it("a penalty that is detached (as UT-ACT's was), rounded, or compared", () => {
    const broken: readonly (readonly [Value, RegExp])[] = [
      [f.stopGradient(f.sigmoid(gate)), /no decision moves the cost macs/],
      [f.ceil(f.mul(f.sigmoid(gate), 8)), /no decision moves the cost macs/],
      [f.cast(f.greater(gate, 0), "float32"), /Cast has no gradient/],
    ];
    for (const [value, message] of broken) {
      const cost = { ...macs({ limit: 1500 }), soft: costModels.macs.expected(stage(value)) };
      refused([cost], message, { decisions });
    }
  });
});

describe("known bugs of others, kept out", () => {
  const objective = computeObjective({ task, costs: [macs({ limit: 1500 })], decisions });

  it("the term is really added: the loss has the slope of the cost times lambda in the gate", () => {
    const [slope, own] = [objective.loss, objective.metrics["cost.macs"]!].map(
      (v) => gradients(v, [gate])[0]!,
    );
    const v = values({ slope: slope!, own: own! }, { gate: 0.4, weight: 1, "lambda.macs": 3 });
    expect(v.own).toBeGreaterThan(0);
    expect(v.slope).toBeCloseTo(3 * v.own!, 9);
  });

  it("what is logged does not change with lambda", () => {
    const at = (lambda: number) => {
      const { loss: _, ...logged } = objective.metrics;
      return values(logged, { gate: 0.4, weight: 1, "lambda.macs": lambda });
    };
    expect(at(100)).toEqual(at(0.1));
  });

  it("a cost survives renaming of layers", () => {
    const renamed = { ...soft, entries: soft.entries.map((e, i) => ({ ...e, path: `x${i}` })) };
    const cost = (ledger: typeof soft) =>
      values({ c: costModels.macs.expected(ledger) }, { gate: 0.4 }).c;
    expect(cost(renamed)).toBe(cost(soft));
  });

  it("the multiplier follows the hard cost where the soft one already keeps the limit", () => {
    const specs = { macs: { kind: "dualAscent", options: { rate: 1 } } } as const;
    const start = startControls(objective.plans, specs);
    // Soft 1400 of 1500 allowed; hard 1856.
    const metrics = { "hard.macs": FULL, "expected.macs": 1400 };
    const next = updateControls(objective.plans, start, { step: 1, metrics });
    expect(next.macs!.multiplier).toBeCloseTo((FULL - 1500) / FULL, 9);
    expect(() => updateControls(objective.plans, start, { step: 1, metrics: {} })).toThrow(
      /no "hard.macs"/,
    );
  });

  it("lambda prunes: with the task silent, gradient steps close the gate and the hard cost falls", () => {
    let at = 2;
    const [slope] = gradients(objective.loss, [gate]);
    for (let step = 0; step < 100; step++) {
      at -= values({ slope: slope! }, { gate: at, weight: 0, "lambda.macs": 5 }).slope!;
    }
    expect(values({ h: objective.metrics["hard.macs"]! }, { gate: at }).h).toBe(ALWAYS);
  });
});

describe("controllers of an objective", () => {
  it("bring the hard cost below its limit and keep it there: a gate that the task wants open", () => {
    // Gate probability p; task 4 (1 - p)^2 wants it open, MACs may be ALWAYS + p GATED <= 1600: p <= 0.543.
    const p = f.sigmoid(gate);
    const ledger = stage(p);
    const wants = f.mul(f.square(f.sub(1, p)), 0.1);
    const objective = computeObjective({
      task: wants,
      costs: [pricedCost("macs", { soft: ledger, hard: ledger }, { limit: 1600 })],
      form: "piControlled",
      decisions,
    });
    const [slope] = gradients(objective.loss, [gate]);
    const specs = { macs: { kind: "pi", options: { integral: 0.05, proportional: 2 } } } as const;
    let state = startControls(objective.plans, specs);
    const scalars = controlScalars(objective.plans, () => state);
    let at = 1;
    let cost = 0;
    for (let step = 0; step < 1500; step++) {
      const feeds = { gate: at, "lambda.macs": scalars["lambda.macs"]!(step) };
      const v = values({ slope: slope!, hard: objective.metrics["hard.macs"]! }, feeds);
      cost = v.hard!;
      state = updateControls(objective.plans, state, {
        step: step + 1,
        metrics: { "hard.macs": cost, "expected.macs": cost },
      });
      // A restored state goes on as if nothing had happened.
      if (step === 700) state = JSON.parse(JSON.stringify(state)) as typeof state;
      at -= v.slope!;
    }
    expect(cost).toBeCloseTo(1600, 0);
    // mu * GATED / FULL = 0.2 (1 - p) at p = (1600 - ALWAYS) / GATED.
    const dual = (0.2 * (1 - (1600 - ALWAYS) / GATED) * FULL) / GATED;
    expect(state.macs!.multiplier).toBeCloseTo(dual, 3);
  });

  it("are those that the form usually has, and must fit it", () => {
    const plansOf = (form: ComputeCost["form"], limit?: number) =>
      computeObjective({ task, costs: [macs(limit ? { limit } : {})], form: form! }).plans;
    expect(startControls(plansOf("augmentedLagrangian", 1500), {}).macs!.kind).toBe("augmented");
    expect(startControls(plansOf("projection", 1500), {})).toEqual({});
    expect(() => startControls(plansOf("linear"), {})).toThrow(/value is NaN/);
    expect(() => startControls(plansOf("linear"), { macs: { kind: "pi", options: {} } })).toThrow(
      /needs a limit/,
    );
    expect(() =>
      startControls(plansOf("augmentedLagrangian", 1500), { macs: { kind: "pi", options: {} } }),
    ).toThrow(/needs a penalty/);
    expect(() => startControls(plansOf("linear"), { flops: { kind: "pi", options: {} } })).toThrow(
      /flops, which is no cost/,
    );
  });
});
