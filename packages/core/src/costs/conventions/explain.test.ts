import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Profile, profile } from "../onnx/index.js";
import { referenceGraph, referenceGraphNames } from "../onnx/testing/fixtures.js";
import {
  conventionNames,
  conventions,
  explainDifference,
  explainNumbers,
  type SourceTraits,
} from "./index.js";
import { agreement, readPrinted } from "./printed-number.js";
import { networkTraits } from "./testing/traits.js";

const resnet = () => profile(referenceGraph("tv/resnet50"));

/** Pairs whose steps do not add up to the difference of the totals. */
function broken(model: Profile, name: string, traits: SourceTraits): readonly string[] {
  const totals = new Map(conventionNames.map((n) => [n, conventions[n].total(model, traits)]));
  return conventionNames.flatMap((from, i) =>
    conventionNames.slice(i).flatMap((to) => {
      const { difference, steps } = explainDifference(model, from, to, traits);
      const expected = totals.get(to)! - totals.get(from)!;
      const sum = steps.reduce((n, s) => n + s.change, 0);
      return sum === difference && difference === expected ? [] : [`${name}: ${from} to ${to}`];
    }),
  );
}

describe("the difference of two conventions", () => {
  it("is the sum of the steps, for every pair of conventions and every network", () => {
    const names = referenceGraphNames();
    const wrong = names.flatMap((name) =>
      broken(profile(referenceGraph(name)), name, networkTraits[name] ?? {}),
    );
    console.log(
      `explained differences: ${names.length} graphs x ${(conventionNames.length * (conventionNames.length + 1)) / 2} pairs of conventions, ${wrong.length} wrong`,
    );
    expect(wrong).toEqual([]);
  });

  it("is the sum of the steps, however the network was written", () => {
    const models = ["unit/linear-batch", "mnist/LeNet5@28pad2", "timm/deit_tiny_patch16_224"].map(
      (name) => profile(referenceGraph(name), { path: name }),
    );
    const written = fc.record(
      {
        attention: fc.constantFrom("matmul", "operator", "fused", "timm", "nn.MultiheadAttention"),
        activations: fc.constantFrom("module", "functional", "tensor", "captured"),
        pools: fc.constantFrom("module", "functional", "mean", "mean outside modules"),
        globalPools: fc.constantFrom("adaptive", "window"),
        batchNorm: fc.constant("folded" as const),
        pruned: fc.constant(["blocks.3", "conv1"]),
        subclassed: fc.constant([{ layer: "layer norm" as const }]),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<SourceTraits>;
    fc.assert(
      fc.property(written, fc.constantFrom(...models), (traits, model) => {
        expect(broken(model, model.path, traits)).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });

  it("has the same steps backwards, with the opposite sign", () => {
    const model = profile(referenceGraph("tv/vit_b_16"));
    const there = explainDifference(model, "thop", "ptflops-pytorch");
    const back = explainDifference(model, "ptflops-pytorch", "thop");
    expect(there.difference).not.toBe(0);
    expect(back.steps.map((s) => [s.label, -s.change])).toEqual(
      there.steps.map((s) => [s.label, s.change]),
    );
  });

  it("fvcore and DeepSpeed on ResNet-50: MACs doubled, max pool and ReLU counted, batch norm the same", () => {
    const { steps, fromTotal, toTotal } = explainDifference(resnet(), "fvcore", "deepspeed-flops");
    expect([fromTotal, toTotal]).toEqual([4_111_512_576, 8_211_108_352]);
    expect(steps.map((s) => [s.label, s.fromFactor, s.toFactor, s.count])).toEqual([
      ["MACs of convolutions", 1, 2, 4_087_136_256],
      ["elements of ReLU", 0, 1, 9_608_704],
      ["MACs of linear layers", 1, 2, 2_048_000],
      ["inputs of max pools", 0, 1, 802_816],
    ]);
    expect(steps[0]?.note).toBe(
      "fvcore counts a product and its addition as one; DeepSpeed FLOPs counts a product and its addition as two.",
    );
  });

  it("names what a tool could not see: calflops loses fused attention, DeepSpeed finds it", () => {
    const model = profile(referenceGraph("timm/deit_tiny_patch16_224"));
    const { steps, difference } = explainDifference(model, "calflops-macs", "deepspeed-macs", {
      attention: "timm",
    });
    expect(difference).toBe(178_831_872);
    expect(steps.map((s) => s.label)).toEqual(["MACs between activations (attention)"]);
    expect(steps[0]?.note).toContain("scaled_dot_product_attention has no rule");
  });

  it("has a step for tools that divide by the batch", () => {
    const model = profile(referenceGraph("unit/linear-batch"));
    expect(
      explainDifference(model, "macs", "ptflops-aten").steps.map((s) => [s.label, s.change]),
    ).toEqual([
      // (1,200 + 400) / 5 = 320.
      ["division by the batch", -1280],
      ["bias additions of linear layers", 400],
    ]);
  });

  it("refuses names that are no convention, and lists those that are", () => {
    expect(() => explainDifference(resnet(), "fvcor" as never, "thop")).toThrow(
      /no convention "fvcor".*fvcore/s,
    );
  });
});

describe("published numbers", () => {
  it("are read with the digits they have", () => {
    expect(readPrinted("4.11 GFLOPs")).toEqual({ value: 4_110_000_000, step: 10_000_000 });
    expect(readPrinted("4,089,184,256")).toEqual({ value: 4_089_184_256, step: 1 });
    expect(readPrinted(3.8e9)).toEqual({ value: 3_800_000_000, step: 100_000_000 });
    expect(readPrinted("0.39B")).toEqual({ value: 390_000_000, step: 10_000_000 });
    expect(readPrinted("556.66MMac")).toEqual({ value: 556_660_000, step: 10_000 });
    expect(readPrinted("4089184256 MACs")).toEqual({ value: 4_089_184_256, step: 1 });
    expect(readPrinted("3.8 billion")).toEqual({ value: 3_800_000_000, step: 100_000_000 });
    expect(() => readPrinted("four")).toThrow(/no number of operations/);
  });

  it("agree exactly, rounded, or cut off", () => {
    expect(agreement(4_089_184_256, readPrinted("4.09 G"))).toBe("rounded");
    // He et al. 2016 print 3.8 billion for ResNet-50, whose stride was in the 1x1: 3,857,973,248.
    expect(agreement(3_857_973_248, readPrinted("3.8e9"))).toBe("cut off");
    expect(agreement(4_089_184_256, readPrinted("4089184256"))).toBe("exact");
    expect(agreement(4_089_184_257, readPrinted("4089184256"))).toBeUndefined();
  });

  it("find their tools: 4.11 and 8.21 G for ResNet-50 are fvcore and the FLOPs of DeepSpeed", () => {
    const { a, b, explanation } = explainNumbers(resnet(), "4.11 G", 8_211_108_352);
    expect(a.matches.map((m) => [m.convention, m.agreement])).toEqual([
      ["fvcore", "rounded"],
      // 4,117,342,184 with batch norms folded.
      ["onnx-tool", "cut off"],
    ]);
    expect(b.matches.map((m) => m.convention)).toEqual(["deepspeed-flops", "calflops-flops"]);
    expect(explanation).toMatchObject({ from: "fvcore", to: "deepspeed-flops" });
  });

  it("find how attention was written: 17.56 and 11.29 G for ViT-B/16 differ by the fast path", () => {
    const vit = profile(referenceGraph("tv/vit_b_16"));
    const { b, explanation } = explainNumbers(vit, 17_563_828_224, 11_290_036_992);
    expect(b.matches[0]).toMatchObject({
      convention: "fvcore",
      traits: { attention: "nn.MultiheadAttention" },
    });
    expect(explanation?.difference).toBe(11_290_036_992 - 17_563_828_224);
    expect(explanation?.steps.reduce((sum, s) => sum + s.change, 0)).toBe(explanation?.difference);
  });

  it("are explained with the fewest steps: 17.6 and 16.9 G for ViT-B/16 differ by fused attention", () => {
    const vit = profile(referenceGraph("timm/vit_base_patch16_224"));
    const { explanation } = explainNumbers(vit, "17.6 G", "16.9 G");
    const attention = explanation?.steps.find((s) => s.label.includes("attention"));
    expect(attention).toMatchObject({ count: 715_327_488, change: -715_327_488 });
    expect(explanation?.steps.length).toBeLessThanOrEqual(2);
  });

  it("say which convention is nearest where none prints the number", () => {
    const { a, explanation } = explainNumbers(resnet(), 4_089_184_001, "8.21 G");
    expect(a.matches).toEqual([]);
    expect(a.nearest.convention).toBe("macs");
    expect(explanation).toBeUndefined();
  });
});
