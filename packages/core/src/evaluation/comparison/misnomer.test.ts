/** Each way in which indicators mislead, on models in which it is present, and on fair pairs in which none is. */

import { describe, expect, it } from "vitest";
import { nominalDevice, profile } from "../../costs/index.js";
import { tinyOnnx } from "../../costs/onnx/testing/model.js";
import { factsOf } from "./facts.js";
import { findMisnomers, misnomerNames } from "./misnomer.js";
import type { ComparedModel, MeasuredRow } from "./model.js";
import { intensity } from "./rules/memory-bound.js";
import { counted, efficientNet, network, resnet } from "./testing/models.js";
import {
  encoder,
  perceptron,
  plainLinear,
  sharedLinear,
  vit,
  wordEncoder,
} from "./testing/networks.js";

const fired = new Set<string>();

function rulesOf(...models: readonly ComparedModel[]): string[] {
  const warnings = findMisnomers(models);
  for (const { rule } of warnings) fired.add(rule);
  // Which model is named first must not matter.
  const turned = findMisnomers([...models].reverse()).map((w) => w.rule);
  expect(turned.sort()).toEqual(warnings.map((w) => w.rule).sort());
  return warnings.map((w) => `${w.rule}: ${w.models.join(", ")}`);
}

const evidenceOf = (...models: readonly ComparedModel[]) =>
  findMisnomers(models)
    .flatMap((w) => w.evidence)
    .join("\n");

describe("the networks of these tests have the counts of their closed forms", () => {
  // Depth, width, patch, side: parameters and MACs from PyTorch and timm.
  it.each([
    [12, 768, 16, 224, 86_567_656, 17_563_828_224],
    [12, 768, 8, 224, 86_576_872, 78_148_337_664],
    [12, 768, 14, 224, 86_475_496, 23_161_995_264],
    [12, 768, 32, 224, 88_224_232, 4_409_186_304],
    [12, 768, 16, 384, 86_859_496, 55_484_350_464],
    [48, 768, 16, 224, 341_731_048, 69_906_192_384],
    [12, 1536, 16, 224, 343_003_624, 68_591_910_912],
  ])("ViT D%i W%i, patch %i, %i pixels", (depth, width, patch, side, parameters, macs) => {
    expect(profile(vit({ depth, width, patch, side }))).toMatchObject({ parameters, macs });
  });

  it("Linear(100, 100) used three times: 10,100 parameters, 30,000 MACs, 30,300 uses", () => {
    expect(profile(sharedLinear(100, 3))).toMatchObject({
      parameters: 10_100,
      macs: 30_000,
      parameterUses: 30_300,
    });
  });

  it("two of eight experts: a quarter of their parameters is active", () => {
    const mixture = { experts: 8, top: 2, hidden: 256 };
    const file = encoder({ depth: 1, width: 128, tokens: 32, mixture });
    const { parameters, activeParameters } = factsOf(counted("mixture", file));
    // Up and down projection of 128 x 256 in each of six experts that are not picked.
    expect(parameters! - activeParameters!).toBe(6 * 2 * 128 * 256);
  });
});

describe("parameter sharing", () => {
  it("ALBERT has a ninth of BERT's parameters and the same MACs", () => {
    const pair = [network("hf/albert-base-v2@128/eager"), network("hf/bert-base@128/eager")];
    expect(rulesOf(...pair)).toEqual([
      "parameter-sharing: hf/albert-base-v2@128/eager, hf/bert-base@128/eager",
    ]);
    // 109,482,240 / 11,683,584, and 11,186,798,592 / 11,174,215,680.
    expect(evidenceOf(...pair)).toMatch(/9\.37 times fewer parameters.* as many MACs/);
  });

  it("a linear layer that is used three times, against three", () => {
    expect(
      rulesOf(counted("shared", sharedLinear(100, 3)), counted("plain", plainLinear(100, 3))),
    ).toEqual(["parameter-sharing: shared, plain"]);
  });

  it("is silent for a tied embedding", () => {
    const pair = [network("hf/bert-base-mlm@128/eager"), network("hf/bert-base@128/eager")];
    expect(rulesOf(...pair)).not.toContainEqual(expect.stringMatching("parameter-sharing"));
  });
});

