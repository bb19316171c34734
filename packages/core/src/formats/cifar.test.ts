import { describe, expect, it } from "vitest";
import { readCifar10 } from "./cifar.js";

/** Record r: the label, then red planes of r, green of r + 1, blue of r + 2. */
const record = (label: number, r: number): number[] => [
  label,
  ...[r, r + 1, r + 2].flatMap((value) => new Array<number>(1024).fill(value)),
];

describe("CIFAR-10 binary", () => {
  it("splits records of 3073 bytes into labels and planes", () => {
    const { n, images, labels } = readCifar10(
      Uint8Array.from([...record(9, 10), ...record(0, 20)]),
      "b",
    );
    expect(n).toBe(2);
    expect(labels).toEqual(Uint8Array.from([9, 0]));
    expect(images.length).toBe(2 * 3072);
    expect([0, 1023, 1024, 2048, 3072, 6143].map((i) => images[i])).toEqual([
      10, 10, 11, 12, 20, 22,
    ]);
  });

  it("refuses a file that ends inside a record, and names the byte", () => {
    const bytes = Uint8Array.from([...record(1, 0), 3, 4]);
    expect(() => readCifar10(bytes, "b.bin")).toThrow(
      expect.objectContaining({ code: "E_FILE", where: "b.bin, byte 3073" }),
    );
  });

  it("refuses an empty file", () => {
    expect(() => readCifar10(new Uint8Array(0), "b.bin")).toThrow(/it has 0 bytes/);
  });

  it("refuses a label above 9, and names the record", () => {
    const bytes = Uint8Array.from([...record(1, 0), ...record(10, 0)]);
    expect(() => readCifar10(bytes, "b.bin")).toThrow(
      expect.objectContaining({ code: "E_DATA", where: "b.bin, record 1, byte 3073" }),
    );
  });
});
