import { encode as encodePng, type ImageData } from "fast-png";
import jpeg from "jpeg-js";
import { describe, expect, it } from "vitest";
import { decodeImage } from "./decode-image.js";
import { loadDataset } from "./registry.js";
import { useTempFolder } from "./testing/temp-folder.js";

const png = (
  width: number,
  height: number,
  channels: number,
  data: number[],
  more: Partial<ImageData> = {},
) => encodePng({ width, height, channels, depth: 8, data: Uint8Array.from(data), ...more });

/** A JPEG of one colour. */
const flatJpeg = (
  width: number,
  height: number,
  rgb: readonly [number, number, number],
): Uint8Array => {
  const data = Buffer.from(Array.from({ length: width * height }, () => [...rgb, 255]).flat());
  return jpeg.encode({ width, height, data }, 100).data;
};

describe("decodeImage", () => {
  it("turns interleaved colours into planes", () => {
    expect(decodeImage(png(2, 1, 3, [1, 2, 3, 4, 5, 6]), "x")).toEqual({
      width: 2,
      height: 1,
      channels: 3,
      planes: Uint8Array.from([1, 4, 2, 5, 3, 6]),
    });
  });

  it("keeps grey as one plane, also where it is written as RGB", () => {
    expect(decodeImage(png(2, 1, 1, [7, 9]), "x").planes).toEqual(Uint8Array.from([7, 9]));
    expect(decodeImage(png(2, 1, 3, [7, 7, 7, 9, 9, 9]), "x").planes).toEqual(
      Uint8Array.from([7, 9]),
    );
  });

  it("drops an alpha channel that is opaque, and refuses one that is not", () => {
    expect(decodeImage(png(1, 1, 4, [1, 2, 3, 255]), "x").planes).toEqual(
      Uint8Array.from([1, 2, 3]),
    );
    expect(decodeImage(png(1, 1, 2, [8, 255]), "x").planes).toEqual(Uint8Array.from([8]));
    expect(() => decodeImage(png(1, 1, 4, [1, 2, 3, 254]), "x.png")).toThrow(
      /x.png is partly transparent/,
    );
  });

  it("cuts 16 bits to the upper 8", () => {
    const image = encodePng({
      width: 2,
      height: 1,
      channels: 1,
      depth: 16,
      data: Uint16Array.from([0x12ff, 0xff00]),
    });
    expect(decodeImage(image, "x").planes).toEqual(Uint8Array.from([0x12, 0xff]));
  });

  it("stretches grey of 1 bit to 0 and 255", () => {
    // Made by Pillow: Image.new("1", (9, 2)), pixels (0,0), (8,0) and (1,1) set.
    const made =
      "iVBORw0KGgoAAAANSUhEUgAAAAkAAAACAQAAAACiLct+AAAADklEQVR4nGNsYGBwYAAAAwwAwhlsgzQAAAAASUVORK5CYII=";
    const { width, planes } = decodeImage(Buffer.from(made, "base64"), "x");
    expect(width).toBe(9);
    expect([...planes].map((v) => v / 255)).toEqual([
      1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it("reads JPEG", () => {
    const { width, height, channels, planes } = decodeImage(flatJpeg(3, 2, [200, 30, 90]), "x");
    expect([width, height, channels]).toEqual([3, 2, 3]);
    // Lossy: within two steps.
    for (const [c, value] of [200, 30, 90].entries()) {
      for (let i = 0; i < 6; i++)
        expect(Math.abs(planes[c * 6 + i]! - value)).toBeLessThanOrEqual(2);
    }
  });

  it.each([
    ["a cut PNG", png(2, 1, 1, [7, 9]).subarray(0, 40)],
    ["a cut JPEG", flatJpeg(16, 16, [1, 2, 3]).subarray(0, 100)],
    ["a text file", new TextEncoder().encode("not an image")],
    ["an empty file", new Uint8Array(0)],
  ])("refuses %s and names it", (_, bytes) => {
    expect(() => decodeImage(bytes, "cat/3.png")).toThrow(
      expect.objectContaining({ code: "E_DATA", where: "cat/3.png" }),
    );
  });
});

describe("an image folder", () => {
  const temp = useTempFolder();

  it("has its folders as classes in sorted order", async () => {
    temp.write("zebra/1.png", png(1, 2, 1, [5, 6]));
    temp.write("ant/b.PNG", png(1, 2, 1, [3, 4]));
    temp.write("ant/a.png", png(1, 2, 1, [1, 2]));
    temp.write("ant/notes.txt", "left alone");
    temp.write(".cache/x/1.png", "left alone");
    const { classes, inputShape, train, test } = await loadDataset("images", { from: temp.path() });
    expect(classes).toEqual(["ant", "zebra"]);
    expect(inputShape).toEqual([1, 2, 1]);
    expect([...train.images]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...train.labels]).toEqual([0, 0, 1]);
    expect(test).toBeUndefined();
  });

  it("takes train and test folders as they are", async () => {
    temp.write("train/a/1.png", png(1, 1, 1, [1]));
    temp.write("train/b/1.png", png(1, 1, 1, [2]));
    temp.write("test/b/1.png", png(1, 1, 1, [3]));
    temp.write("test/a/1.jpg", flatJpeg(1, 1, [9, 9, 9]));
    const { test } = await loadDataset("images", { from: temp.path() });
    expect([...test!.images]).toEqual([9, 3]);
  });

  it("becomes RGB where one image has colours, unless grey is asked for", async () => {
    temp.write("a/1.png", png(1, 1, 1, [7]));
    temp.write("b/1.png", png(1, 1, 3, [1, 2, 3]));
    const { inputShape, train } = await loadDataset("images", { from: temp.path() });
    expect(inputShape).toEqual([3, 1, 1]);
    expect([...train.images]).toEqual([7, 7, 7, 1, 2, 3]);
    await expect(
      loadDataset("images", { from: temp.path(), colour: "grey" }),
    ).rejects.toMatchObject({
      code: "E_DATA",
      where: temp.path("b", "1.png"),
    });
  });

  it("names the first image of another size", async () => {
    temp.write("a/1.png", png(1, 2, 1, [1, 2]));
    temp.write("a/2.png", png(2, 1, 1, [1, 2]));
    await expect(loadDataset("images", { from: temp.path() })).rejects.toMatchObject({
      code: "E_DATA",
      what: `${temp.path("a", "2.png")} is 2x1`,
      allowed: `1x2, as ${temp.path("a", "1.png")}`,
    });
  });

  it("refuses an empty folder, an empty class, a test class without training images, and no folder", async () => {
    const load = () => loadDataset("images", { from: temp.path("set") });
    await expect(load()).rejects.toMatchObject({ code: "E_FILE", where: temp.path("set") });
    temp.write("set/readme.txt", "x");
    await expect(load()).rejects.toThrow(/set is empty/);
    temp.write("set/train/a/readme.txt", "x");
    await expect(load()).rejects.toMatchObject({
      code: "E_DATA",
      where: temp.path("set", "train", "a"),
    });
    temp.write("set/train/a/1.png", png(1, 1, 1, [1]));
    temp.write("set/test/b/1.png", png(1, 1, 1, [1]));
    await expect(load()).rejects.toThrow(/class b has no training images/);
  });
});
