/** Narrower networks are the same models, and what the model computes with can stand in for its parameters. */

import { describe, expect, it } from "vitest";
import { functions as f } from "../ops/index.js";
import { conv2d, linear, sequential } from "./layers/index.js";
import { digitsNet, mlp, resnet } from "./models/index.js";
import { traceModel } from "./trace.js";
import type { Model } from "./types.js";
import { widthsOf, withWidths } from "./widths.js";

const once = { batchSize: 1, training: false };
const shapes = (model: Model) =>
  Object.fromEntries(traceModel(model, once).parameters.map((p) => [p.path, p.value.shape]));

describe("other widths", () => {
  it("of a plain network carry through normalisation and the next layer", () => {
    const narrow = shapes(withWidths(digitsNet(), { "stage1.conv": 5, "stage2.conv": 9 }));
    expect(narrow["stage1.conv.weight"]).toEqual([5, 1, 3, 3]);
    expect(narrow["stage1.bn.weight"]).toEqual([5]);
    expect(narrow["stage2.conv.weight"]).toEqual([9, 5, 3, 3]);
    expect(narrow["stage3.conv.weight"]).toEqual([64, 9, 3, 3]);
  });

  it("of a residual network keep its shortcuts as they were", () => {
    const model = resnet({ depth: 8, width: 4 });
    const stage = { conv1: 3, "layer1.0.conv2": 3, "layer1.0.conv1": 2 };
    const narrow = shapes(withWidths(model, stage));
    expect(Object.keys(narrow)).toEqual(Object.keys(shapes(model)));
    expect(narrow["layer1.0.conv1.weight"]).toEqual([2, 3, 3, 3]);
    expect(narrow["layer2.0.downsample.0.weight"]).toEqual([8, 3, 1, 1]);
  });

  it("keep a depthwise convolution depthwise", () => {
    const model: Model = {
      name: "separable",
      inputShape: [3, 4, 4],
      outputs: 2,
      forward: sequential({
        point: conv2d(8, { kernel: 1 }),
        depth: conv2d(8, { kernel: 3, padding: 1, groups: 8 }),
        pool: (_c, x) => f.reshape(f.globalAveragePool(x), [1, x.shape[1]!]),
        fc: linear(2),
      }),
    };
    const narrow = shapes(withWidths(model, { point: 6, depth: 6 }));
    expect(narrow["depth.weight"]).toEqual([6, 1, 3, 3]);
    expect(narrow["fc.weight"]).toEqual([2, 6]);
  });

  it("are those that the model declares where nothing is asked", () => {
    expect(widthsOf(digitsNet({ width: 4 }))).toEqual({
      "stage1.conv": 4,
      "stage2.conv": 8,
      "stage3.conv": 16,
      fc: 10,
    });
  });

  it("can be laid one over the other", () => {
    const half = withWidths(mlp({ sizes: [8, 16, 6, 4] }), { hidden0: 8 });
    expect(widthsOf(withWidths(half, { hidden1: 3 }))).toEqual({
      hidden0: 8,
      hidden1: 3,
      output: 4,
    });
  });

  it("refuse a layer that is not there, naming those that are", () => {
    const model = withWidths(mlp({ sizes: [8, 16, 4] }), { hidden: 5 });
    expect(() => traceModel(model, once)).toThrow(
      /no layer "hidden"[\s\S]*allowed: hidden0, output/,
    );
  });

  it("refuse a layer without outputs", () => {
    expect(() => withWidths(digitsNet(), { fc: 0 })).toThrow(/"fc" is to have 0 outputs/);
  });
});
