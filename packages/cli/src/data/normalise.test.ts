import { describe, expect, it } from "vitest";
import { channelStatistics, normalisation } from "./normalise.js";
import { loadDataset } from "./registry.js";
import { describeShared } from "./testing/shared-data.js";
import type { Split } from "./types.js";

const bytes: Split = {
  n: 2,
  shape: [2, 1, 2],
  // Channel 0: 1 3 5 7; channel 1: 4 4 4 4.
  images: Uint8Array.from([1, 3, 4, 4, 5, 7, 4, 4]),
  labels: Uint8Array.from([0, 1]),
};

describe("normalisation", () => {
  it("measures mean and population deviation per channel; a constant channel gets 1", () => {
    // Mean 4; squares 9 1 1 9, mean 5.
    expect(channelStatistics(bytes)).toEqual({ mean: [4, 4], std: [Math.sqrt(5), 1] });
  });

  it("measures floats as it does bytes", () => {
    expect(channelStatistics({ ...bytes, images: Float32Array.from(bytes.images) })).toEqual(
      channelStatistics(bytes),
    );
  });

  it("treats every feature of a table as a channel", () => {
    const table: Split = {
      n: 2,
      shape: [2],
      images: Float32Array.from([1, 10, 3, 30]),
      labels: Int32Array.from([0, 1]),
    };
    expect(channelStatistics(table)).toEqual({ mean: [2, 20], std: [1, 10] });
  });

  it("takes given figures, one for all channels, in the scale they were made for", () => {
    expect(normalisation(bytes, { mean: [0.5], std: [0.25], scale: 255 })).toEqual({
      mean: [127.5, 127.5],
      std: [63.75, 63.75],
    });
    expect(normalisation(bytes, "none")).toEqual({ mean: [0, 0], std: [1, 1] });
  });

  it.each([
    ["a zero deviation", { mean: [0], std: [0] }],
    ["three means for two channels", { mean: [0, 0, 0], std: [1] }],
    ["NaN", { mean: [Number.NaN], std: [1] }],
    ["a scale of zero", { mean: [0], std: [1], scale: 0 }],
  ])("refuses %s", (_, option) => {
    expect(() => normalisation(bytes, option)).toThrow(
      expect.objectContaining({ code: "E_CONFIG", where: "data.normalise" }),
    );
  });
});

// The constants that PyTorch examples give for these sets, to their four digits.
describe.each([
  ["mnist", 0.1307, 0.3081],
  ["fashion-mnist", 0.286, 0.353],
] as const)("%s", (name, mean, std) => {
  describeShared(name, (from) => {
    it("has the published mean and deviation", async () => {
      const { train } = await loadDataset(name, { from });
      const measured = channelStatistics(train);
      expect(measured.mean[0]! / 255).toBeCloseTo(mean, 4);
      expect(measured.std[0]! / 255).toBeCloseTo(std, 4);
    });
  });
});
