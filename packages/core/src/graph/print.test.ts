import { expect, it } from "vitest";
import { add, conv, relu, split, withGradient } from "../ops/index.js";
import { tensor } from "../tensor/index.js";
import { buildGraph, constant, input, printGraph, withPath } from "./index.js";

it("prints one line a node, with types, attributes and layer", () => {
  const x = input("x", [4, 6]);
  const y = withPath("block", () => {
    const [a, b] = withPath("cut", () => split(x, { axis: 1, sizes: [3, 3] }));
    return relu(add(a!, b!));
  });
  expect(printGraph(buildGraph({ y }))).toBe(
    [
      '%0 = Input() float32[4, 6] {name="x", dtype="float32", shape=[4,6]}',
      "%1, %2 = Split(%0) float32[4, 3], float32[4, 3] {axis=1, sizes=[3,3]}  # block.cut",
      "%3 = Add(%1, %2) float32[4, 3]  # block",
      "%4 = Relu(%3) float32[4, 3]  # block",
      "y = %4",
    ].join("\n"),
  );
});

it("cuts long constants short", () => {
  const long = constant(
    tensor(
      "float32",
      [20],
      Array.from({ length: 20 }, (_, i) => i),
    ),
  );
  expect(printGraph(buildGraph({ long }))).toContain("data=[0,1,2,3,4,5,6,7,... 20 elements]");
});

it("prints a user-defined gradient by the name of its function", () => {
  const x = input("x", [2]);
  const y = withGradient(x, [x], function mine(g) {
    return [g];
  });
  expect(printGraph(buildGraph({ y }))).toContain("{rule=<mine>}");
});

it("prints a convolution", () => {
  const x = input("x", [2, 3, 8, 8]);
  const w = input("w", [16, 3, 3, 3]);
  const y = withPath("conv1", () => conv(x, w, { pads: 1 }));
  const line = printGraph(buildGraph({ y })).split("\n")[2];
  expect(line).toMatch(
    /^%2 = Conv\(%0, %1\) float32\[2, 16, 8, 8\] \{.*strides=\[1,1\].*\} {2}# conv1$/,
  );
});
