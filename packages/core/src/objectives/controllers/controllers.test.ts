import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradients } from "../../autodiff/index.js";
import { buildGraph, constant, input } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { fromHost, interpret } from "../../reference/index.js";
import { scalar, tensor } from "../../tensor/index.js";
import { type FormName, objectiveForms } from "../forms/index.js";
import { type Quadratic, quadratics } from "../testing/quadratics.js";
import {
  type ControllerSpec,
  controllerNames,
  controllers,
  type GuardedState,
  penaltyOf,
  startController,
  updateController,
} from "./index.js";

interface Trace {
  readonly x: number[];
  readonly states: GuardedState[];
  /** Multiplier and first cost after each step. */
  readonly multipliers: number[];
  readonly costs: number[];
}

/** Plain gradient descent on x through the form's own term, the multipliers set by the controller. */
function solve(
  q: Quadratic,
  spec: ControllerSpec,
  { form, lr, steps }: { form: FormName; lr: number; steps: number },
): Trace {
  const n = q.centre.length;
  const x = input("x", [n]);
  const row = (values: readonly number[]) => constant(tensor("float32", [n], [...values]));
  const task = f.reduceSum(f.mul(f.mul(row(q.curvature), 0.5), f.square(f.sub(x, row(q.centre)))));
  const costs = q.limits.map(({ slope }) => f.reduceSum(f.mul(row(slope), x)));
  const terms = q.limits.map(({ bound }, j) =>
    objectiveForms[form].term({
      task,
      normalised: costs[j]!,
      limit: bound,
      multiplier: input(`mu${j}`, []),
      penalty: input(`rho${j}`, []),
    }),
  );
  const loss = terms.reduce((sum, term) => f.add(sum!, term!), task)!;
  const [slope] = gradients(loss, [x]);
  const graph = buildGraph({
    slope: slope!,
    ...Object.fromEntries(costs.map((c, j) => [`cost${j}`, c])),
  });
  let at = Float64Array.from({ length: n }, () => 0);
  let states = q.limits.map(() => startController(spec));
  const trace: Pick<Trace, "multipliers" | "costs"> = { multipliers: [], costs: [] };
  for (let step = 1; step <= steps; step++) {
    const scalars = states.flatMap((s, j) => [
      [`mu${j}`, fromHost(scalar("float64", s.multiplier))],
      [`rho${j}`, fromHost(scalar("float64", penaltyOf(s) ?? 1))],
    ]);
    const out = interpret(graph, {
      ...Object.fromEntries(scalars),
      x: { dtype: "float64", shape: [n], data: at },
    });
    states = states.map((s, j) => {
      const limit = q.limits[j]!.bound;
      return updateController(s, { step, hard: out[`cost${j}`]!.data[0]!, limit });
    });
    trace.multipliers.push(states[0]!.multiplier);
    trace.costs.push(out.cost0!.data[0]!);
    at = at.map((v, i) => v - lr * out.slope!.data[i]!);
  }
  return { ...trace, x: [...at], states };
}

const setups: readonly { form: FormName; spec: ControllerSpec }[] = [
  { form: "lagrangian", spec: { kind: "dualAscent", options: { rate: 0.05 } } },
  { form: "piControlled", spec: { kind: "pi", options: { integral: 0.05, proportional: 1 } } },
  {
    form: "augmentedLagrangian",
    spec: { kind: "augmented", options: { penalty: 1, maxPenalty: 4, rate: 0.1 } },
  },
];

