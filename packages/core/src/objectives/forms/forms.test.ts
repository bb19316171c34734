import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradients } from "../../autodiff/index.js";
import { buildGraph, input, type Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { fromHost, interpret } from "../../reference/index.js";
import { scalar } from "../../tensor/index.js";
import { controllers } from "../controllers/index.js";
import { type FormName, formNames, objectiveForms, projectBelow, rampedLimit } from "./index.js";

interface Numbers {
  readonly task: number;
  readonly cost: number;
  readonly limit: number;
  readonly multiplier: number;
  readonly penalty: number;
}

const cost = input("cost", []);
const inputs = {
  task: input("task", []),
  normalised: cost,
  limit: input("limit", []),
  multiplier: input("multiplier", []),
  penalty: input("penalty", []),
};

/** Value and slope in the cost of a form's term. */
function termOf(form: FormName, numbers: Numbers): { value: number; slope: number } {
  const term = objectiveForms[form].term(inputs) as Value;
  const [slope] = gradients(term, [cost]);
  const feeds = Object.entries(numbers).map(([k, v]) => [k, fromHost(scalar("float64", v))]);
  const all = [...Object.values(inputs)];
  const out = interpret(
    buildGraph({ value: term, slope: slope! }, { inputs: all }),
    Object.fromEntries(feeds),
  );
  return { value: out.value!.data[0]!, slope: out.slope!.data[0]! };
}

type Row = readonly [Numbers, { readonly value: number; readonly slope: number }];
const at = (numbers: Partial<Numbers>): Numbers => ({
  task: 2,
  cost: 0.8,
  limit: 0.5,
  multiplier: 3,
  penalty: 4,
  ...numbers,
});

/** By hand, at task 2, cost 0.8, limit 0.5, multiplier 3 and penalty 4 unless said otherwise. */
const rows: Readonly<Record<Exclude<FormName, "projection">, readonly Row[]>> = {
  linear: [[at({}), { value: 2.4, slope: 3 }]],
  // 3 * 0.3 / 0.5.
  normalisedLinear: [[at({}), { value: 1.8, slope: 6 }]],
  // 2 * 3 * ln 1.6; 6 / 0.8.
  multiplicativeLog: [[at({}), { value: 6 * Math.log(1.6), slope: 7.5 }]],
  hinge: [
    [at({}), { value: 0.9, slope: 3 }],
    [at({ cost: 0.4 }), { value: 0, slope: 0 }],
  ],
  // 3 * 0.6^2; 2 * 3 * 0.6 / 0.5. Below the target the slope is negative: it is pushed up.
  twoSided: [
    [at({}), { value: 1.08, slope: 7.2 }],
    [at({ cost: 0.25 }), { value: 0.75, slope: -6 }],
  ],
  lagrangian: [
    [at({}), { value: 0.9, slope: 3 }],
    [at({ cost: 0.4 }), { value: -0.3, slope: 3 }],
  ],
  // mu + rho g = 4.2: (17.64 - 9) / 8. At cost 0: 3 - 2 = 1, (1 - 9) / 8. With mu 1: 1 - 2 < 0, -1 / 8.
  augmentedLagrangian: [
    [at({}), { value: 1.08, slope: 4.2 }],
    [at({ cost: 0 }), { value: -1, slope: 1 }],
    [at({ cost: 0, multiplier: 1 }), { value: -0.125, slope: 0 }],
  ],
  piControlled: [[at({}), { value: 0.9, slope: 3 }]],
};

const named = Object.keys(rows) as (keyof typeof rows)[];

describe.each(named)("the form %s", (name) => {
  it("has the value and the slope of its formula", () => {
    for (const [numbers, expected] of rows[name]) {
      const got = termOf(name, numbers);
      expect(got.value).toBeCloseTo(expected.value, 10);
      expect(got.slope).toBeCloseTo(expected.slope, 10);
    }
  });

  it("is the same whatever the cost is counted in: cost and limit are shares of the start", () => {
    // 8 ms of 10 with a limit of 5 ms, or 8000 us of 10000: the form sees 0.8 and 0.5 both times.
    const inUnits = (factor: number) => {
      const start = 10 * factor;
      return termOf(name, at({ cost: (8 * factor) / start, limit: (5 * factor) / start }));
    };
    expect(inUnits(1000)).toEqual(inUnits(1));
  });

  it("has the slope that central differences confirm", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 1.5, noNaN: true }),
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        fc.double({ min: 0.01, max: 5, noNaN: true }),
        (c, limit, multiplier) => {
          const numbers = at({ cost: c, limit, multiplier });
          const step = 1e-6;
          const above = termOf(name, { ...numbers, cost: c + step });
          const below = termOf(name, { ...numbers, cost: c - step });
          // A kink between the two points: both one-sided slopes are right.
          if (Math.abs(above.slope - below.slope) > 1e-3 * (1 + Math.abs(above.slope))) return;
          const numeric = (above.value - below.value) / (2 * step);
          expect(termOf(name, numbers).slope).toBeCloseTo(numeric, 3);
        },
      ),
      { seed: 3, numRuns: 40 },
    );
  });

  it("reads the scalars that it says it reads", () => {
    const term = objectiveForms[name].term(inputs) as Value;
    const used = buildGraph({ term }).inputs;
    const scalars = objectiveForms[name].scalars.map((s) => inputs[s]);
    expect(scalars.filter((v) => !used.includes(v))).toEqual([]);
    expect(used.includes(inputs.penalty)).toBe(scalars.includes(inputs.penalty));
  });

  it("says that it needs a limit, if it does", () => {
    const { limit: _, ...unlimited } = inputs;
    const build = () => objectiveForms[name].term(unlimited);
    if (objectiveForms[name].limit === "required") expect(build).toThrow(/needs a limit/);
    else expect(build).not.toThrow();
  });
});

