import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HostTensor, tensor } from "../tensor/index.js";
import { readSafetensors, writeSafetensors } from "./safetensors.js";

/** Written by the Python package safetensors 0.8.0 (safetensors.numpy.save) from `reference` below. */
const golden = Uint8Array.from(
  Buffer.from(
    "4AEAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJmb3JtYXQiOiJucCJ9LCJuIjp7ImR0eXBlIjoiSTY0Iiwic2hhcGUiOlsyXSwiZGF0YV9v" +
      "ZmZzZXRzIjpbMCwxNl19LCJkIjp7ImR0eXBlIjoiRjY0Iiwic2hhcGUiOlsxXSwiZGF0YV9vZmZzZXRzIjpbMTYsMjRdfSwiZSI6eyJk" +
      "dHlwZSI6IkYzMiIsInNoYXBlIjpbMCwzXSwiZGF0YV9vZmZzZXRzIjpbMjQsMjRdfSwidyI6eyJkdHlwZSI6IkYzMiIsInNoYXBlIjpb" +
      "MiwyXSwiZGF0YV9vZmZzZXRzIjpbMjQsNDBdfSwiaSI6eyJkdHlwZSI6IkkzMiIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzQw" +
      "LDQ0XX0sImIiOnsiZHR5cGUiOiJJOCIsInNoYXBlIjpbMV0sImRhdGFfb2Zmc2V0cyI6WzQ0LDQ1XX0sInUiOnsiZHR5cGUiOiJVOCIs" +
      "InNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0cyI6WzQ1LDQ3XX0sIm0iOnsiZHR5cGUiOiJCT09MIiwic2hhcGUiOlszXSwiZGF0YV9vZmZz" +
      "ZXRzIjpbNDcsNTBdfX0gICAgICAHAAAAAAAAAPf/////////mpmZmZmZuT8AAMA/AAAAwAAAgD4AAEBA+/////8B/wEAAQ==",
    "base64",
  ),
);
const reference: Record<string, HostTensor> = {
  w: tensor("float32", [2, 2], [1.5, -2, 0.25, 3]),
  n: tensor("int64", [2], [7, -9]),
  m: tensor("bool", [3], [1, 0, 1]),
  u: tensor("uint8", [2], [1, 255]),
  b: tensor("int8", [1], [-1]),
  i: tensor("int32", [1], [-5]),
  d: tensor("float64", [1], [0.1]),
  e: tensor("float32", [0, 3], []),
};

/** A file with this header text and this many data bytes. */
function file(header: string, dataBytes: number, claimed = header.length): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(claimed), true);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytes;
}
const entry = (dtype: string, shape: number[], begin: number, end: number): string =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

