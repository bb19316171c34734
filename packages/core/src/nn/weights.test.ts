/** Weights from elsewhere find their places, or it is said why not. */

import { describe, expect, test } from "vitest";
import { zeros } from "../tensor/index.js";
import { batchNorm, linear, matchWeights, sequential, traceModel } from "./index.js";

const traced = traceModel(
  {
    name: "m",
    inputShape: [3],
    outputs: 2,
    forward: sequential({ bn: batchNorm(), fc: linear(2) }),
  },
  { batchSize: 4, training: true },
);
const fitting = {
  "bn.weight": zeros("float32", [3]),
  "bn.bias": zeros("float32", [3]),
  "bn.running_mean": zeros("float32", [3]),
  "bn.running_var": zeros("float32", [3]),
  "bn.num_batches_tracked": zeros("int64", []),
  "fc.weight": zeros("float32", [2, 3]),
  "fc.bias": zeros("float32", [2]),
};

describe("matchWeights", () => {
  test("everything that fits is taken; PyTorch's batch counters are left", () => {
    const { "bn.num_batches_tracked": _counter, ...expected } = fitting;
    expect(matchWeights(traced, fitting)).toEqual(expected);
  });

  test("another shape, a missing tensor and a surplus one are each named", () => {
    const { "bn.bias": _missing, ...rest } = fitting;
    const wrong = { ...rest, "fc.weight": zeros("float32", [10, 3]), head: zeros("float32", []) };
    expect(() => matchWeights(traced, wrong)).toThrow(
      /"bn.bias" should be float32\[3\], is missing; "fc.weight" should be float32\[2, 3\], is float32\[10, 3\]; "head" has no place/,
    );
    expect(Object.keys(matchWeights(traced, wrong, { mismatch: "skip" }))).toEqual([
      "bn.weight",
      "fc.bias",
      "bn.running_mean",
      "bn.running_var",
    ]);
  });
});