describe("experts", () => {
  const size = { depth: 2, width: 128, tokens: 64 };
  const mixture = counted(
    "mixture",
    encoder({ ...size, mixture: { experts: 8, top: 2, hidden: 256 } }),
  );

  it("two of eight experts against a dense network of equal work", () => {
    const dense = counted("dense", encoder({ ...size, hidden: 512 }));
    expect(rulesOf(mixture, dense)).toEqual(["experts: mixture, dense"]);
  });

  it("against a dense network of equally many parameters, the match itself is unfair", () => {
    const dense = counted("dense", encoder({ ...size, hidden: 2048 }));
    expect(rulesOf(mixture, dense)).toEqual(["equal-parameters: mixture, dense"]);
  });

  it("active parameters may be declared", () => {
    const counts = { parameters: 8e6, macs: 1e6 };
    const declared = { name: "declared", counts: { ...counts, activeParameters: 2e6 } };
    const dense = { name: "dense", counts: { parameters: 2e6, macs: 1e6, activeParameters: 2e6 } };
    expect(rulesOf(declared, dense)).toEqual(["experts: declared, dense"]);
  });
});

describe("sparsity", () => {
  const dense = { name: "dense", counts: { parameters: 1e6, zeroParameters: 0, macs: 1e8 } };
  const counts = { parameters: 1e6, zeroParameters: 9e5, macs: 1e8 };

  it("zeros that no backend skips save nothing", () => {
    expect(rulesOf(dense, { name: "pruned", counts })).toEqual(["sparsity: dense, pruned"]);
    expect(evidenceOf(dense, { name: "pruned", counts })).toMatch(/90 % .* every counted MAC is/s);
  });

  it("a backend that skips them is told apart", () => {
    const pruned = { name: "pruned", counts, declared: { skipsZeros: true } };
    expect(evidenceOf(dense, pruned)).toMatch(/the counted MACs are an upper bound/);
  });

  it("a few zeros are no finding", () => {
    const few = { ...counts, zeroParameters: 1e5 };
    expect(rulesOf(dense, { name: "pruned", counts: few })).toEqual([]);
  });
});

describe("depth against width", () => {
  it("64 layers of 128 against one layer of 512 x 2048", () => {
    const deep = counted("64x128", perceptron(Array(65).fill(128)));
    const wide = counted("1x2048", perceptron([512, 2048]));
    expect(rulesOf(deep, wide)).toEqual(["depth-width: 64x128, 1x2048"]);
    // 128 kernels (products and ReLUs) against 2.
    expect(evidenceOf(deep, wide)).toMatch(/128 kernels .* 2 \(64 times\)/);
  });

  it("each rung of the ladder 64 x 128, 16 x 256, 4 x 520", () => {
    const ladder = [
      counted("64x128", perceptron(Array(65).fill(128))),
      counted("16x256", perceptron(Array(17).fill(256))),
      counted("4x520", perceptron(Array(5).fill(520))),
    ];
    expect(rulesOf(...ladder)).toEqual([
      "depth-width: 64x128, 16x256",
      "depth-width: 64x128, 4x520",
      "depth-width: 16x256, 4x520",
    ]);
  });

  it("ViT D48 W768 against D12 W1536", () => {
    const deep = counted("D48", vit({ depth: 48, width: 768, patch: 16, side: 224 }));
    const wide = counted("D12", vit({ depth: 12, width: 1536, patch: 16, side: 224 }));
    expect(rulesOf(deep, wide)).toEqual(["depth-width: D48, D12"]);
  });
});

describe("input size at equal parameters", () => {
  const size = { depth: 12, width: 768 };
  const base = counted("p16", vit({ ...size, patch: 16, side: 224 }));

  it.each([
    ["patches of 8", 8, 224],
    ["patches of 14", 14, 224],
    ["patches of 32", 32, 224],
    ["384 pixels", 16, 384],
  ])("ViT-B/16 against %s", (name, patch, side) => {
    const other = counted(name, vit({ ...size, patch, side }));
    expect(rulesOf(base, other)).toEqual([`resolution: p16, ${name}`]);
  });

  it("SqueezeNet 1.0 against 1.1, which pools earlier: 2.4 times the MACs", () => {
    const pair = [network("tv/squeezenet1_0"), network("tv/squeezenet1_1")];
    expect(rulesOf(...pair)).toEqual(["resolution: tv/squeezenet1_0, tv/squeezenet1_1"]);
    expect(evidenceOf(...pair)).toMatch(/patches or strides differ/);
  });

  it("BERT at 128 and at 512 tokens: 4.32 times the MACs for 4 times the tokens", () => {
    const pair = [network("hf/bert-base@128/eager"), network("hf/bert-base@512/eager")];
    expect(rulesOf(...pair)).toEqual([
      "resolution: hf/bert-base@128/eager, hf/bert-base@512/eager",
    ]);
    // ln 4.32 / ln 4 = 1.06.
    expect(evidenceOf(...pair)).toMatch(/a factor of 4\.32 .* to the power 1\.06/s);
  });
});

