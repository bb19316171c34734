/** Models: names and shapes as in torchvision (scripts/fixtures/nn.py), places, and impossible inputs. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { elementCount, type Shape } from "../../tensor/index.js";
import { type Model, type ModelName, mlp, models, resnet, traceModel, vgg16bn } from "../index.js";

type Names = Record<string, Shape>;

const torchvision = JSON.parse(
  readFileSync(new URL("../testing/fixtures/torchvision.json", import.meta.url), "utf8"),
) as { resnet18: Names; vgg16_bn: Names };

const trace = (model: Model) => traceModel(model, { batchSize: 2, training: true });

/** Names and shapes of all parameters and buffers. */
function namesOf(model: Model): Names {
  const { parameters, buffers } = trace(model);
  return Object.fromEntries([...parameters, ...buffers].map((p) => [p.path, p.value.shape]));
}

/** torchvision's list without the batch counters, which have no counterpart here. */
const theirs = (names: Names): Names =>
  Object.fromEntries(
    Object.entries(names).filter(([name]) => !name.endsWith("num_batches_tracked")),
  );

const size = (model: Model): number =>
  trace(model).parameters.reduce((n, p) => n + elementCount(p.value.shape), 0);

describe("models", () => {
  test("resnet18 with the ImageNet stem has torchvision's names and shapes", () => {
    const ours = resnet({
      depth: 18,
      stem: "imagenet",
      inputShape: [3, 224, 224],
      classes: 1000,
    });
    expect(namesOf(ours)).toEqual(theirs(torchvision.resnet18));
  });

  test("resnet18 with the small stem differs in conv1.weight only", () => {
    const ours = namesOf(resnet({ depth: 18, classes: 1000 }));
    expect(ours).toEqual({ ...theirs(torchvision.resnet18), "conv1.weight": [64, 3, 3, 3] });
  });

  test("vgg16bn has torchvision's names and shapes", () => {
    const ours = vgg16bn({ inputShape: [3, 224, 224], hidden: 4096, classes: 1000 });
    expect(namesOf(ours)).toEqual(theirs(torchvision.vgg16_bn));
  });

  test("ResNet-20 has the 0.27 M parameters of the paper", () => {
    // He et al. 2016, table 6, count 0.27 M; the two 1x1 shortcuts used here add 2.5 k.
    expect(size(models.resnet20({}))).toBeGreaterThan(0.265e6);
    expect(size(models.resnet20({}))).toBeLessThan(0.28e6);
  });

  test("LeNet-5 has the 61,706 parameters of its convolutions and linear layers", () => {
    // (25 + 1) 6 + (150 + 1) 16 + (400 + 1) 120 + (120 + 1) 84 + (84 + 1) 10
    expect(size(models.lenet({}))).toBe(61706);
    // Half as wide: 3, 8, 60, 42. 3*25+3 + 8*75+8 + 60*200+60 + 42*60+42 + 10*42+10.
    expect(size(models.lenet({ width: 3 }))).toBe(15738);
  });

  const places: Record<ModelName, string[]> = {
    digits: ["stage1", "stage2", "stage3"],
    lenet: ["conv1", "conv2"],
    mlp: ["hidden0"],
    resnet8: ["layer1", "layer2", "layer3"],
    resnet18: ["layer1", "layer2", "layer3", "layer4"],
    resnet20: ["layer1", "layer2", "layer3"],
    vgg16bn: [1, 2, 3, 4, 5].map((i) => `features.stage${i}`),
  };
  for (const name of Object.keys(models) as ModelName[]) {
    test(`${name} marks its places and gives one score per class`, () => {
      const traced = trace(models[name]({ classes: 7 }));
      expect(traced.output.shape).toEqual([2, 7]);
      expect(traced.places).toEqual(places[name]);
    });
  }

  test("the width is the number of channels of the first stage", () => {
    const names = namesOf(models.resnet8({ width: 4, inputShape: [1, 28, 28] }));
    expect(names["conv1.weight"]).toEqual([4, 1, 3, 3]);
    expect(names["fc.weight"]).toEqual([10, 16]);
    expect(namesOf(models.vgg16bn({ width: 8 }))["features.40.weight"]).toEqual([64, 64, 3, 3]);
    const { "classifier.0.weight": only, ...others } = namesOf(vgg16bn({ width: 8, hidden: 0 }));
    expect(only).toEqual([10, 64]);
    expect(Object.keys(others)).not.toContainEqual(expect.stringMatching(/^classifier.*weight/));
  });

  test("an MLP names its layers and knows its inputs", () => {
    expect(namesOf(mlp({ sizes: [6, 5, 4, 3], inputShape: [1, 2, 3] }))).toEqual({
      "hidden0.weight": [5, 6],
      "hidden0.bias": [5],
      "hidden1.weight": [4, 5],
      "hidden1.bias": [4],
      "output.weight": [3, 4],
      "output.bias": [3],
    });
    expect(() => mlp({ sizes: [6, 3], inputShape: [1, 2, 2] })).toThrow(/4 values for 6 inputs/);
    expect(() => mlp({ sizes: [6] })).toThrow(/at least two/);
  });

  test("images that are too small, and depths that do not exist, are explained", () => {
    expect(() => vgg16bn({ inputShape: [1, 28, 28] })).toThrow(/at least 32 x 32 pixels/);
    expect(() => resnet({ depth: 9 })).toThrow(/no residual network of depth 9/);
    expect(() => models.resnet8({ width: 0 })).toThrow(/width is 0/);
  });
});
