/** The binary version of CIFAR-10: records of a label byte and 3 x 32 x 32 pixels, plane by plane. */

import { UserError } from "../base/index.js";

const PIXELS = 3 * 32 * 32;
/** Bytes of one record: the label, then 1024 red, 1024 green and 1024 blue values, row by row. */
export const CIFAR10_RECORD_BYTES = 1 + PIXELS;

export interface CifarFile {
  readonly n: number;
  /** [n, 3, 32, 32] */
  readonly images: Uint8Array<ArrayBuffer>;
  readonly labels: Uint8Array<ArrayBuffer>;
}

/**
 * Images and labels of one (unzipped) CIFAR-10 batch file.
 *
 * @example
 * // One record: a label, then 3 x 32 x 32 pixels.
 * readCifar10(new Uint8Array(CIFAR10_RECORD_BYTES).fill(7), "data_batch_1.bin").images.length // 3072
 * @see https://www.cs.toronto.edu/~kriz/cifar.html
 */
export function readCifar10(bytes: Uint8Array, name: string): CifarFile {
  const n = Math.floor(bytes.length / CIFAR10_RECORD_BYTES);
  if (n === 0 || bytes.length % CIFAR10_RECORD_BYTES !== 0) {
    throw new UserError(
      "E_FILE",
      `${name} is not a usable CIFAR-10 file: it has ${bytes.length} bytes`,
      {
        where: `${name}, byte ${n * CIFAR10_RECORD_BYTES}`,
        allowed: `one or more whole records of ${CIFAR10_RECORD_BYTES} bytes ("binary version")`,
        next: "fetch the file again: it is truncated or not a binary batch",
      },
    );
  }
  const images = new Uint8Array(n * PIXELS);
  const labels = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const start = i * CIFAR10_RECORD_BYTES;
    const label = bytes[start]!;
    if (label > 9) {
      throw new UserError("E_DATA", `label ${label} in ${name} is out of range`, {
        where: `${name}, record ${i}, byte ${start}`,
        allowed: "0 to 9",
        next: "check that this is a CIFAR-10 file (CIFAR-100 has two label bytes a record)",
      });
    }
    labels[i] = label;
    images.set(bytes.subarray(start + 1, start + CIFAR10_RECORD_BYTES), i * PIXELS);
  }
  return { n, images, labels };
}