describe("platforms", () => {
  // The published rows without the graphs: in the graphs the second cause, memory, is present as well.
  it("EfficientNet-B0 is slower than ResNet-18 on two machines and faster on the third", () => {
    expect(rulesOf(efficientNet, resnet)).toEqual(["platform: efficientnet_b0, resnet18"]);
    // 11189 / 8241, 126 / 100 and 93.6 / 62.2.
    const words = evidenceOf(efficientNet, resnet);
    expect(words).toMatch(/RTX 3090: resnet18 is 1\.36 times as fast/);
    expect(words).toMatch(/i9-10940X: resnet18 is 1\.26 times as fast/);
    expect(words).toMatch(/i7-12700H: efficientnet_b0 is 1\.5 times as fast/);
  });

  it("with the graphs, both causes are found", () => {
    const pair = [
      { ...network("tv/efficientnet_b0"), measured: efficientNet.measured! },
      { ...network("tv/resnet18"), measured: resnet.measured! },
    ];
    expect(findMisnomers(pair).map((w) => w.rule)).toEqual(["platform", "memory-bound"]);
  });

  it("an order that two machines agree on is no finding", () => {
    const agree = (m: ComparedModel) => ({ ...m, measured: m.measured!.slice(0, 2) });
    expect(rulesOf(agree(efficientNet), agree(resnet))).toEqual([]);
  });

  it("an inversion within the intervals is none", () => {
    const row = (machine: string, p50: number): MeasuredRow => ({
      machine,
      p50Ms: { value: p50, interval: { low: p50 - 1, high: p50 + 1 } },
    });
    const a = { name: "a", measured: [row("one", 10), row("two", 20)] };
    const b = { name: "b", measured: [row("one", 20), row("two", 19)] };
    expect(rulesOf(a, b)).toEqual([]);
    const c = { name: "c", measured: [row("one", 20), row("two", 17)] };
    expect(rulesOf(a, c)).toEqual(["platform: a, c"]);
  });

  it("an inversion between the rooflines of two devices is one", () => {
    const pair = [network("tv/alexnet"), network("tv/resnet18")];
    const device = (name: string, bytesPerSecond: number) => ({
      ...nominalDevice,
      name,
      bytesPerSecond,
    });
    // AlexNet has fewer MACs and moves more bytes: 0.71 G and 248 MB against 1.81 G and 65 MB.
    const devices = [device("fast memory", 1e12), device("slow memory", 1e9)];
    const [found] = findMisnomers(pair, { devices });
    expect(found).toMatchObject({ rule: "platform", models: ["tv/alexnet", "tv/resnet18"] });
    expect(found!.evidence[0]).toMatch(/fast memory: tv\/alexnet is .* as fast as tv\/resnet18/);
    expect(found!.evidence[1]).toMatch(/slow memory: tv\/resnet18 is .* as fast as tv\/alexnet/);
  });

  it("times from different providers do not compare", () => {
    const row = (provider: string) => ({ machine: "one", provider, p50Ms: { value: 3 } });
    const a = { name: "a", measured: [row("cpu")] };
    const b = { name: "b", measured: [row("cuda")] };
    expect(rulesOf(a, b)).toEqual(["platform: a, b"]);
  });
});

describe("memory-bound", () => {
  // FLOPs per byte, every operand of convolutions and linear layers moved once, biases left out: from PyTorch's shapes.
  it.each([
    ["tv/alexnet", 5.764],
    ["tv/mobilenet_v2", 8.89],
    ["tv/efficientnet_b0", 10.244],
    ["tv/resnet18", 55.484],
  ])("the intensity of %s is %f", (name, expected) => {
    const found = intensity(factsOf(network(name)))!;
    expect(found / expected).toBeCloseTo(1, 2);
  });

  it.each(["tv/alexnet", "tv/mobilenet_v2", "tv/efficientnet_b0"])(
    "%s against ResNet-18",
    (name) => {
      expect(rulesOf(network(name), network("tv/resnet18"))).toEqual([
        `memory-bound: ${name}, tv/resnet18`,
      ]);
    },
  );

  it("the balance of the machine decides", () => {
    const pair = [network("tv/alexnet"), network("tv/resnet18")];
    expect(findMisnomers(pair, { machineBalance: 4 })).toEqual([]);
  });
});