describe("controllers on convex quadratics", () => {
  for (const { form, spec } of setups) {
    it.each(quadratics.map((q) => [q.name, q] as const))(
      `${spec.kind} finds primal and dual of %s`,
      (_, q) => {
        const { x, states } = solve(q, spec, { form, lr: 0.1, steps: 2000 });
        x.forEach((v, i) => {
          expect(Math.abs(v - q.x[i]!)).toBeLessThan(1e-3);
        });
        states.forEach((s, j) => {
          expect(Math.abs(s.multiplier - q.dual[j]!)).toBeLessThan(1e-3);
        });
      },
    );
  }

  it("a limit that never binds keeps the multiplier at exactly 0 in the end", () => {
    const loose = quadratics.find((q) => q.dual[0] === 0)!;
    for (const { form, spec } of setups) {
      expect(solve(loose, spec, { form, lr: 0.1, steps: 2000 }).states[0]!.multiplier).toBe(0);
    }
  });

  it("PI swings less than plain ascent with the same integral part: overshoot and changes of sign", () => {
    const [q] = quadratics;
    const swings = (spec: ControllerSpec) => {
      const { multipliers } = solve(q!, spec, { form: "lagrangian", lr: 0.1, steps: 400 });
      const errors = multipliers.map((m) => m - q!.dual[0]!);
      const signs = errors.filter((e) => Math.abs(e) > 1e-6).map(Math.sign);
      return {
        overshoot: Math.max(0, ...errors),
        changes: signs.filter((s, i) => i > 0 && s !== signs[i - 1]).length,
      };
    };
    const plain = swings({ kind: "dualAscent", options: { rate: 0.2 } });
    const damped = swings({ kind: "pi", options: { integral: 0.2, proportional: 1 } });
    // x' = -0.1 (x - 3 + mu), mu' = 0.2 (x - 1) swings; with kp the damping rises and the swing all but ends.
    expect(plain.overshoot).toBeGreaterThan(0.5);
    expect(damped.overshoot).toBeLessThan(0.25 * plain.overshoot);
    expect(plain.changes).toBeGreaterThanOrEqual(8);
    expect(damped.changes).toBeLessThanOrEqual(plain.changes / 2);
  });
});

const rows: { readonly [K in (typeof controllerNames)[number]]: ControllerSpec } = {
  constant: { kind: "constant", options: { value: 0.5 } },
  linear: { kind: "linear", options: { from: 0, to: 2, steps: 40 } },
  cosine: { kind: "cosine", options: { from: 2, to: 0.5, steps: 40 } },
  step: { kind: "step", options: { value: 0.1, factor: 1.5, steps: 10 } },
  dualAscent: { kind: "dualAscent", options: { rate: 0.3 } },
  pi: { kind: "pi", options: { integral: 0.2, proportional: 2, smoothing: 0.5 } },
  augmented: { kind: "augmented", options: { penalty: 1, period: 5, rate: 0.5 } },
};

const tell = fc.record({
  hard: fc.double({ min: 0, max: 2, noNaN: true }),
  limit: fc.constantFrom(0.2, 0.5),
  accuracy: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
  soft: fc.double({ min: 0, max: 2, noNaN: true }),
});
const stories = fc.array(tell, { minLength: 2, maxLength: 60 });

const observe = (
  state: GuardedState,
  told: { hard: number; limit: number; soft: number; accuracy?: number | undefined },
  step: number,
) =>
  updateController(state, {
    step,
    hard: told.hard,
    limit: told.limit,
    soft: told.soft,
    ...(told.accuracy === undefined ? {} : { accuracy: told.accuracy }),
  });

