/** Channel groups of known networks, expected by hand. */

import { describe, expect, it } from "vitest";
import {
  conv2d,
  digitsNet,
  flatten,
  globalAveragePool,
  lenet,
  linear,
  type Model,
  mlp,
  relu,
  resnet,
  traceModel,
  vgg16bn,
} from "../../nn/index.js";
import { functions as f } from "../../ops/index.js";
import { traceExits } from "../trace-exits.js";
import { type ChannelGroup, channelGroups, type GroupAxis } from "./groups.js";
import { denseNet, depthwiseNet, sigmoidNet } from "./testing/nets.js";

const evaluation = { batchSize: 1, training: false };
const groupsOf = (model: Model) => channelGroups(traceModel(model, evaluation));

/** "path#axis", with "*repeat" and "@start" where they say something. */
const brief = (list: readonly GroupAxis[]): string[] =>
  list.map(
    ({ path, axis, repeat, start }) =>
      `${path}#${axis}${repeat > 1 ? `*${repeat}` : ""}${start > 0 ? `@${start}` : ""}`,
  );

function table(groups: readonly ChannelGroup[]) {
  return Object.fromEntries(
    groups.map((g) => [
      g.name,
      {
        size: g.size,
        producers: brief(g.producers),
        consumers: brief(g.consumers),
        ...(g.fixed === undefined ? { gated: brief(g.gated) } : { fixed: g.fixed }),
      },
    ]),
  );
}

const result = "it is a result of the network";

