/** Layers of which every tool's number can be checked by hand; wrong numbers of tools are wrong here too. */

import { describe, expect, it } from "vitest";
import { profile } from "../onnx/index.js";
import { referenceGraph } from "../onnx/testing/fixtures.js";
import { type ConventionName, conventions, type SourceTraits } from "./index.js";

const compared = [
  ...(["macs", "torch", "fvcore", "thop", "ptflops-pytorch", "ptflops-aten", "torchinfo"] as const),
  ...(["deepspeed-flops", "deepspeed-macs", "calflops-flops", "calflops-macs"] as const),
] as const satisfies readonly ConventionName[];

/** In the order of `compared`; null: not run. DeepSpeed and calflops agree on all of them. */
const rows: Readonly<Record<string, readonly (number | null)[]>> = {
  "unit/linear-shared": [30_000, 60_000, 30_000, 30_000, 30_300, 30_300, 30_300, 60_000, 30_000],
  "unit/conv-stride2": [55_296, 110_592, 55_296, 55_296, 57_344, 57_344, 57_344, 112_640, 55_296],
  "unit/conv-dilated": [36_864, 73_728, 36_864, 36_864, null, 36_864, 36_864, 73_728, 36_864],
  // thop and torchinfo: 6,400 outputs * 8 inputs * 16 taps, which is stride^2 = 4 times too many.
  "unit/conv-transposed": [
    ...[204_800, 409_600, 204_800, 819_200, 204_800, 204_800, 819_200, 409_600, 204_800],
  ],
  // DeepSpeed divides by the 4 groups twice.
  "unit/conv-transposed-groups4": [
    ...[51_200, 102_400, 51_200, 204_800, 51_200, 51_200, 204_800, 25_600, 12_800],
  ],
  // ptflops divides 1,200 + 400 by the batch of 5.
  "unit/linear-batch": [1200, 2400, 1200, 1200, 320, 320, 1600, 2400, 1200],
  // 32,768 weights in products, 512 biases, 100 steps; thop adds 16, ptflops 18, DeepSpeed 10 for each of 64 states.
  "unit/lstm": [3_276_800, 0, 0, 3_379_200, 3_392_000, 0, 3_328_000, 6_617_600, 0],
  "unit/batch-norm": [0, 0, 1600, 3200, 1600, 0, 16, 1600, 0],
  // ptflops counts the hook and the function, 2 * 6,400, and divides by the batch of 2.
  "unit/upsample": [0, 0, 6400, 6400, 6400, 0, 0, 6400, 0],
  "unit/max-pool": [0, 0, 0, 0, 200_704, 0, 0, 100_352, 0],
  "unit/conv-depthwise": [73_728, 147_456, 73_728, 73_728, 73_728, 73_728, 73_728, 147_456, 73_728],
};

/** PyTorch's LSTM has time on its first axis. */
const traits: Readonly<Record<string, SourceTraits>> = { "unit/lstm": { batch: 1 } };

describe("layers under every convention", () => {
  it.each(Object.entries(rows))("%s", (name, printed) => {
    const model = profile(referenceGraph(name));
    const [flops, macs] = printed.slice(-2);
    [...printed, flops, macs].forEach((value, i) => {
      const convention = conventions[compared[i]!];
      if (value !== null) {
        expect([convention.name, convention.total(model, traits[name])]).toEqual([
          convention.name,
          value,
        ]);
      }
    });
  });

  it("onnx-tool counts one step of an LSTM: 33,280 weights and biases", () => {
    expect(conventions["onnx-tool"].total(profile(referenceGraph("unit/lstm")))).toBe(33_280);
  });

  it("onnx-tool counts 31 for an element of a batch norm that was not folded, and 1 for one that was", () => {
    const model = profile(referenceGraph("unit/batch-norm"));
    expect(conventions["onnx-tool"].total(model)).toBe(31 * 800);
    expect(conventions["onnx-tool"].total(model, { batchNorm: "folded" })).toBe(800);
  });

  it("how a pool was called changes fvcore and thop, never onnx-tool, which sees the file only", () => {
    const model = profile(referenceGraph("cifar/MobileNetV2"));
    const totals = (traits: SourceTraits) =>
      (["fvcore", "thop", "onnx-tool"] as const).map((n) => conventions[n].total(model, traits));
    const adaptive = totals({ pools: "module" });
    const window = totals({ pools: "module", globalPools: "window" });
    // The last pool has 1,280 * 4 * 4 = 20,480 inputs.
    expect(adaptive.map((n, i) => n - window[i]!)).toEqual([20_480, 20_480, 0]);
  });

  it("netscope's columns: MACs without biases, comparisons of ReLU and pool taps, 3 times the softmax", () => {
    const alexnet = profile(referenceGraph("alexnet-2012-caffe@227"));
    expect(conventions["netscope-macc"].total(alexnet)).toBe(724_406_816);
    // 658,272 elements of ReLU and 122,464 outputs of 3x3 pools.
    expect(conventions["netscope-comp"].total(alexnet)).toBe(658_272 + 9 * 122_464);
    const resnet = profile(referenceGraph("cifar/resnet18"));
    // 614,400 elements of batch norms, 8,192 inputs of the last pool, 245,760 residual sums.
    expect(conventions["netscope-add"].total(resnet)).toBe(614_400 + 8192 + 245_760);
    expect(conventions["netscope-div"].total(resnet)).toBe(614_400);
    expect(conventions["netscope-exp"].total(resnet)).toBe(0);
  });

  it("have terms that add up to the total, with shares that add up to 1", () => {
    const model = profile(referenceGraph("tv/resnet18"));
    const terms = conventions.fvcore.terms(model);
    expect(terms.map(({ label, factor, count }) => [label, factor, count])).toEqual([
      ["MACs of convolutions", 1, 1_813_561_344],
      ["elements of batch norms", 2, 2_483_712],
      ["inputs of adaptive average pools", 1, 25_088],
      ["MACs of linear layers", 1, 512_000],
    ]);
    expect(terms.reduce((sum, t) => sum + (t.share ?? 0), 0)).toBeCloseTo(1, 12);
  });
});