describe("the registry of forms", () => {
  it("lists every form under its own name, with a controller that fits", () => {
    for (const name of formNames) {
      const form = objectiveForms[name];
      expect(form.name).toBe(name);
      expect(controllers[form.controller].needsLimit).toBe(form.multiplier === "dual");
      expect(controllers[form.controller].penalty !== undefined).toBe(
        form.scalars.includes("penalty"),
      );
    }
  });

  it("the augmented form's slope is the multiplier that its next update would give", () => {
    const { slope } = termOf("augmentedLagrangian", at({ cost: 0.65 }));
    expect(slope).toBeCloseTo(3 + 4 * 0.15, 10);
  });

  it("the multiplicative form has the gradient of the product, over a positive factor", () => {
    // d (t c^w) = c^w (dt + t w dc / c), with t = 2, c / l = 1.6, w = 3.
    const { task } = inputs;
    const product = f.mul(task, f.pow(f.div(cost, inputs.limit), inputs.multiplier));
    const term = objectiveForms.multiplicativeLog.term(inputs) as Value;
    const feeds = Object.entries(at({})).map(([k, v]) => [k, fromHost(scalar("float64", v))]);
    const slopesOf = (loss: Value) => {
      const [dTask, dCost] = gradients(loss, [task, cost]);
      const out = interpret(
        buildGraph({ dTask: dTask!, dCost: dCost! }, { inputs: Object.values(inputs) }),
        Object.fromEntries(feeds),
      );
      return { task: out.dTask!.data[0]!, cost: out.dCost!.data[0]! };
    };
    const [own, wanted] = [slopesOf(f.add(task, term)), slopesOf(product)];
    const factor = 1.6 ** 3;
    expect(own.task * factor).toBeCloseTo(wanted.task, 10);
    expect(own.cost * factor).toBeCloseTo(wanted.cost, 10);
  });

  it("projection puts nothing into the loss", () => {
    expect(objectiveForms.projection.term(inputs)).toBeUndefined();
  });
});

describe("a limit that comes down in a ramp", () => {
  it("goes from 1 to the limit and stays", () => {
    const limit = rampedLimit(0.4, { steps: 10, start: 5 });
    expect([0, 5, 10, 15, 99].map((s) => Number(limit(s).toFixed(12)))).toEqual([
      1, 1, 0.7, 0.4, 0.4,
    ]);
    expect([0, 9].map(rampedLimit(0.4, { steps: 0 }))).toEqual([0.4, 0.4]);
  });
});

describe("projection below a limit", () => {
  const square = (x: ArrayLike<number>) => Array.from(x).reduce((n, v) => n + v * v, 0);
  const ball = (values: Readonly<Record<string, ArrayLike<number>>>) => ({
    cost: square(values.x!),
    gradient: { x: Array.from(values.x!, (v) => 2 * v) },
  });

  it("lands on the nearest point of a half-space", () => {
    const evaluate = ({ x }: Readonly<Record<string, ArrayLike<number>>>) => ({
      cost: 3 * x![0]! + 4 * x![1]!,
      gradient: { x: [3, 4] },
    });
    const { x } = projectBelow({ x: [1, 1] }, { evaluate, limit: 2, margin: 0 });
    expect([...x!].map((v) => Number(v.toFixed(12)))).toEqual([0.4, 0.2]);
  });

  it("lands on a ball along the radius", () => {
    const { x } = projectBelow({ x: [3, 4] }, { evaluate: ball, limit: 1, margin: 1e-6 });
    expect(x![0]!).toBeCloseTo(0.6, 5);
    expect(x![1]!).toBeCloseTo(0.8, 5);
    expect(square(x!)).toBeLessThanOrEqual(1);
  });

  it("leaves what keeps the limit as it is", () => {
    const { x } = projectBelow({ x: [0.1, 0.2] }, { evaluate: ball, limit: 1 });
    expect([...x!]).toEqual([0.1, 0.2]);
  });

  it("says so where the cost does not move", () => {
    const evaluate = () => ({ cost: 2, gradient: { x: [0, 0] } });
    expect(() => projectBelow({ x: [1, 1] }, { evaluate, limit: 1 })).toThrow(
      expect.objectContaining({ code: "E_CONFIG" }),
    );
  });
});