describe("a baseline resized to match compute", () => {
  // 2 (12 T W^2 + 2 T^2 W) = 335.5 M at T = 512, W = 128; 8 (...) = 338.2 M at T = 52, W = 256.
  const small = counted("baseline", encoder({ depth: 2, width: 128, tokens: 512 }));
  const large = counted("proposed", encoder({ depth: 8, width: 256, tokens: 52 }));

  it("is visible: one family, equal MACs, far fewer parameters and layers", () => {
    expect(small.profile!.macs).toBe(335_544_320);
    expect(large.profile!.macs).toBe(8 * (12 * 52 * 256 ** 2 + 2 * 52 ** 2 * 256));
    expect(rulesOf(small, large)).toEqual(["reduced-baseline: baseline, proposed"]);
  });

  it("or declared", () => {
    const pair = [
      { ...network("tv/resnet34"), declared: { resizedToMatch: "tv/resnet50" } },
      network("tv/resnet50"),
    ];
    expect(rulesOf(...pair)).toEqual(["reduced-baseline: tv/resnet34, tv/resnet50"]);
  });
});

describe("equal parameters", () => {
  it("of a layer that is used three times and of one that is used once", () => {
    expect(
      rulesOf(counted("thrice", sharedLinear(100, 3)), counted("once", plainLinear(100, 1))),
    ).toEqual(["equal-parameters: thrice, once"]);
  });

  it("of a model with a word table and of one on bytes, which has longer sequences instead", () => {
    // A table of 30,000 x 128 against layers: 3.84 M of 5.4 M parameters.
    const words = counted(
      "words",
      wordEncoder({ depth: 8, width: 128, tokens: 128, words: 30_000 }),
    );
    const bytes = counted("bytes", wordEncoder({ depth: 27, width: 128, tokens: 512, words: 256 }));
    const { parameters } = words.profile!;
    expect(bytes.profile!.parameters / parameters).toBeCloseTo(1, 1);
    expect(rulesOf(words, bytes)).toEqual(["equal-parameters: words, bytes"]);
  });
});

describe("equal FLOPs", () => {
  it.each([
    // timm counts 11.95 M and 5.0 M activations.
    ["timm/deit_small_patch16_224", "timm/vit_base_patch32_224", /2\.39 times the activations/],
    ["cifar/VGG16-BN-512-10", "timm/mobilenetv2_100", /24 times the activations/],
  ])("%s and %s", (a, b, words) => {
    expect(rulesOf(network(a), network(b))).toEqual([`equal-flops: ${a}, ${b}`]);
    expect(evidenceOf(network(a), network(b))).toMatch(words);
  });

  it("published counts with 1 % between the FLOPs and three times the activations", () => {
    const a = { name: "a", counts: { parameters: 20e6, macs: 4.1e9, activations: 11e6 } };
    const b = { name: "b", counts: { parameters: 30e6, macs: 4.14e9, activations: 33e6 } };
    expect(rulesOf(a, b)).toEqual(["equal-flops: a, b"]);
    expect(evidenceOf(a, b)).toMatch(/b has 3 times the activations of a/);
  });
});

describe("coverage", () => {
  it("an operator without a price makes every count a lower bound", () => {
    const file = tinyOnnx({
      inputs: { x: [1, 8] },
      outputs: ["z"],
      weights: { w: [8, 8] },
      nodes: [
        { op: "MatMul", in: ["x", "w"], out: ["y"] },
        { op: "Wavelet", domain: "acme", in: ["y"], out: ["z"] },
      ],
    });
    const plain = counted("plain", perceptron([8, 8]));
    expect(rulesOf(counted("gap", file), plain)).toEqual(["coverage: gap"]);
    expect(evidenceOf(counted("gap", file), plain)).toMatch(
      /50 % of the nodes .*Wavelet \(1 node\)/,
    );
  });
});

describe("fair comparisons raise nothing", () => {
  it.each([
    ["tv/resnet18", "tv/resnet34"],
    ["tv/resnet50", "tv/resnet101"],
    ["tv/vgg16", "tv/vgg16_bn"],
    ["timm/deit_small_patch16_224", "timm/vit_base_patch16_224"],
    ["tv/vit_b_16", "tv/vit_l_16"],
    ["tv/mobilenet_v2", "tv/efficientnet_b0"],
    ["cifar/He-resnet20-A", "cifar/He-resnet56-A"],
    ["cifar/resnet18", "cifar/resnet50"],
    ["hf/bert-base@128/eager", "hf/bert-base@128/sdpa"],
    ["tv/convnext_tiny", "tv/swin_t"],
  ])("%s and %s", (a, b) => {
    expect(rulesOf(network(a), network(b))).toEqual([]);
  });

  it("three networks on which all indicators agree", () => {
    const size = { tokens: 64, depth: 4 };
    const models = [128, 256, 512].map((width) =>
      counted(`W${width}`, encoder({ ...size, width })),
    );
    expect(rulesOf(...models)).toEqual([]);
  });
});

it("every rule fired in a test above", () => {
  expect([...fired].sort()).toEqual([...misnomerNames].sort());
});
