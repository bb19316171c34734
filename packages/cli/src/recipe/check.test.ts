import { describe, expect, it } from "vitest";
import { checkRecipe } from "./check.js";
import { builtInRecipes, loadRecipe } from "./load.js";
import { applyOverrides } from "./set.js";

const smallest = {
  name: "mine",
  data: { name: "optdigits" },
  model: { name: "mlp", exits: ["hidden0"] },
};
const refusal = (
  value: unknown,
): { what: string; where?: string; allowed?: string; next?: string } => {
  try {
    checkRecipe(value, "r.yaml");
  } catch (error) {
    return error as { what: string };
  }
  throw new Error("the recipe was accepted");
};

describe("checkRecipe", () => {
  it("fills in every default of the smallest recipe", () => {
    const recipe = checkRecipe(smallest, "r.yaml");
    expect(recipe).toMatchObject({
      seed: 1,
      epochs: 20,
      batchSize: 64,
      threads: 1,
      data: { validation: 0.1, normalise: "train", augment: { crop: 0, flip: false } },
      objective: { kind: "exits", lambda: 0.1, cost: "macs" },
      optimizer: { name: "sgd", lr: 0.1, momentum: 0.9 },
      schedule: { name: "cosine", warmup: 0 },
    });
  });

  it("leaves a recipe that is already filled in as it is", () => {
    const once = checkRecipe(smallest, "r.yaml");
    expect(checkRecipe(once, "config.json")).toEqual(once);
  });

  it("names the path of an unknown key, what there is, and the nearest name", () => {
    expect(refusal({ ...smallest, data: { name: "optdigits", validaton: 0.2 } })).toMatchObject({
      what: 'unknown key "validaton"',
      where: "r.yaml: data.validaton",
      allowed: expect.stringContaining("validation, test, splitSeed"),
      next: 'did you mean "validation"?',
    });
  });

  it("knows the keys of the chosen optimiser only", () => {
    const adam = { ...smallest, optimizer: { name: "adam", momentum: 0.9 } };
    const { allowed } = refusal(adam);
    expect(allowed).toContain("beta1");
    expect(allowed).not.toContain("nesterov");
  });

  it.each([
    ["model", { name: "mlp", exits: ["hidden0"], options: { width: 4 } }, "hidden"],
    ["model", { name: "lenet", exits: ["conv1"], options: { width: 4 } }, "no options"],
    ["schedule", { name: "step", options: { gama: 0.1 } }, 'did you mean "gamma"?'],
    ["schedule", { name: "exponential", options: { gamma: 0.1 } }, "final"],
    ["data", { name: "cifar10", options: { varian: "full" } }, 'did you mean "variant"?'],
    ["data", { name: "optdigits", options: { from: "x" } }, "no options"],
  ])("knows the options of a %s by its name: %j is refused", (part, value, words) => {
    const key = Object.keys(value.options)[0]!;
    const error = refusal({ ...smallest, [part]: value });
    expect(error).toMatchObject({
      what: `unknown key ${JSON.stringify(key)}`,
      where: `r.yaml: ${part}.options.${key}`,
    });
    expect(`${error.allowed} ${error.next}`).toContain(words);
  });

  it.each([
    ["model", { name: "mlp", exits: ["hidden0"], options: { hidden: "many" } }, "hidden", "a list"],
    ["model", { name: "vgg16bn", exits: ["x"], options: { width: 0 } }, "width", "a number >= 1"],
    ["schedule", { name: "exponential", options: { final: -1 } }, "final", "a number > 0"],
    ["data", { name: "csv", options: {} }, "train", "a text"],
  ])("checks the options of a %s: %j is refused", (part, value, key, allowed) => {
    expect(refusal({ ...smallest, [part]: value })).toMatchObject({
      where: `r.yaml: ${part}.options.${key}`,
      allowed,
    });
  });

  it.each([
    [{ epochs: "ten" }, "r.yaml: epochs", "a number"],
    [{ epochs: 0 }, "r.yaml: epochs", "a number >= 1"],
    [{ objective: { lambda: -1 } }, "r.yaml: objective.lambda", ">= 0"],
    [{ objective: { lambda: { value: -1 } } }, "r.yaml: objective.lambda.value", ">= 0"],
    [{ objective: { kind: "exit" } }, "r.yaml: objective.kind", '"exits", "joint", "plain"'],
    [{ data: { name: "x", validation: 1 } }, "r.yaml: data.validation", "< 1"],
    [{ sweep: { seeds: [] } }, "r.yaml: sweep.seeds", "a list of length >= 1"],
    [{ evaluate: { budgets: ["2X"] } }, "r.yaml: evaluate.budgets.0", "unit k, M, G"],
    [{ evaluate: { timed: [32, 1] } }, "r.yaml: evaluate.timed", "rising"],
    [{ name: "My Recipe" }, "r.yaml: name", "text that matches"],
  ])("says where %j is wrong and what would do", (change, where, allowed) => {
    expect(refusal({ ...smallest, ...change })).toMatchObject({
      where,
      allowed: expect.stringContaining(allowed),
    });
  });

  it("says which key is missing", () => {
    expect(refusal({ name: "mine", model: smallest.model })).toMatchObject({
      what: expect.stringContaining("data is missing"),
      next: "add data",
    });
  });

  it.each(builtInRecipes())("accepts the built-in recipe %s", async (name) => {
    await expect(loadRecipe(name)).resolves.toMatchObject({ name });
  });
});

describe("applyOverrides", () => {
  it("sets nested keys, makes groups that are missing, and reads values as YAML", () => {
    const changed = applyOverrides(smallest, [
      "optimizer.lr=0.05",
      "optimizer.name=adam",
      "sweep.seeds=[4, 5]",
      "data.augment.flip=true",
    ]);
    expect(changed).toEqual({
      ...smallest,
      optimizer: { lr: 0.05, name: "adam" },
      sweep: { seeds: [4, 5] },
      data: { name: "optdigits", augment: { flip: true } },
    });
  });

  it("does not change the recipe it was given", () => {
    applyOverrides(smallest, ["data.name=mnist"]);
    expect(smallest.data.name).toBe("optdigits");
  });

  it("keeps equals signs of the value", () => {
    expect(applyOverrides({}, ["a=b=c"])).toEqual({ a: "b=c" });
  });

  it("cannot reach a prototype", () => {
    applyOverrides({}, ["__proto__.polluted=1"]);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
