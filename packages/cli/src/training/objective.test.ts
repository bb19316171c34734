import { traceExits } from "@frugal/core/adaptive";
import { buildGraph } from "@frugal/core/graph";
import { mlp } from "@frugal/core/nn";
import { describe, expect, it } from "vitest";
import { checkRecipe } from "../recipe/check.js";
import { recipeLambda, recipeObjective, recipeScalars } from "./objective.js";

const recipeOf = (objective: object) =>
  checkRecipe(
    { name: "r", data: { name: "optdigits" }, model: { name: "mlp" }, epochs: 10, objective },
    "r.yaml",
  );
/** Of runs of 10 epochs of 8 steps. */
const lambdaAt = (lambda: unknown, steps: readonly number[]) =>
  steps.map((s) => recipeLambda(recipeOf({ kind: "density", lambda }), 8)(s));

describe("the lambda of a recipe", () => {
  it("is constant, or rises from 0 over the epochs of its warm-up", () => {
    expect(lambdaAt(2, [0, 79])).toEqual([2, 2]);
    expect(lambdaAt({ value: 2, warmup: 2 }, [0, 8, 16, 79])).toEqual([0, 1, 2, 2]);
  });

  it("falls from above, in a straight line or along half a cosine", () => {
    expect(lambdaAt({ value: 1, warmup: 4, from: 3 }, [0, 8, 32, 79])).toEqual([3, 2.5, 1, 1]);
    const [begin, half, end] = lambdaAt(
      { value: 1, warmup: 4, from: 3, shape: "cosine" },
      [0, 16, 32],
    );
    expect(begin).toBeCloseTo(3, 12);
    expect(half).toBeCloseTo(2, 12);
    expect(end).toBeCloseTo(1, 12);
  });

  it("goes in steps of some epochs", () => {
    const lambda = { value: 1, step: { factor: 2, epochs: 3 } };
    expect(lambdaAt(lambda, [0, 23, 24, 47, 48])).toEqual([1, 1, 2, 2, 4]);
  });
});

describe("the cool-down of a recipe's lambda", () => {
  it("takes it to 0 in a straight line over the last epochs", () => {
    const lambda = { value: 2, warmup: 2, cooldown: 4 };
    expect(lambdaAt(lambda, [8, 16, 48, 56, 64, 72])).toEqual([1, 2, 2, 1.5, 1, 0.5]);
  });

  it("is of steps too", () => {
    const lambda = { value: 1, step: { factor: 2, epochs: 3 }, cooldown: 4 };
    expect(lambdaAt(lambda, [47, 48, 64])).toEqual([2, 4, 2]);
  });
});

describe("the surrogate of a recipe", () => {
  it("leaves alone the share of each image's elements that it is told to keep", () => {
    const recipe = checkRecipe(
      {
        ...{ name: "r", data: { name: "optdigits" } },
        model: { name: "mlp", options: { hidden: [32] } },
        objective: {
          ...{ kind: "density", lambda: 1 },
          density: { surrogate: "topK", leaves: "activations", keep: 0.25 },
        },
      },
      "r.yaml",
    );
    const model = mlp({ sizes: [64, 32, 10] });
    const traced = traceExits(model, { exits: [], batchSize: 4, training: true });
    const { loss } = recipeObjective(recipe, traced);
    const { nodes } = buildGraph({ loss });
    // A quarter of 32 hidden units.
    const kept = nodes.filter((n) => n.op.kind === "TopK").map((n) => n.outputs[0]!.shape);
    expect(kept).toEqual([[4, 8]]);
  });
});

describe("the sigma of a recipe", () => {
  const scalars = (density: object) => recipeScalars(recipeOf({ kind: "density", density }), 8);

  it("is the published one, or ends where it is annealed to with the last of all steps", () => {
    expect(scalars({}).sigma!(5, 80)).toBe(1e-4);
    const { sigma } = scalars({ sigma: { from: 1, to: 1e-4 } });
    expect([sigma!(0, 80), sigma!(79, 80)]).toEqual([1, 1e-4]);
  });

  it("is not fed to surrogates that have none", () => {
    expect(scalars({ surrogate: "hoyer" })).not.toHaveProperty("sigma");
  });
});