describe("safetensors", () => {
  it("reads a Node Buffer that is part of a larger one, as readFileSync gives", () => {
    const part = Buffer.concat([Buffer.from([1, 2, 3]), golden]).subarray(3);
    expect(readSafetensors(part, "x").tensors.get("w")).toEqual(reference.w);
  });

  it("writes the very bytes that the Python package writes", () => {
    expect(Buffer.from(writeSafetensors(reference, { metadata: { format: "np" } }))).toEqual(
      Buffer.from(golden),
    );
  });

  it("reads the file of the Python package, every element type, from any byte offset", () => {
    const shifted = new Uint8Array(golden.length + 3);
    shifted.set(golden, 3);
    const { tensors, metadata } = readSafetensors(shifted.subarray(3), "golden");
    expect(Object.fromEntries(tensors)).toEqual(reference);
    expect(metadata).toEqual({ format: "np" });
  });

  it("aligns every tensor to its element size", () => {
    const bytes = writeSafetensors({
      a: tensor("uint8", [3], [1, 2, 3]),
      z: tensor("float64", [1], [1]),
    });
    const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(headerLength % 8).toBe(0);
    expect(new DataView(bytes.buffer).getFloat64(8 + headerLength, true)).toBe(1);
  });

  it("returns what was written, for any names and shapes", () => {
    const one = fc.record({
      name: fc.string({ minLength: 1 }).filter((n) => n !== "__metadata__"),
      shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
      dtype: fc.constantFrom("float32" as const, "int64" as const, "uint8" as const),
    });
    fc.assert(
      fc.property(fc.uniqueArray(one, { selector: (t) => t.name }), (list) => {
        const tensors = new Map<string, HostTensor>(
          list.map(({ name, shape, dtype }) => {
            const count = shape.reduce((n, d) => n * d, 1);
            return [
              name,
              tensor(
                dtype,
                shape,
                Array.from({ length: count }, (_, i) => i + 1),
              ),
            ];
          }),
        );
        const read = readSafetensors(writeSafetensors(tensors), "x").tensors;
        expect(new Set(read.keys())).toEqual(new Set(tensors.keys()));
        for (const [name, t] of tensors) expect(read.get(name)).toEqual(t);
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  const f32 = entry("F32", [2], 0, 8);
  it.each([
    ["a file of 5 bytes", new Uint8Array(5), /ends after 5 bytes/],
    ["a header longer than the file", file("{}", 0, 1000), /claims a header of 1000 bytes/],
    [
      "a hostile header length",
      file("{}", 0, 2 ** 62),
      /claims a header of 4611686018427387904 bytes/,
    ],
    ["a header that is no JSON", file("{nope", 0), /not JSON/],
    ["a header that is a list", file("[1]", 0), /not an object/],
    ["metadata that is no text", file('{"__metadata__":{"a":1}}', 0), /not a map of texts/],
    ["an entry that is no object", file('{"a":3}', 0), /entry is malformed/],
    [
      "an unknown element type",
      file(`{"a":${entry("F16", [2], 0, 4)}}`, 4),
      /F16 is not supported/,
    ],
    ["a negative dimension", file(`{"a":${entry("F32", [-2], 0, 8)}}`, 8), /shape is malformed/],
    ["a fractional offset", file(`{"a":${entry("F32", [2], 0.5, 8.5)}}`, 9), /data_offsets/],
    ["offsets in the wrong order", file(`{"a":${entry("F32", [2], 8, 0)}}`, 8), /data_offsets/],
    [
      "offsets that contradict the shape",
      file(`{"a":${entry("F32", [3], 0, 8)}}`, 8),
      /8 bytes for F32/,
    ],
    ["truncated data", file(`{"a":${f32}}`, 7), /truncated/],
    ["overlapping tensors", file(`{"a":${f32},"b":${entry("F32", [2], 4, 12)}}`, 12), /overlap/],
    ["a hole", file(`{"a":${f32},"b":${entry("F32", [1], 12, 16)}}`, 16), /belong to no tensor/],
    ["bytes after the last tensor", file(`{"a":${f32}}`, 9), /1 bytes follow/],
    [
      "a repeated name",
      file(`{"a":${f32},"a":${entry("F32", [2], 8, 16)}}`, 16),
      /belong to no tensor/,
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => readSafetensors(bytes, "m.safetensors")).toThrow(message);
    expect(() => readSafetensors(bytes, "m.safetensors")).toThrow(
      expect.objectContaining({ code: "E_FILE", where: expect.stringContaining("m.safetensors") }),
    );
  });

  it("refuses BOOL bytes other than 0 and 1", () => {
    const bytes = file(`{"a":${entry("BOOL", [1], 0, 1)}}`, 1);
    bytes[bytes.length - 1] = 2;
    expect(() => readSafetensors(bytes, "m")).toThrow(/BOOL tensor holds other values/);
  });

  it("never crashes in another way on damaged files", () => {
    fc.assert(
      fc.property(fc.nat(golden.length - 1), fc.integer({ min: 0, max: 255 }), (at, value) => {
        const damaged = golden.slice();
        damaged[at] = value;
        try {
          readSafetensors(damaged, "damaged");
        } catch (error) {
          expect(error).toMatchObject({ name: "UserError", code: "E_FILE" });
        }
      }),
      { seed: 11, numRuns: 500 },
    );
  });
});
