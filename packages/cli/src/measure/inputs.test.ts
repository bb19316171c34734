/** Shapes, ranges and images for the inputs of a model. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "fast-png";
import { describe, expect, it } from "vitest";
import { prepareImage } from "./image.js";
import { rangesInFile } from "./input-ranges.js";
import { inputShapes } from "./shapes.js";
import { denseModel, tokenModel } from "./testing/models.js";

const float = (name: string, ...dims: (number | string)[]) => ({ name, dtype: "float32", dims });

describe("shapes of inputs", () => {
  it("put any batch where the file leaves the first dimension open", () => {
    const shapes = inputShapes([float("x", "N", 3, 8, 8)]);
    expect(shapes).toMatchObject({ batch: 1 });
    expect(shapes.fixed).toBeUndefined();
    expect(shapes.at(4)).toEqual({ x: [4, 3, 8, 8] });
  });

  it("know the batch by its name wherever it stands", () => {
    const inputs = [float("x", "time", "batch_size", 5), float("h", 1, "batch_size", 7)];
    expect(inputShapes(inputs, { dims: { time: 9 } }).at(2)).toEqual({
      x: [9, 2, 5],
      h: [1, 2, 7],
    });
  });

  it("take the batch from a whole shape, from a name, or from the option", () => {
    const inputs = [float("x", "N", "c")];
    expect(inputShapes(inputs, { shapes: { x: [6, 2] } })).toMatchObject({ batch: 6 });
    expect(inputShapes(inputs, { dims: { N: 5, c: 2 } })).toMatchObject({ batch: 5 });
    expect(inputShapes(inputs, { dims: { c: 2 }, batch: 3 })).toMatchObject({ batch: 3 });
  });

  it("leave a fixed batch as it is, and say why no other can be run", () => {
    const shapes = inputShapes([float("x", 1, 3, 4, 4)], {});
    expect(shapes.batch).toBe(1);
    expect(shapes.fixed).toMatch(/fixes the batch \(x is 1x3x4x4\)/);
    expect(() => inputShapes([float("x", 1, 3)], { batch: 2 })).toThrow(/batch 2 cannot be run/);
  });

  it("ask for open dimensions by their name", () => {
    const inputs = [float("ids", "batch", "sequence")];
    expect(() => inputShapes(inputs)).toThrow(/--dim sequence=N/);
    expect(() => inputShapes([float("x", "N", "")])).toThrow(/--input x=/);
  });

  it("refuse names the model does not have, and shapes it contradicts", () => {
    const inputs = [float("x", "N", 3)];
    expect(() => inputShapes(inputs, { shapes: { y: [1, 3] } })).toThrow(/no input "y"/);
    expect(() => inputShapes(inputs, { dims: { M: 3 } })).toThrow(/no dimension "M"/);
    expect(() => inputShapes(inputs, { shapes: { x: [1, 4] } })).toThrow(/dimension 1 .* is 3/);
    expect(() => inputShapes(inputs, { shapes: { x: [1, 3, 1] } })).toThrow(/3 dimensions/);
  });
});

describe("ranges of integer inputs", () => {
  it("are the rows of the table that an input indexes, through what only renames it", () => {
    // The mask indexes nothing.
    expect(rangesInFile(tokenModel())).toEqual({ ids: [0, 50], types: [0, 3] });
  });
  it("are none where there is no table, and where the file cannot be read", () => {
    expect(rangesInFile(denseModel(1))).toEqual({});
    expect(rangesInFile(new Uint8Array([1, 2, 3]))).toEqual({});
  });
});

describe("an image", () => {
  const folder = mkdtempSync(join(tmpdir(), "frugal-image-"));
  const path = join(folder, "two.png");
  // Two grey pixels: black and white.
  writeFileSync(path, encode({ width: 2, height: 1, channels: 1, data: new Uint8Array([0, 255]) }));

  it("is stretched as PyTorch does it and put into the layout of the input", () => {
    const planar = prepareImage(path, [float("x", "N", 3, 1, 4)], { x: [1, 3, 1, 4] });
    // torch.nn.functional.interpolate([0, 1], 4, mode="bilinear", align_corners=False): 0, 0.25, 0.75, 1.
    const row = [0, 0.25, 0.75, 1];
    expect(planar).toMatchObject({ input: "x", values: [...row, ...row, ...row] });
    const last = prepareImage(path, [float("x", "N", 1, 4, 3)], { x: [1, 1, 4, 3] });
    // [1, 1, 4, 3] reads as one channel of 4 x 3: rows of 0, 0.5, 1.
    expect(last.values).toEqual([0, 0.5, 1, 0, 0.5, 1, 0, 0.5, 1, 0, 0.5, 1]);
    const nhwc = prepareImage(path, [float("x", "N", 2, 4, 3)], { x: [1, 2, 4, 3] });
    expect(nhwc.values.slice(0, 12)).toEqual(row.flatMap((v) => [v, v, v]));
    expect(planar.decodeMs).toHaveLength(planar.preprocessMs.length);
  });

  it("is refused by a model without an input for images, and where there is no file", () => {
    expect(() => prepareImage(path, [float("x", 1, 64)], { x: [1, 64] })).toThrow(/no input/);
    expect(() =>
      prepareImage(join(folder, "none.png"), [float("x", 1, 1, 4, 4)], { x: [1, 1, 4, 4] }),
    ).toThrow(/cannot be read/);
    rmSync(folder, { recursive: true });
  });
});
