import { describe, expect, it } from "vitest";
import { checkDataset } from "./check.js";
import type { Dataset, Split } from "./types.js";

const split: Split = {
  n: 2,
  shape: [2],
  images: Float32Array.from([1, 2, 3, 4]),
  labels: Int32Array.from([0, 1]),
};
const dataset: Dataset = {
  name: "d",
  classes: ["a", "b"],
  inputShape: [2],
  train: split,
  test: undefined,
};

describe("checkDataset", () => {
  it("returns a sound data set as it is", () => {
    expect(checkDataset(dataset)).toBe(dataset);
  });

  it.each([
    ["NaN", { images: Float32Array.from([1, 2, 3, Number.NaN]) }, /value 1 of sample 1 is NaN/],
    [
      "infinity",
      { images: Float32Array.from([-1 / 0, 2, 3, 4]) },
      /value 0 of sample 0 is -Infinity/,
    ],
    ["a label that is too large", { labels: Int32Array.from([0, 2]) }, /label 2 of sample 1/],
    ["a negative label", { labels: Int32Array.from([-1, 0]) }, /label -1 of sample 0/],
    ["fewer labels than samples", { labels: Int32Array.from([0]) }, /2 images, but 1 labels/],
    ["fewer values than samples", { images: Float32Array.from([1, 2]) }, /1 images, but 2 labels/],
    ["another shape", { shape: [1, 2] }, /shape \[1,2\]/],
    [
      "no samples",
      { n: 0, images: new Float32Array(0), labels: new Int32Array(0) },
      /no train samples/,
    ],
  ])("refuses %s", (_, change, message) => {
    const bad = { ...dataset, train: { ...split, ...change } };
    expect(() => checkDataset(bad)).toThrow(message);
    expect(() => checkDataset(bad)).toThrow(
      expect.objectContaining({ code: "E_DATA", where: expect.stringContaining("d, train split") }),
    );
    expect(() => checkDataset({ ...dataset, test: bad.train })).toThrow(
      message.source.includes("train") ? /no test/ : message,
    );
  });
});
