import { describe, expect, it } from "vitest";
import { buildGraph } from "../graph/index.js";
import { functions as f } from "../ops/index.js";
import { fromHost, interpret } from "../reference/index.js";
import { scalar, tensor } from "../tensor/index.js";
import { linear, scoped } from "./layers/index.js";
import { withStandIns } from "./stand-ins.js";
import { traceModel } from "./trace.js";
import type { Model } from "./types.js";

const once = { batchSize: 1, training: false };
const line: Model = {
  name: "line",
  inputShape: [1],
  outputs: 1,
  forward: scoped("fc", linear(1, { bias: false })),
};
const { parameters } = traceModel(line, once);

describe("a stand-in for a parameter", () => {
  it("is what the model computes with, and may bring parameters of its own", () => {
    const gated = withStandIns(line, parameters, ({ c }) => ({ path, value }) => {
      const own = c.scope("gates", () => c.parameter(path, [], () => scalar("float32", 0.5)));
      return f.mul(value, own);
    });
    const traced = traceModel(gated, once);
    expect(traced.parameters.map((p) => p.path)).toEqual(["fc.weight", "gates.fc.weight"]);
    const out = interpret(buildGraph({ y: traced.output }, { inputs: [traced.input] }), {
      input: fromHost(tensor("float32", [1, 1], [3])),
      "fc.weight": fromHost(tensor("float32", [1, 1], [2])),
      "gates.fc.weight": fromHost(scalar("float32", 0.5)),
    });
    expect(out.y!.data[0]).toBe(3);
  });

  it("may be made from parameters that the model has not come to", () => {
    const squared = withStandIns(line, parameters, ({ parameter }) => {
      const weight = parameter("fc.weight");
      return ({ value }) => f.mul(value, weight);
    });
    const traced = traceModel(squared, once);
    expect(traced.parameters.map((p) => p.path)).toEqual(["fc.weight"]);
    const out = interpret(buildGraph({ y: traced.output }, { inputs: [traced.input] }), {
      input: fromHost(tensor("float32", [1, 1], [3])),
      "fc.weight": fromHost(tensor("float32", [1, 1], [2])),
    });
    expect(out.y!.data[0]).toBe(12);
  });

  it("does not hide that a model declares a parameter twice", () => {
    const twice: Model = { ...line, forward: (c, x) => line.forward(c, line.forward(c, x)) };
    const gated = withStandIns(twice, parameters, ({ parameter }) => {
      parameter("fc.weight");
      return ({ value }) => value;
    });
    expect(() => traceModel(gated, once)).toThrow(/declares "fc.weight" twice/);
  });
});