describe.each(controllerNames)("controller %s", (name) => {
  const spec = rows[name];
  const guarded: ControllerSpec = { ...spec, accuracyFloor: 0.6, warmup: 3 };

  it("is registered under its own name", () => {
    expect(controllers[name].name).toBe(name);
  });

  it("never gives a negative multiplier or penalty, whatever it is told", () => {
    fc.assert(
      fc.property(stories, (story) => {
        let state = startController(spec);
        story.forEach((told, i) => {
          state = observe(state, told, i + 1);
          expect(state.multiplier).toBeGreaterThanOrEqual(0);
          expect(penaltyOf(state) ?? 1).toBeGreaterThan(0);
        });
      }),
      { seed: 5, numRuns: 60 },
    );
  });

  it("does not raise the multiplier while the accuracy is below the floor", () => {
    fc.assert(
      fc.property(stories, (story) => {
        let state = startController(guarded);
        story.forEach((told, i) => {
          const before = state;
          state = observe(state, told, i + 1);
          const isLow = state.accuracy !== null && state.accuracy < 0.6;
          if (isLow) expect(state.multiplier).toBeLessThanOrEqual(before.multiplier);
        });
      }),
      { seed: 6, numRuns: 60 },
    );
  });

  it("goes on from its state after JSON as if nothing had happened", () => {
    fc.assert(
      fc.property(stories, fc.nat(59), (story, cut) => {
        let through = startController(guarded);
        let restored = startController(guarded);
        story.forEach((told, i) => {
          through = observe(through, told, i + 1);
          if (i === cut) restored = JSON.parse(JSON.stringify(restored)) as GuardedState;
          restored = observe(restored, told, i + 1);
          expect(restored).toEqual(through);
        });
      }),
      { seed: 7, numRuns: 40 },
    );
  });

  it("is driven by the hard cost alone: the soft one changes nothing", () => {
    fc.assert(
      fc.property(stories, (story) => {
        let [a, b] = [startController(spec), startController(spec)];
        story.forEach((told, i) => {
          a = observe(a, told, i + 1);
          b = observe(b, { ...told, soft: 17 }, i + 1);
        });
        expect(b).toEqual(a);
      }),
      { seed: 8, numRuns: 20 },
    );
  });

  it("leaves an observation's state alone: the same update twice gives the same", () => {
    const state = observe(startController(spec), { hard: 1, limit: 0.5, soft: 1 }, 1);
    const copy = JSON.stringify(state);
    const next = observe(state, { hard: 1, limit: 0.5, soft: 1 }, 2);
    expect(JSON.stringify(state)).toBe(copy);
    expect(observe(state, { hard: 1, limit: 0.5, soft: 1 }, 2)).toEqual(next);
  });
});

const following = controllerNames.filter((name) => controllers[name].needsLimit);

describe.each(following)("%s follows the cost", (name) => {
  const after = (state: GuardedState, hard: number, steps: number): GuardedState => {
    let now = state;
    for (let i = 1; i <= steps; i++)
      now = observe(now, { hard, limit: 0.5, soft: 0 }, state.step + i);
    return now;
  };

  it("is never frozen: after a long time below the limit, one violation raises the multiplier", () => {
    const quiet = after(startController(rows[name]), 0.1, 3000);
    expect(quiet.multiplier).toBe(0);
    expect(after(quiet, 0.9, 1).multiplier).toBeGreaterThan(0);
  });

  it("does not wind up: after a long violation the multiplier is bounded and falls at once", () => {
    const options = { ...rows[name].options, max: 10 };
    const high = after(startController({ kind: name, options } as ControllerSpec), 1, 3000);
    expect(high.multiplier).toBe(10);
    expect(after(high, 0.4, 1).multiplier).toBeLessThan(10);
  });

  it("stays where it began through the warm-up", () => {
    const spec = { ...rows[name], warmup: 20 } as ControllerSpec;
    const warm = after(startController(spec), 1, 20);
    expect(warm.multiplier).toBe(0);
    expect(after(warm, 1, 1).multiplier).toBeGreaterThan(0);
  });

  it("refuses a cost that is not a number", () => {
    const state = startController(rows[name]);
    expect(() => observe(state, { hard: Number.NaN, limit: 0.5, soft: 0 }, 1)).toThrow(
      expect.objectContaining({ code: "E_NUMERIC" }),
    );
  });
});

