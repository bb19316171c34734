import { expect, it } from "vitest";
import { input, type Value, withPath } from "../graph/index.js";
import * as f from "./index.js";

const x = input("x", [2, 3]);
const i = input("i", [2, 3], "int32");
const b = input("b", [2, 3], "bool");

const mistakes: [string, () => Value | readonly Value[] | object, string][] = [
  ["exp of integers", () => f.exp(i), "an operand of type int32\n  where:   Exp(int32[2, 3])"],
  ["neg of bytes", () => f.neg(f.cast(i, "uint8")), "an operand of type uint8"],
  ["add of two types", () => f.add(x, i), "operands of types float32 and int32"],
  ["and of floats", () => f.and(x, x), "allowed: bool"],
  ["where on a float", () => f.where(x, x, 0), "a condition of type float32"],
  [
    "clip between crossed limits",
    () => f.clip(x, { min: 1, max: 0 }),
    "the limits of clip are 1 and 0",
  ],
  [
    "a permutation with a gap",
    () => f.transpose(x, [0, 0]),
    "allowed: every axis from 0 to 1 once",
  ],
  ["concat of nothing", () => f.concat([], { axis: 0 }), "concat of no values"],
  [
    "concat of shapes that do not fit",
    () => f.concat([x, input("z", [3, 3])], { axis: 1 }),
    "cannot join [2, 3] and [3, 3] along axis 1",
  ],
  [
    "split into the wrong sizes",
    () => f.split(x, { axis: 1, sizes: [1, 1] }),
    "sizes that sum to 3",
  ],
  [
    "slice with a step of 0",
    () => f.slice(x, { starts: [0], ends: [1], steps: [0] }),
    "the steps 0",
  ],
  [
    "slice of one axis twice",
    () => f.slice(x, { starts: [0, 0], ends: [1, 1], axes: [1, -1] }),
    "axis 1 twice",
  ],
  [
    "slice with lists of different lengths",
    () => f.slice(x, { starts: [0], ends: [1, 1] }),
    "lists of different lengths",
  ],
  ["negative pads", () => f.pad(x, { pads: [0, -1, 0, 0] }), "use slice to take elements away"],
  [
    "reflecting more than there is",
    () => f.pad(x, { pads: [0, 3, 0, 0], mode: "reflect" }),
    "reflect padding by 3 of an axis of length 3\n  where:   Pad(float32[2, 3])\n  allowed: at most 2",
  ],
  ["squeezing a long axis", () => f.squeeze(x, [1]), "cannot squeeze axes 1 of [2, 3]"],
  ["unsqueezing twice at one place", () => f.unsqueeze(x, [0, 0]), "different axes"],
  ["flattening beyond the rank", () => f.flatten(x, { axis: 3 }), "allowed: -2 to 2"],
  [
    "an axis that does not exist",
    () => f.reduceMax(x, { axes: [2] }),
    "axis 2 does not exist in a tensor of rank 2",
  ],
  ["tile with too few repeats", () => f.tile(x, [2]), "one for each axis of [2, 3]"],
  [
    "the largest of no elements",
    () => f.reduceMax(input("e", [2, 0])),
    "an extremum of no elements",
  ],
  [
    "the position of the largest of none",
    () => f.argMax(input("e", [2, 0]), { axis: 1 }),
    "the largest of no elements",
  ],
  ["indices that are floats", () => f.gather(x, x), "indices of type float32"],
  [
    "indices of another rank",
    () => f.gatherElements(x, input("j", [2], "int64"), { axis: 1 }),
    "indices of type int64[2] into float32[2, 3] along axis 1",
  ],
  [
    "updates that do not match their indices",
    () => f.scatterElements(x, i, input("u", [2, 2]), { axis: 1 }),
    "updates float32[2, 2] for indices int32[2, 3]",
  ],
  [
    "adding truth values by scatter",
    () => f.scatterElements(b, i, b, { axis: 1, reduction: "add" }),
    "an operand of type bool",
  ],
  ["one-hot vectors of length 0", () => f.oneHot(i, { depth: 0 }), "a depth of 0"],
  ["more of the best than there are", () => f.topK(x, { k: 4 }), "the 4 best of 3 elements"],
  ["dropping everything", () => f.dropout(x, x, { rate: 1 }), "allowed: 0 <= rate < 1"],
  [
    "noise of another shape",
    () => f.dropout(x, input("n", [3]), { rate: 0.5 }),
    "noise of type float32[3]",
  ],
  [
    "a soft value of another shape",
    () => f.straightThrough(x, input("s", [3])),
    "a soft value of type float32[3]",
  ],
];

it.each(mistakes)("names the mistake and what is allowed: %s", (_, build, message) => {
  expect(build).toThrow(message);
});

it("names the layer in which a mistake was made", () => {
  expect(() => withPath("layer2", () => withPath("fc", () => f.add(x, input("z", [4]))))).toThrow(
    "where:   Add(float32[2, 3], float32[4]) in layer2.fc",
  );
});
