import { describe, expect, it } from "vitest";
import { readIdx, readIdxImages, readIdxLabels } from "./idx.js";

const images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3];
const twoImages = Uint8Array.from([...images, 1, 2, 3, 4, 5, 6]);
const labels = Uint8Array.from([0, 0, 8, 1, 0, 0, 0, 3, 7, 0, 9]);

describe("IDX", () => {
  it("reads images as count, height, width and bytes", () => {
    expect(readIdxImages(twoImages, "x")).toEqual({
      n: 2,
      height: 1,
      width: 3,
      images: Uint8Array.from([1, 2, 3, 4, 5, 6]),
    });
  });

  it("reads labels", () => {
    expect(readIdxLabels(labels, "y", { classes: 10 })).toEqual(Uint8Array.from([7, 0, 9]));
  });

  it("reads a file that lies at an odd offset of a larger buffer", () => {
    const padded = Uint8Array.from([255, ...twoImages]);
    expect(readIdx(padded.subarray(1), "x").shape).toEqual([2, 1, 3]);
  });

  it.each([
    ["an empty file", [], /ends after 0 bytes/],
    ["another magic number", [0x1f, 0x8b, 8, 0], /wrong magic number 1f 8b 08 00/],
    ["floats", [0, 0, 0x0d, 1, 0, 0, 0, 0], /wrong magic number 00 00 0d 01/],
    ["a file cut inside its dimensions", images.slice(0, 10), /ends after 10 bytes/],
    [
      "a file cut inside its data",
      [...images, 1, 2, 3],
      /truncated: 3 data bytes for shape \[2, 1, 3\]/,
    ],
    ["a file with more data than its shape", [...images, 1, 2, 3, 4, 5, 6, 7], /bytes follow/],
    ["dimensions beyond memory", [0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255], /truncated/],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => readIdx(Uint8Array.from(bytes), "f.idx")).toThrow(message);
    expect(() => readIdx(Uint8Array.from(bytes), "f.idx")).toThrow(
      expect.objectContaining({ code: "E_FILE", where: expect.stringContaining("f.idx, byte") }),
    );
  });

  it("names the first label that is out of range", () => {
    expect(() => readIdxLabels(labels, "y", { classes: 9 })).toThrow(
      expect.objectContaining({ code: "E_DATA", where: "y, label 2", allowed: "0 to 8" }),
    );
  });

  it("refuses labels where images belong, and the other way round", () => {
    expect(() => readIdxImages(labels, "y")).toThrow(/1 dimensions: \[3\]/);
    expect(() => readIdxLabels(twoImages, "x", { classes: 10 })).toThrow(
      /3 dimensions: \[2, 1, 3\]/,
    );
  });
});