describe("channel groups", () => {
  it("of an MLP are its hidden layers", () => {
    expect(table(groupsOf(mlp({ sizes: [8, 16, 12, 4] })))).toEqual({
      hidden0: {
        size: 16,
        producers: ["hidden0.weight#0"],
        consumers: ["hidden1.weight#1"],
        gated: ["hidden0.weight#0", "hidden0.bias#0"],
      },
      hidden1: {
        size: 12,
        producers: ["hidden1.weight#0"],
        consumers: ["output.weight#1"],
        gated: ["hidden1.weight#0", "hidden1.bias#0"],
      },
      output: { size: 4, producers: ["output.weight#0"], consumers: [], fixed: result },
    });
  });

  it("of LeNet are 25 features a channel where the image is flattened", () => {
    // 28 x 28, padded to 32, is 28, 14, 10, 5 pixels wide.
    const groups = groupsOf(lenet());
    expect(groups.map((g) => [g.name, g.size])).toEqual([
      ["conv1", 6],
      ["conv2", 16],
      ["fc1", 120],
      ["fc2", 84],
      ["fc3", 10],
    ]);
    expect(brief(groups[0]!.consumers)).toEqual(["conv2.weight#1"]);
    expect(brief(groups[1]!.consumers)).toEqual(["fc1.weight#1*25"]);
    expect(groups.filter((g) => g.fixed).map((g) => g.name)).toEqual(["fc3"]);
  });

  it("of the digits network are closed by its normalisations", () => {
    const groups = groupsOf(digitsNet({ width: 4 }));
    expect(groups.map((g) => [g.name, g.size, g.fixed])).toEqual([
      ["stage1.conv", 4, undefined],
      ["stage2.conv", 8, undefined],
      ["stage3.conv", 16, undefined],
      ["fc", 10, result],
    ]);
    expect(brief(groups[0]!.gated)).toEqual(["stage1.bn.weight#0", "stage1.bn.bias#0"]);
    expect(brief(groups[0]!.scales)).toEqual(["stage1.bn.weight#0"]);
    expect(brief(groups[0]!.followers)).toEqual([
      "stage1.bn.weight#0",
      "stage1.bn.bias#0",
      "stage1.bn.running_mean#0",
      "stage1.bn.running_var#0",
    ]);
  });

  it("are the same where the network is traced for training", () => {
    const names = (training: boolean) =>
      channelGroups(traceModel(resnet({ depth: 8, width: 4 }), { batchSize: 2, training })).map(
        (g) => [g.name, g.size, g.fixed, brief(g.producers), brief(g.followers).sort()],
      );
    expect(names(true)).toEqual(names(false));
  });

  it("of ResNet-8 hold a whole stage together: whatever is added up", () => {
    const groups = table(groupsOf(resnet({ depth: 8, width: 4 })));
    expect(groups.conv1).toEqual({
      size: 4,
      producers: ["conv1.weight#0", "layer1.0.conv2.weight#0"],
      consumers: [
        "layer1.0.conv1.weight#1",
        "layer2.0.conv1.weight#1",
        "layer2.0.downsample.0.weight#1",
      ],
      gated: ["bn1.weight#0", "bn1.bias#0", "layer1.0.bn2.weight#0", "layer1.0.bn2.bias#0"],
    });
    expect(groups["layer2.0.conv2"]).toMatchObject({
      size: 8,
      producers: ["layer2.0.conv2.weight#0", "layer2.0.downsample.0.weight#0"],
    });
    expect(Object.keys(groups)).toEqual([
      "conv1",
      "layer1.0.conv1",
      "layer2.0.conv1",
      "layer2.0.conv2",
      "layer3.0.conv1",
      "layer3.0.conv2",
      "fc",
    ]);
  });

  it("of ResNet-18: four stages and the inside of eight blocks", () => {
    const groups = groupsOf(resnet({ depth: 18, width: 4 }));
    const free = groups.filter((g) => g.fixed === undefined);
    expect(free.length).toBe(4 + 8);
    // The stem, and the second convolutions of both blocks.
    expect(brief(free[0]!.producers)).toEqual([
      "conv1.weight#0",
      "layer1.0.conv2.weight#0",
      "layer1.1.conv2.weight#0",
    ]);
    const last = free.find((g) => g.producers.some((p) => p.path === "layer4.1.conv2.weight"))!;
    expect(brief(last.consumers)).toEqual(["layer4.1.conv1.weight#1", "fc.weight#1"]);
  });

  it("of VGG-16-BN: 13 convolutions and two hidden layers", () => {
    const groups = groupsOf(vgg16bn({ width: 2, hidden: 6 }));
    expect(groups.map((g) => g.size)).toEqual([
      2, 2, 4, 4, 8, 8, 8, 16, 16, 16, 16, 16, 16, 6, 6, 10,
    ]);
    expect(groups.filter((g) => g.fixed === undefined).length).toBe(15);
  });

  it("go through depthwise convolutions, which are producers too", () => {
    expect(table(groupsOf(depthwiseNet))).toEqual({
      "stem.conv": {
        size: 8,
        producers: ["stem.conv.weight#0", "dw1.conv.weight#0"],
        consumers: ["pw1.conv.weight#1"],
        gated: ["dw1.bn.weight#0", "dw1.bn.bias#0"],
      },
      "pw1.conv": {
        size: 12,
        producers: ["pw1.conv.weight#0", "dw2.conv.weight#0"],
        consumers: ["pw2.weight#1"],
        gated: ["dw2.bn.weight#0", "dw2.bn.bias#0"],
      },
      pw2: {
        size: 6,
        producers: ["pw2.weight#0"],
        consumers: ["fc.weight#1"],
        gated: ["pw2.weight#0", "pw2.bias#0"],
      },
      fc: { size: 3, producers: ["fc.weight#0"], consumers: [], fixed: result },
    });
  });

  it("lie side by side after a concatenation", () => {
    const groups = table(groupsOf(denseNet));
    expect(groups.stem).toEqual({
      size: 4,
      producers: ["stem.weight#0"],
      consumers: ["grow1.conv.weight#1", "grow2.conv.weight#1", "fc.weight#1"],
      gated: [
        "grow1.bn.weight#0",
        "grow1.bn.bias#0",
        "grow2.bn.weight#0",
        "grow2.bn.bias#0",
        "bn.weight#0",
        "bn.bias#0",
      ],
    });
    expect(groups["grow1.conv"]).toMatchObject({
      size: 3,
      consumers: ["grow2.conv.weight#1@4", "fc.weight#1@4"],
      gated: ["grow2.bn.weight#0@4", "grow2.bn.bias#0@4", "bn.weight#0@4", "bn.bias#0@4"],
    });
    expect(groups["grow2.conv"]).toMatchObject({ size: 5, consumers: ["fc.weight#1@7"] });
  });

  it("are closed at the columns that read them where activations are not 0 at 0", () => {
    const groups = table(groupsOf(sigmoidNet));
    expect(groups.conv).toMatchObject({
      consumers: ["hidden.weight#1*9"],
      gated: ["hidden.weight#1*9"],
    });
    expect(groups.hidden).toMatchObject({ gated: ["fc.weight#1"] });
  });

  it("know the heads of exits as consumers", () => {
    const exits = traceExits(digitsNet({ width: 4 }), {
      exits: ["stage1", "stage2"],
      hidden: 6,
      ...evaluation,
    });
    const groups = table(channelGroups(exits));
    // Heads see a grid of 2 x 2 averages.
    expect(groups["stage1.conv"]).toMatchObject({
      consumers: ["exits.stage1.hidden.weight#1*4", "stage2.conv.weight#1"],
    });
    // The gate reads the hidden layer and, beside it, how sure the classifier is.
    expect(groups["exits.stage1.hidden"]).toEqual({
      size: 6,
      producers: ["exits.stage1.hidden.weight#0"],
      consumers: ["exits.stage1.fc.weight#1", "exits.stage1.gate.weight#1"],
      gated: ["exits.stage1.hidden.weight#0", "exits.stage1.hidden.bias#0"],
    });
    expect(groups["exits.stage1.gate"]).toMatchObject({ fixed: "it has a single channel" });
    expect(groups["exits.stage1.fc"]).toMatchObject({ fixed: result });
  });

  it("cut a layer in pieces where it is added to a concatenation", () => {
    const net: Model = {
      name: "sum-of-parts",
      inputShape: [1, 4, 4],
      outputs: 2,
      forward(c, x) {
        const conv = (name: string, n: number) =>
          c.scope(name, () => relu(c, conv2d(n, { kernel: 1 })(c, x)));
        const y = f.add(f.concat([conv("a", 3), conv("b", 5)], { axis: 1 }), conv("whole", 8));
        return c.scope("fc", () => linear(2)(c, flatten()(c, globalAveragePool()(c, y))));
      },
    };
    expect(table(groupsOf(net))).toMatchObject({
      a: { size: 3, producers: ["a.weight#0", "whole.weight#0"], consumers: ["fc.weight#1"] },
      b: { size: 5, producers: ["b.weight#0", "whole.weight#0@3"], consumers: ["fc.weight#1@3"] },
    });
  });

  it("are fixed by what does not let channels through, with the reason", () => {
    const net = (middle: Model["forward"]): Model => ({
      name: "odd",
      inputShape: [2, 4, 4],
      outputs: 2,
      forward(c, x) {
        const y = c.scope("conv", () => relu(c, conv2d(8, { kernel: 1 })(c, x)));
        const z = c.scope("middle", () => middle(c, y));
        return c.scope("fc", () => linear(2)(c, flatten()(c, z)));
      },
    });
    const reasonOf = (middle: Model["forward"]) =>
      groupsOf(net(middle)).find((g) => g.name === "conv")!.fixed;
    expect(reasonOf((_, y) => f.softmax(y, { axis: 1 }))).toBe(
      "Softmax in middle does not let channels through",
    );
    expect(reasonOf((c, y) => conv2d(8, { kernel: 1, groups: 4 })(c, y))).toBe(
      "Conv in middle does not let channels through: 4 groups of channels",
    );
    expect(reasonOf((_, y) => f.reshape(y, [1, 4, 32]))).toBe(
      "Reshape in middle does not let channels through",
    );
    expect(reasonOf((c, y) => f.add(y, c.noise("noise", [1, 8, 1, 1], "normal")))).toBe(
      'the input "middle.noise" meets it in Add in middle',
    );
    expect(reasonOf((_, y) => y)).toBeUndefined();
  });
});
