/** What a recipe with masks may say. */

import { weightMaskNames } from "@frugal/core/adaptive";
import { describe, expect, it } from "vitest";
import { withBudget } from "./budget-option.js";
import { checkRecipe } from "./check.js";

const base = {
  name: "mine",
  data: { name: "optdigits" },
  model: { name: "mlp" },
  objective: { kind: "plain" },
  epochs: 3,
};
const budget = { kind: "plain", budget: { nonZeroParameters: "25%" } };
const check = (more: object) => checkRecipe({ ...base, ...more }, "r.yaml");

describe("masks in a recipe", () => {
  it("are the largest weights, from the first epoch on, where nothing else is said", () => {
    expect(check({ masks: { density: 0.5 } }).masks).toEqual({
      kind: "magnitude",
      density: 0.5,
      warmup: 0,
    });
  });

  it("take their density from a budget, in the recipe or on the command line", () => {
    expect(check({ masks: {}, objective: budget }).masks?.density).toBeUndefined();
    const given = withBudget({ ...base, masks: {} }, ["nonZeroParameters=25%"]);
    const recipe = checkRecipe(given, "r.yaml");
    expect(recipe.objective.budget).toEqual({ nonZeroParameters: "25%" });
    // Channels are what a budget decides about where a recipe decides nothing.
    expect(recipe.channels).toBeUndefined();
  });

  it("have a density of their own or a budget that they are checked against, where it is n of m", () => {
    expect(check({ masks: { kind: "nm" } }).masks).toEqual({ kind: "nm", warmup: 0 });
    expect(check({ masks: { kind: "nm" }, objective: budget }).masks?.kind).toBe("nm");
  });

  const refused: readonly (readonly [string, object, RegExp])[] = [
    ["without a density", { masks: {} }, /nothing sets the density of magnitude[\s\S]*budget/],
    [
      "with a density and a budget",
      { masks: { density: 0.5 }, objective: budget },
      /say the same twice/,
    ],
    [
      "with an option of another kind",
      { masks: { density: 0.5, n: 2 } },
      /magnitude have no n[\s\S]*masks\.n[\s\S]*kind, only, warmup, density/,
    ],
    [
      "with a density of a kind that has none",
      { masks: { kind: "nm", density: 0.5 } },
      /nm have no density[\s\S]*kind, only, warmup, n, m/,
    ],
    ["of a kind that learns its density", { masks: { kind: "threshold" } }, /"magnitude", "nm"/],
    ["that keep nothing", { masks: { density: 0 } }, /masks\.density[\s\S]*> 0/],
    [
      "beside channels",
      { masks: { density: 0.5 }, channels: {}, objective: budget },
      /masks weights or removes channels, not both/,
    ],
    [
      "with another objective",
      { masks: { density: 0.5 }, objective: { kind: "density" } },
      /objective "plain", not "density"/,
    ],
    [
      "that never come",
      { masks: { density: 0.5, warmup: 3 } },
      /leaves none for masks[\s\S]*0 to 2/,
    ],
    [
      "with a budget that cannot be read",
      { masks: {}, objective: { kind: "plain", budget: { nonZero: 5 } } },
      /no cost "nonZero"/,
    ],
  ];
  it.each(refused)("are refused %s", (_, more, words) => {
    expect(() => check(more)).toThrow(words);
  });

  it("are of kinds that core has", () => {
    expect(weightMaskNames).toEqual(expect.arrayContaining(["magnitude", "nm"]));
  });
});
