/** IDX, the format of MNIST: big-endian magic and dimensions, then unsigned bytes. */

import { UserError } from "../base/index.js";
import { elementCount, formatShape, type Shape } from "../tensor/index.js";

export interface IdxFile {
  readonly shape: Shape;
  /** A view of the given bytes, not a copy. */
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/**
 * The array in an (unzipped) IDX file of unsigned bytes.
 *
 * @example
 * // Two zeros, type 8 (bytes), 1 dimension, of size 2.
 * readIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9), "labels-idx1-ubyte").shape // [2]
 */
export function readIdx(bytes: Uint8Array, name: string): IdxFile {
  const fail = (what: string, where: string, allowed: string): never => {
    throw new UserError("E_FILE", `${name} is not a usable IDX file: ${what}`, {
      where: `${name}, ${where}`,
      allowed,
      next: "fetch the file again, unchanged (the reader unpacks .gz by itself)",
    });
  };
  if (bytes.length < 4) {
    fail(
      `it ends after ${bytes.length} bytes`,
      "byte 0",
      "at least the 4 bytes of the magic number",
    );
  }
  const [zero0, zero1, type, rank] = bytes.subarray(0, 4) as unknown as [
    number,
    number,
    number,
    number,
  ];
  if (zero0 !== 0 || zero1 !== 0 || type !== UNSIGNED_BYTE || rank === 0) {
    const magic = Array.from(bytes.subarray(0, 4), (b) => b.toString(16).padStart(2, "0")).join(
      " ",
    );
    fail(`wrong magic number ${magic}`, "byte 0", "00 00 08 and the number of dimensions");
  }
  const start = 4 + 4 * rank;
  if (bytes.length < start) {
    fail(`it ends after ${bytes.length} bytes`, "byte 4", `${rank} dimensions of 4 bytes each`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const wanted = elementCount(shape);
  const found = bytes.length - start;
  if (found !== wanted) {
    const what = found < wanted ? "it is truncated" : "bytes follow the last element";
    fail(
      `${what}: ${found} data bytes for shape ${formatShape(shape)}`,
      `byte ${bytes.length}`,
      `${wanted} data bytes`,
    );
  }
  return { shape, data: bytes.subarray(start) };
}

/**
 * Images [n, height, width] of an IDX file, checked to be three-dimensional.
 *
 * @example
 * const header = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2];
 * readIdxImages(Uint8Array.of(...header, 5, 6), "images-idx3-ubyte").n // 1
 */
export function readIdxImages(
  bytes: Uint8Array,
  name: string,
): { n: number; height: number; width: number; images: Uint8Array } {
  const { shape, data } = readIdx(bytes, name);
  if (shape.length !== 3) throw wrongRank(name, shape, "images have 3: count, rows, columns");
  const [n, height, width] = shape as [number, number, number];
  return { n, height, width, images: data };
}

/**
 * Labels of an IDX file, checked to be one-dimensional and below `classes`.
 *
 * @example
 * const bytes = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9);
 * readIdxLabels(bytes, "labels-idx1-ubyte", { classes: 10 })[0] // 7
 */
export function readIdxLabels(
  bytes: Uint8Array,
  name: string,
  options: { readonly classes: number },
): Uint8Array {
  const { shape, data } = readIdx(bytes, name);
  if (shape.length !== 1) throw wrongRank(name, shape, "labels have 1: count");
  const bad = data.findIndex((label) => label >= options.classes);
  if (bad >= 0) {
    throw new UserError("E_DATA", `label ${data[bad]} in ${name} is out of range`, {
      where: `${name}, label ${bad}`,
      allowed: `0 to ${options.classes - 1}`,
      next: "check that the label file belongs to this data set",
    });
  }
  return data;
}

const wrongRank = (name: string, shape: Shape, allowed: string): UserError =>
  new UserError("E_FILE", `${name} has ${shape.length} dimensions: ${formatShape(shape)}`, {
    where: `${name}, byte 3`,
    allowed,
    next: "check that image and label files are not swapped",
  });
