import { expect, test } from "vitest";
import { didYouMean } from "./nearest.js";

test("a near name is asked about, and nothing is said where there is none", () => {
  expect(didYouMean("epoch", ["epochs", "batchSize"])).toBe('did you mean "epochs"?');
  expect(didYouMean("xylophone", ["epochs"])).toBeUndefined();
});
