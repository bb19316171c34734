/** safetensors: an 8-byte header length, a JSON header, raw little-endian tensors. */

import { assert, UserError } from "../base/index.js";
import {
  bytesPerElement,
  type DType,
  elementCount,
  elementsIn,
  formatShape,
  type HostTensor,
  type Shape,
  type TensorData,
  tensor,
} from "../tensor/index.js";
import { decodeUtf8, encodeUtf8 } from "./text.js";

export interface SafetensorsFile {
  readonly tensors: ReadonlyMap<string, HostTensor>;
  /** The `__metadata__` entry: free text by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

const codeOf: Readonly<Record<DType, string>> = {
  float32: "F32",
  float64: "F64",
  int8: "I8",
  uint8: "U8",
  int32: "I32",
  int64: "I64",
  bool: "BOOL",
};
const dtypeOf = new Map(Object.entries(codeOf).map(([dtype, code]) => [code, dtype as DType]));

/** The order of the reference implementation, so that equal tensors give equal files. */
const byStorage: readonly DType[] = [
  "int64",
  "float64",
  "float32",
  "int32",
  "int8",
  "uint8",
  "bool",
];
const storageOrder = (t: HostTensor): number => byStorage.indexOf(t.dtype);

/** The limit of the reference implementation: a header is small, whatever the file claims. */
const MAX_HEADER_BYTES = 100_000_000;

const METADATA = "__metadata__";

/**
 * The file that holds these tensors. Tensors are stored with the widest elements first, then by name,
 * and the header is padded to 8 bytes, so that every tensor is aligned in a mapped file; the bytes are
 * those that the reference implementation writes.
 *
 * @example
 * writeSafetensors({ "fc.bias": tensor("float32", [2], [0, 1]) }, { metadata: { format: "pt" } })
 * @see https://github.com/huggingface/safetensors#format
 */
export function writeSafetensors(
  tensors: ReadonlyMap<string, HostTensor> | Readonly<Record<string, HostTensor>>,
  options: { readonly metadata?: Readonly<Record<string, string>> } = {},
): Uint8Array<ArrayBuffer> {
  const named = [...(tensors instanceof Map ? tensors : Object.entries(tensors))] as [
    string,
    HostTensor,
  ][];
  named.sort(([a, s], [b, t]) => storageOrder(s) - storageOrder(t) || (a < b ? -1 : 1));
  const fields: [string, unknown][] = options.metadata ? [[METADATA, options.metadata]] : [];
  let offset = 0;
  for (const [name, t] of named) {
    assert(name !== METADATA, `a tensor is named ${METADATA}`);
    const end = offset + t.data.byteLength;
    fields.push([name, { dtype: codeOf[t.dtype], shape: t.shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  // Built field by field, since an object would put names such as "0" before the others.
  const json = `{${fields.map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`).join(",")}}`;
  const header = encodeUtf8(json);
  const headerLength = Math.ceil(header.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.fill(0x20, 8, 8 + headerLength).set(header, 8);
  let at = 8 + headerLength;
  for (const [, { data }] of named) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return file;
}

/**
 * The tensors of a file, copied out of `bytes`. Every byte must belong to exactly one tensor.
 *
 * @example
 * const bytes = writeSafetensors({ "fc.bias": tensor("float32", [2], [0, 1]) });
 * readSafetensors(bytes, "model.safetensors").tensors.get("fc.bias")?.data // Float32Array [0, 1]
 */
export function readSafetensors(bytes: Uint8Array, name: string): SafetensorsFile {
  const fail = (what: string, where: string, allowed: string): UserError =>
    new UserError("E_FILE", `${name} is not a usable safetensors file: ${what}`, {
      where: `${name}, ${where}`,
      allowed,
      next: "write or fetch the file again",
    });

  const { header, dataStart } = readHeader(bytes, fail);
  const dataLength = bytes.length - dataStart;
  const entries: Entry[] = [];
  let metadata: Record<string, string> = {};
  for (const [key, value] of Object.entries(header)) {
    if (key === METADATA) {
      if (!isRecord(value) || !Object.values(value).every((v) => typeof v === "string")) {
        throw fail(
          "its metadata is not a map of texts",
          METADATA,
          "an object whose values are strings",
        );
      }
      metadata = value as Record<string, string>;
    } else {
      entries.push(readEntry(key, value, fail));
    }
  }

  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  const tensors = new Map<string, HostTensor>();
  let expected = 0;
  for (const { key, dtype, shape, begin, end } of entries) {
    const where = `tensor "${key}"`;
    if (end > dataLength) {
      const what = `it is truncated: data ends at ${dataLength}, a tensor at ${end}`;
      throw fail(what, where, `offsets up to ${dataLength}`);
    }
    if (begin !== expected) {
      const what = begin < expected ? "two tensors overlap" : "bytes belong to no tensor";
      throw fail(`${what} at data offset ${begin}`, where, `a tensor that begins at ${expected}`);
    }
    // A copy, since a typed array must begin at a multiple of its element size. Not by slice(): a Node Buffer's is a view.
    const copy = new Uint8Array(bytes.subarray(dataStart + begin, dataStart + end));
    if (dtype === "bool" && copy.some((v) => v > 1)) {
      throw fail("a BOOL tensor holds other values", where, "bytes 0 and 1");
    }
    tensors.set(key, tensor(dtype, shape, viewAs(dtype, copy)));
    expected = end;
  }
  if (expected !== dataLength) {
    throw fail(
      `${dataLength - expected} bytes follow the last tensor`,
      `data offset ${expected}`,
      "no other bytes",
    );
  }
  return { tensors, metadata };
}

type Fail = (what: string, where: string, allowed: string) => UserError;

interface Entry {
  readonly key: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((v) => Number.isSafeInteger(v) && v >= 0);

function readHeader(bytes: Uint8Array, fail: Fail) {
  if (bytes.length < 8) {
    throw fail(`it ends after ${bytes.length} bytes`, "byte 0", "8 bytes of header length");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Compared as a bigint: the claimed length may be any 64-bit number.
  const claimed = view.getBigUint64(0, true);
  const limit = Math.min(MAX_HEADER_BYTES, bytes.length - 8);
  if (claimed > BigInt(limit)) {
    throw fail(`it claims a header of ${claimed} bytes`, "byte 0", `at most ${limit} bytes`);
  }
  const dataStart = 8 + Number(claimed);
  let header: unknown;
  try {
    header = JSON.parse(String(decodeUtf8(bytes.subarray(8, dataStart))));
  } catch {
    throw fail("its header is not JSON", "byte 8", "a UTF-8 JSON object");
  }
  if (!isRecord(header)) throw fail("its header is not an object", "byte 8", "a JSON object");
  return { header, dataStart };
}

function readEntry(key: string, value: unknown, fail: Fail): Entry {
  const where = `tensor "${key}"`;
  if (!isRecord(value))
    throw fail("a header entry is malformed", where, "dtype, shape and data_offsets");
  const { dtype: code, shape, data_offsets: offsets } = value;
  const dtype = dtypeOf.get(String(code));
  if (dtype === undefined) {
    throw fail(
      `element type ${String(code)} is not supported`,
      where,
      [...dtypeOf.keys()].join(", "),
    );
  }
  if (!isSizes(shape)) throw fail("a shape is malformed", where, "a list of whole numbers >= 0");
  if (!isSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw fail("data_offsets are malformed", where, "[begin, end] with 0 <= begin <= end");
  }
  const [begin, end] = offsets as [number, number];
  const wanted = elementCount(shape) * bytesPerElement(dtype);
  if (end - begin !== wanted) {
    throw fail(
      `${end - begin} bytes for ${code} of shape ${formatShape(shape)}`,
      where,
      `${wanted} bytes`,
    );
  }
  return { key, dtype, shape, begin, end };
}

const viewAs = (dtype: DType, copy: Uint8Array<ArrayBuffer>): TensorData =>
  elementsIn(dtype, copy.buffer);
