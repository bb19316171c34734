/** Tracing: paths, scopes, places, buffers, and the mistakes that it names. */

import { describe, expect, test } from "vitest";
import { inputName } from "../graph/index.js";
import { toNumbers } from "../tensor/index.js";
import {
  batchNorm,
  dropout,
  flatten,
  initialState,
  type Layer,
  linear,
  type Model,
  mlp,
  placed,
  scoped,
  sequential,
  traceModel,
} from "./index.js";

const model = (layer: Layer, inputShape = [3], outputs = 2): Model => ({
  name: "test",
  inputShape,
  outputs,
  forward: layer,
});
const once = { batchSize: 4, training: true };

describe("traceModel", () => {
  test("parameters, buffers and noise are graph inputs named by their path", () => {
    const layer = sequential({ body: sequential([batchNorm(), dropout(0.5)]), fc: linear(2) });
    const traced = traceModel(model(layer), once);
    expect(traced.parameters.map((p) => p.path)).toEqual([
      "body.0.weight",
      "body.0.bias",
      "fc.weight",
      "fc.bias",
    ]);
    expect(traced.parameters.map((p) => inputName(p.value))).toContain("fc.bias");
    expect(traced.buffers.map((b) => b.path)).toEqual([
      "body.0.running_mean",
      "body.0.running_var",
    ]);
    expect(traced.noise.map((n) => [n.name, n.value.shape])).toEqual([["body.1.noise", [4, 3]]]);
    expect(traced.parameters.filter((p) => p.decay).map((p) => p.path)).toEqual(["fc.weight"]);
  });

  test("evaluation asks for no noise and leaves buffers as they are", () => {
    const layer = sequential([batchNorm(), dropout(0.5), linear(2)]);
    const traced = traceModel(model(layer), { ...once, training: false });
    expect(traced.noise).toEqual([]);
    expect(traced.buffers.some((b) => b.next)).toBe(false);
    expect(traceModel(model(layer), once).buffers.every((b) => b.next)).toBe(true);
  });

  test("what a place's listener declares lies at the root, wherever the place is", () => {
    const layer = scoped("deep", sequential([placed("here", linear(2))]));
    const heads: string[] = [];
    const traced = traceModel(model(layer), {
      ...once,
      onPlace(c, name, x) {
        heads.push(name);
        c.scope(`exits.${name}`, () => linear(2)(c, x));
      },
    });
    expect(heads).toEqual(["here"]);
    expect(traced.places).toEqual(["here"]);
    expect(traced.parameters.map((p) => p.path)).toContain("exits.here.weight");
  });

  test("a path that is declared twice is named", () => {
    const twice: Layer = (c, x) => linear(2)(c, linear(2)(c, x));
    expect(() => traceModel(model(twice), once)).toThrow(/declares "weight" twice/);
  });

  test("a model that returns another shape than it promised is an error", () => {
    expect(() => traceModel(model(linear(5)), once)).toThrow(/\[4, 5\]\n.*\[4, 2\]/);
  });

  test("a linear layer takes the size of its weight from what reaches it", () => {
    const layer = scoped("fc", (c, x) => linear(2)(c, flatten()(c, x)));
    expect(traceModel(model(layer, [1, 2, 2]), once).parameters[0]!.value.shape).toEqual([2, 4]);
  });
});

describe("initialState", () => {
  test("a path's values do not depend on the rest of the model", () => {
    const weights = (sizes: number[]) =>
      initialState(traceModel(mlp({ sizes }), once), 5)["hidden0.weight"];
    expect(weights([3, 4, 2])).toEqual(weights([3, 4, 7, 2]));
  });

  test("another seed gives other weights; running variances begin at one", () => {
    const traced = traceModel(model(sequential([batchNorm(), linear(2)])), once);
    const [a, b] = [initialState(traced, 1), initialState(traced, 2)];
    expect(a["1.weight"]).not.toEqual(b["1.weight"]);
    expect(toNumbers(a["0.running_var"]!)).toEqual([1, 1, 1]);
  });
});
