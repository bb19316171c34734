/** Work and refusals of the convolution ops, against counts made by hand. */

import { describe, expect, it } from "vitest";
import { gradients } from "../autodiff/index.js";
import { UserError } from "../base/index.js";
import { input, type Value } from "../graph/index.js";
import { conv, convTranspose, reduceSum } from "./index.js";

const workOf = (value: Value) => value.node.op.work(value.node);

const refusal = (body: () => unknown): string => {
  try {
    body();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error("nothing was refused");
};

describe("the work of a convolution", () => {
  it("counts one multiply-accumulate for every result, tap and input channel, padding included", () => {
    const y = conv(input("x", [2, 3, 8, 8]), input("w", [4, 3, 3, 3]), { pads: 1 });
    // 2 * 4 * 8 * 8 results of 3 * 3 * 3 products.
    expect(workOf(y).macs).toBe(512 * 27);
    expect(workOf(y).otherOps).toBe(0);
  });

  it("divides the input channels by the groups", () => {
    const y = conv(input("x", [1, 4, 5, 5]), input("w", [4, 1, 3, 3]), { groups: 4 });
    expect(workOf(y).macs).toBe(4 * 3 * 3 * 9);
  });

  it("counts the bias as one more operation a result", () => {
    const y = conv(input("x", [1, 2, 4, 4]), input("w", [3, 2, 1, 1]), { bias: input("b", [3]) });
    expect(workOf(y).otherOps).toBe(48);
  });

  it("reads image, weight and bias once and writes the result once", () => {
    const y = conv(input("x", [1, 2, 4, 4]), input("w", [3, 2, 1, 1]), { bias: input("b", [3]) });
    expect(workOf(y).bytesRead).toBe(4 * (32 + 6 + 3));
    expect(workOf(y).bytesWritten).toBe(4 * 48);
  });

  it("is the same for each of the two gradients as for the forward pass", () => {
    const x = input("x", [2, 4, 9, 7]);
    const w = input("w", [6, 2, 3, 3]);
    const y = conv(x, w, { strides: 2, pads: 1, groups: 2 });
    const [dx, dw] = gradients(reduceSum(y), [x, w]) as [Value, Value];
    expect(workOf(dx).macs).toBe(workOf(y).macs);
    expect(workOf(dw).macs).toBe(workOf(y).macs);
    expect(workOf(dx).validMacs).toBe(workOf(y).validMacs);
    expect(workOf(dw).validMacs).toBe(workOf(y).validMacs);
  });

  it("tells products with pixels from products with padding", () => {
    const y = conv(input("x", [2, 3, 8, 8]), input("w", [4, 3, 3, 3]), { pads: 1 });
    // Of the 3 * 8 taps along an axis one at each end lies on the padding.
    expect(workOf(y).validMacs).toBe(2 * 4 * 3 * 22 * 22);
  });

  it("finds padding under strides, dilations and uneven pads", () => {
    const window = { strides: [2, 3], dilations: [3, 1], pads: [2, 1, 4, 0] };
    const y = conv(input("x", [1, 1, 9, 7]), input("w", [1, 1, 3, 4]), window);
    let pairs = 0;
    const [, , rows, columns] = y.shape as [number, number, number, number];
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        for (let i = 0; i < 3; i++)
          for (let j = 0; j < 4; j++) {
            const [h, w] = [r * 2 + i * 3 - 2, c * 3 + j - 1];
            if (h >= 0 && h < 9 && w >= 0 && w < 7) pairs++;
          }
    expect(workOf(y).validMacs).toBe(pairs);
    expect(pairs).toBeLessThan(workOf(y).macs);
  });

  it("knows channels that do not mix", () => {
    const x = input("x", [1, 4, 5, 5]);
    const channelwise = (y: Value) => workOf(y).channelwise;
    expect(channelwise(conv(x, input("w", [4, 1, 3, 3]), { groups: 4 }))).toBe(true);
    expect(channelwise(conv(x, input("w", [4, 2, 3, 3]), { groups: 2 }))).toBe(false);
    expect(channelwise(conv(input("x", [1, 1, 5, 5]), input("w", [4, 1, 3, 3])))).toBe(false);
  });

  it("of the transposed kind counts one for every input, tap and output channel", () => {
    const y = convTranspose(input("x", [1, 2, 3, 3]), input("w", [2, 5, 2, 2]), { strides: 2 });
    expect(workOf(y).macs).toBe(18 * 4 * 5);
  });
});

describe("a convolution refuses", () => {
  const x = input("x", [1, 3, 8, 8]);

  it("a weight for another number of channels", () => {
    expect(refusal(() => conv(x, input("w", [4, 2, 3, 3])))).toMatchInlineSnapshot(`
      "3 channels into a weight of shape [4, 2, 3, 3] with 1 groups
        where:   Conv(float32[1, 3, 8, 8], float32[4, 2, 3, 3])
        allowed: an image of 2 channels"
    `);
  });

  it("a kernel that does not fit", () => {
    expect(refusal(() => conv(x, input("w", [4, 3, 9, 9])))).toContain("a span of at most 8");
  });

  it("groups that do not divide the filters", () => {
    expect(refusal(() => conv(x, input("w", [4, 1, 3, 3]), { groups: 3 }))).toContain(
      "4 channels in 3 groups",
    );
  });

  it("an image without a batch", () => {
    expect(refusal(() => conv(input("x", [3, 8]), input("w", [4, 3, 3])))).toContain(
      "[N, C, L] or [N, C, H, W]",
    );
  });

  it("strides below 1 and pads of the wrong number", () => {
    const w = input("w", [4, 3, 3, 3]);
    expect(refusal(() => conv(x, w, { strides: 0 }))).toContain("at least 1");
    expect(refusal(() => conv(x, w, { pads: [1, 1] }))).toContain("a list of 4");
  });

  it("output padding of a stride or more", () => {
    const w = input("w", [3, 4, 3, 3]);
    expect(refusal(() => convTranspose(x, w, { strides: 2, outputPadding: 2 }))).toContain(
      "less than the strides",
    );
  });
});
