/** TensorBoard event files: scalar summaries in the Event protobuf message, framed as TFRecord. */

import { maskedCrc32c } from "./crc32c.js";
import { encodeUtf8 } from "./text.js";

export interface ScalarEvent {
  /** Seconds since 1970, given by the caller: the core has no clock. */
  readonly wallTime: number;
  readonly step: number;
  /** Tag to value, e.g. `{ "train/loss": 0.31 }`. NaN and infinity are kept. */
  readonly scalars: Readonly<Record<string, number>>;
}

// Wire types of protobuf: a field's key is (number << 3) | wire type.
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  out.push(rest);
  return out;
}

const key = (field: number, wire: number): number => (field << 3) | wire;

function double(field: number, value: number): number[] {
  const data = new DataView(new ArrayBuffer(8));
  data.setFloat64(0, value, true);
  return [key(field, FIXED64), ...new Uint8Array(data.buffer)];
}

function float(field: number, value: number): number[] {
  const data = new DataView(new ArrayBuffer(4));
  data.setFloat32(0, value, true);
  return [key(field, FIXED32), ...new Uint8Array(data.buffer)];
}

const bytesField = (field: number, bytes: ArrayLike<number>): number[] => [
  key(field, BYTES),
  ...varint(bytes.length),
  ...Array.from(bytes),
];

/** One TFRecord: length (u64), masked CRC of the length, the data, masked CRC of the data; little-endian. */
function frame(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, maskedCrc32c(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return record;
}

/**
 * The record that an event file must begin with.
 *
 * @example
 * // Begins every file; records of `tfeventsScalars` are appended to it.
 * const bytes = tfeventsHeader(1_700_000_000);
 */
export function tfeventsHeader(wallTime: number): Uint8Array<ArrayBuffer> {
  // Event: wall_time = 1 (double), file_version = 3 (string).
  return frame(
    Uint8Array.from([...double(1, wallTime), ...bytesField(3, encodeUtf8("brain.Event:2"))]),
  );
}

/**
 * One record with the scalars of a step, to be appended after the header.
 *
 * @example
 * tfeventsScalars({ wallTime: 1_700_000_000, step: 12, scalars: { "train/loss": 0.31 } })
 * @see https://github.com/tensorflow/tensorboard/blob/master/tensorboard/compat/proto/event.proto
 */
export function tfeventsScalars(event: ScalarEvent): Uint8Array<ArrayBuffer> {
  // Summary: repeated value = 1; Summary.Value: tag = 1 (string), simple_value = 2 (float).
  const summary = Object.entries(event.scalars).flatMap(([tag, value]) =>
    bytesField(1, [...bytesField(1, encodeUtf8(tag)), ...float(2, value)]),
  );
  // Event: wall_time = 1 (double), step = 2 (int64), summary = 5 (message).
  return frame(
    Uint8Array.from([
      ...double(1, event.wallTime),
      key(2, VARINT),
      ...varint(event.step),
      ...bytesField(5, summary),
    ]),
  );
}