describe("single updates by hand", () => {
  const run = (spec: ControllerSpec, hards: readonly number[]) => {
    let state = startController(spec);
    return hards.map((hard, i) => {
      state = updateController(state, { step: i + 1, hard, limit: 0.5 });
      return Number(state.multiplier.toFixed(10));
    });
  };

  it("dual ascent adds rate times violation and stops at 0", () => {
    // +0.5 * 0.1, +0.1 * 0.1, -0.4 * 0.1, then -0.05 would be below 0.
    const spec: ControllerSpec = { kind: "dualAscent", options: { rate: 0.1 } };
    expect(run(spec, [1, 0.6, 0.1, 0])).toEqual([0.05, 0.06, 0.02, 0]);
  });

  it("PI adds the violation of the moment on top of its sum", () => {
    // I: 0.05, 0.06, 0.02; plus 2 e: 1, 0.2, -0.8.
    const spec: ControllerSpec = { kind: "pi", options: { integral: 0.1, proportional: 2 } };
    expect(run(spec, [1, 0.6, 0.1])).toEqual([1.05, 0.26, 0]);
  });

  it("PI smooths the violation where told to", () => {
    // xi: 0.25, then 0.5 * 0.25 + 0.5 * 0.1 = 0.175; I: 0.05, 0.06.
    const options = { integral: 0.1, proportional: 1, smoothing: 0.5 };
    expect(run({ kind: "pi", options }, [1, 0.6])).toEqual([0.3, 0.235]);
  });

  it("the penalty doubles when a period brought too little, and not when it brought enough", () => {
    const penalties = (hards: readonly number[]) => {
      let state = startController({ kind: "augmented", options: { penalty: 1, period: 1 } });
      return hards.map((hard, i) => {
        state = updateController(state, { step: i + 1, hard, limit: 0.5 });
        return penaltyOf(state);
      });
    };
    // Violations 0.5, 0.4 (slow), 0.1 (enough), 0 (kept).
    expect(penalties([1, 0.9, 0.6, 0.5])).toEqual([1, 2, 2, 2]);
  });

  it("a multiplier of the augmented method falls by its rate at most: slack counts up to mu / rho", () => {
    // rho 4, rate 0.5: max(-0.5, -1 / 4) * 4 * 0.5 = -0.5; then max(-0.5, -0.5 / 4) * 2 = -0.25.
    const options = { penalty: 4, rate: 0.5, initial: 1 };
    expect(run({ kind: "augmented", options }, [0, 0])).toEqual([0.5, 0.25]);
    // Above the limit it rises by rate * rho * 0.1.
    expect(run({ kind: "augmented", options }, [0.6])).toEqual([1.2]);
  });

  it("time stands still for a schedule while it is paused", () => {
    let state = startController({
      kind: "linear",
      options: { from: 0, to: 1, steps: 10 },
      accuracyFloor: 0.5,
    });
    const step = (n: number, accuracy: number) => {
      state = updateController(state, { step: n, hard: 1, limit: 0.5, accuracy });
      return state.multiplier;
    };
    expect([step(1, 0.9), step(2, 0.4), step(3, 0.4), step(4, 0.9)]).toEqual([0.1, 0.1, 0.1, 0.2]);
  });
});

describe("bad options", () => {
  it.each<[string, ControllerSpec, RegExp]>([
    ["a weight of 0", { kind: "constant", options: { value: 0 } }, /value is 0/],
    ["a negative weight", { kind: "constant", options: { value: -1 } }, /value is -1/],
    ["no weight", { kind: "constant", options: {} as never }, /value is NaN/],
    ["a rate of 0", { kind: "dualAscent", options: { rate: 0 } }, /rate is 0/],
    ["a negative gain", { kind: "pi", options: { proportional: -1 } }, /proportional is -1/],
    ["smoothing of 1", { kind: "pi", options: { smoothing: 1 } }, /smoothing is 1/],
    ["a shrinking penalty", { kind: "augmented", options: { growth: 0.5 } }, /growth is 0.5/],
    ["a penalty above its bound", { kind: "augmented", options: { penalty: 200 } }, /is 200/],
    ["an impossible floor", { kind: "pi", options: {}, accuracyFloor: 90 }, /accuracyFloor is 90/],
  ])("%s is refused", (_, spec, message) => {
    expect(() => startController(spec)).toThrow(message);
  });

  it("an unknown controller is answered with the nearest and the list", () => {
    expect(() => startController({ kind: "dualAscend" as never, options: {} })).toThrow(
      /dualAscend[\s\S]*constant, linear[\s\S]*did you mean "dualAscent"/,
    );
  });
});
