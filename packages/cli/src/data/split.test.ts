import { randomStream } from "@frugal/core/random";
import { describe, expect, it } from "vitest";
import { loadDataset } from "./registry.js";
import { stratify, threeWaySplit } from "./split.js";
import type { Dataset, Split } from "./types.js";

/** One feature a sample: its row number, so that samples can be recognised after a split. */
function rowsWithLabels(labels: readonly number[]): Split {
  return {
    n: labels.length,
    shape: [1],
    images: Float32Array.from(labels, (_, row) => row),
    labels: Int32Array.from(labels),
  };
}
const countOf = (split: Split, label: number): number =>
  split.labels.filter((l) => l === label).length;
// 60 of class 0, 30 of class 1, 10 of class 2, interleaved.
const labels = Array.from({ length: 100 }, (_, i) => (i % 10 < 6 ? 0 : i % 10 < 9 ? 1 : 2));
const dataset: Dataset = {
  name: "rows",
  classes: ["a", "b", "c"],
  inputShape: [1],
  train: rowsWithLabels(labels),
  test: undefined,
};

describe("threeWaySplit", () => {
  it("keeps class shares and gives every sample to exactly one split", () => {
    const { train, validation, test } = threeWaySplit(dataset, {
      seed: 1,
      validation: 0.25,
      test: 0.2,
    });
    // 20 of 100 to the test, 25 % of the other 80 to validation.
    expect([train.n, validation.n, test.n]).toEqual([60, 20, 20]);
    expect([0, 1, 2].map((c) => countOf(test, c))).toEqual([12, 6, 2]);
    expect([0, 1, 2].map((c) => countOf(validation, c))).toEqual([12, 6, 2]);
    const all = [...train.images, ...validation.images, ...test.images].sort((a, b) => a - b);
    expect(all).toEqual(Array.from({ length: 100 }, (_, i) => i));
    for (const split of [train, validation, test]) {
      split.images.forEach((row, i) => {
        expect(split.labels[i]).toBe(labels[row]);
      });
    }
  });

  it("depends on the seed alone", () => {
    const rows = (seed: number): number[] => [
      ...threeWaySplit(dataset, { seed }).validation.images,
    ];
    expect(rows(5)).toEqual(rows(5));
    expect(rows(5)).not.toEqual(rows(6));
    expect(rows(5)).toEqual([...rows(5)].sort((a, b) => a - b));
  });

  it("leaves an official test set as it is", async () => {
    const digits = await loadDataset("optdigits", {});
    const { train, validation, test } = threeWaySplit(digits, { seed: 3 });
    expect(test).toBe(digits.test);
    // 10 % of 3823.
    expect([train.n, validation.n]).toEqual([3441, 382]);
    // Each class gives a tenth, rounded down or up: class 0 has 376.
    expect([37, 38]).toContain(countOf(validation, 0));
  });

  it("gives the samples that rounding left over to the largest remainders", () => {
    // Shares of 0.3: 2.1, 1.5 and 0.9; 5 in all are wanted, 3 are whole, the others go to 0.9 and 0.5.
    const split = rowsWithLabels([0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2]);
    const { taken } = stratify(split, 3, 0.3, randomStream(1, "x"));
    const counts = [0, 1, 2].map((c) => [...taken].filter((row) => split.labels[row] === c).length);
    expect(counts).toEqual([2, 2, 1]);
  });

  it("never takes the last sample of a class", () => {
    const { left } = stratify(rowsWithLabels([0, 1, 2, 2, 2, 2]), 3, 0.9, randomStream(1, "x"));
    expect([...left].map((row) => [0, 1, 2, 2, 2, 2][row])).toEqual([0, 1, 2]);
  });

  it.each([0, 1, -0.1, Number.NaN])("refuses a share of %d", (validation) => {
    expect(() => threeWaySplit(dataset, { seed: 1, validation })).toThrow(
      expect.objectContaining({ code: "E_CONFIG", where: "data.split.validation" }),
    );
  });

  it("refuses data too small to hold anything out", () => {
    const tiny = { ...dataset, train: rowsWithLabels([0, 1, 2]) };
    expect(() => threeWaySplit(tiny, { seed: 1 })).toThrow(
      /its validation split is empty|its test split is empty/,
    );
  });
});
