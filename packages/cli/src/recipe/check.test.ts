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
    ["schedule", { name: "constant", options: { gamma: 0.1 } }, "no options"],
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
    [
      { objective: { kind: "exit" } },
      "r.yaml: objective.kind",
      '"exits", "joint", "plain", "density"',
    ],
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

  const sparse = { kind: "density", lambda: 1 };
  const plainNet = { ...smallest, model: { name: "mlp" } };
  const density = (group: object, more: object = {}) => ({
    ...plainNet,
    ...more,
    objective: { ...sparse, density: group },
  });

  it("fills in what density means, and leaves out the sigma of surrogates that have none", () => {
    const { objective } = checkRecipe({ ...plainNet, objective: sparse }, "r.yaml");
    const published = { surrogate: "eat", weighting: "mean", leaves: "all", share: 1 };
    expect(objective.density).toEqual(published);
    const filled = checkRecipe(density({ surrogate: "l1" }), "r.yaml");
    // What config.json of a run holds is a recipe again.
    expect(checkRecipe(filled, "config.json")).toEqual(filled);
  });

  it.each([
    [{ ...plainNet, objective: { kind: "density", lambda: 0 } }, "objective.lambda", "> 0"],
    [{ ...plainNet, objective: { kind: "density", lambda: -1 } }, "objective.lambda", "> 0"],
    [
      { ...plainNet, objective: { kind: "density", lambda: { value: 0 } } },
      "objective.lambda.value",
      "> 0",
    ],
    [density({ sigma: 0 }), "objective.density.sigma", "> 0"],
    [density({ sigma: -1e-4 }), "objective.density.sigma", "> 0"],
    [density({ sigma: { from: 0, to: 1e-4 } }), "objective.density.sigma.from", "> 0"],
    [density({ sigma: { from: 1e-4, to: 1e-1 } }), "objective.density.sigma.from", ">= 0.1"],
    [density({ surrogate: "l1", sigma: 1e-4 }), "objective.density.sigma", "only with eat"],
    [
      density({ surrogate: "hoyer" }, { sweep: { sigmas: [1e-4] } }),
      "sweep.sigmas",
      "only with eat",
    ],
    [density({ keep: 0.2 }), "objective.density.keep", "only with topK"],
    [density({ surrogate: "topK", keep: 1 }), "objective.density.keep", "< 1"],
    [density({}, { sweep: { sigmas: [0] } }), "sweep.sigmas.0", "> 0"],
    [
      density({ sigma: { from: 1e-2, to: 1e-4 } }, { sweep: { sigmas: [1e-4, 1e-1] } }),
      "objective.density.sigma.from",
      ">= 0.1",
    ],
    [density({ share: 0 }), "objective.density.share", "> 0"],
    [density({ share: 1.5 }), "objective.density.share", "<= 1"],
    [density({ weighting: "size" }), "objective.density.weighting", '"elements"'],
    [density({ leaves: [] }), "objective.density.leaves", "length >= 1"],
    [{ ...smallest, objective: sparse }, "model.exits", "[]"],
    [{ ...smallest, sweep: { sigmas: [1e-4] } }, "sweep.sigmas", "kind: density"],
    [
      { ...plainNet, objective: { kind: "plain", density: {} } },
      "objective.density",
      "kind: density",
    ],
    [
      { ...plainNet, objective: { ...sparse, budget: { macs: "2k" } }, channels: {} },
      "objective.kind",
      "plain",
    ],
  ])("refuses %j, saying where and what would do", (recipe, where, allowed) => {
    expect(refusal(recipe)).toMatchObject({
      where: `r.yaml: ${where}`,
      allowed: expect.stringContaining(allowed),
    });
  });

  it.each([
    [{ value: 1, warmup: 2, step: { factor: 2, epochs: 1 } }, "step", "warmup"],
    [{ value: 1, shape: "cosine" }, "shape", "warmup > 0"],
    [{ value: 1, from: 3 }, "from", "warmup > 0"],
    [{ value: 1, step: { factor: 0, epochs: 1 } }, "step.factor", "> 0"],
    [{ value: 1, cooldown: -1 }, "cooldown", ">= 0"],
    [{ value: 1, warmup: 2, cooldown: 19 }, "cooldown", "<= epochs, here 2 + 19 <= 20"],
  ])("refuses the schedule of lambda %j", (lambda, key, allowed) => {
    expect(refusal({ ...smallest, objective: { lambda } })).toMatchObject({
      where: `r.yaml: objective.lambda.${key}`,
      allowed: expect.stringContaining(allowed),
    });
  });

  it("says that plain is the objective without a penalty", () => {
    const free = { ...plainNet, objective: { kind: "density", lambda: 0 } };
    expect(refusal(free).next).toContain("set objective.kind to plain");
  });

  it.each([
    [density({ surrogate: "hoyr" }), '"hoyer"'],
    [density({ weighting: "elemnts" }), '"elements"'],
    [density({ sgima: 1 }), '"sigma"'],
    [density({ leaves: "activation" }), '"activations"'],
  ])("suggests the name that was meant in %j", (recipe, meant) => {
    expect(refusal(recipe).next).toBe(`did you mean ${meant}?`);
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
