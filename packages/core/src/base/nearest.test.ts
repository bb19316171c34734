import { expect, test } from "vitest";
import { editDistance, nearestName } from "./nearest.js";

test("insertions, deletions, substitutions and swapped neighbours count one each", () => {
  expect(editDistance("", "abc")).toBe(3);
  // Levenshtein's own example.
  expect(editDistance("kitten", "sitting")).toBe(3);
  expect(editDistance("trian", "train")).toBe(1);
  expect(editDistance("same", "same")).toBe(0);
});

test("the nearest name is found through case and dashes", () => {
  expect(nearestName("batch-size", ["epochs", "batchSize"])).toBe("batchSize");
  expect(nearestName("epoch", ["epochs", "batchSize"])).toBe("epochs");
});

test("a name that resembles none gets no suggestion", () => {
  expect(nearestName("xylophone", ["epochs", "seed"])).toBeUndefined();
  expect(nearestName("xylophone", [])).toBeUndefined();
});
