/** Append-only JSON lines, with a reader that survives a writer killed in the middle of a line. */

import { UserError } from "../base/index.js";
import { decodeUtf8, encodeUtf8 } from "./text.js";

const NEWLINE = 0x0a;

export interface JsonLines<T = unknown> {
  readonly records: readonly T[];
  /** Bytes up to and including the last newline: truncate to here before the next append. */
  readonly end: number;
}

/**
 * One record as bytes, newline included: append it with a single write.
 * Numbers that JSON cannot hold are an error, since they would silently become null.
 *
 * @example
 * new TextDecoder().decode(jsonLine({ step: 3, loss: 0.5 })) // '{"step":3,"loss":0.5}\n'
 */
export function jsonLine(record: object): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify(record, (name, value: unknown) => {
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new UserError("E_NUMERIC", `${value} cannot be written as JSON`, {
        where: `the record's field ${JSON.stringify(name)}`,
        allowed: "finite numbers",
        next: "find the first step at which the value was not finite",
      });
    }
    return value;
  });
  return encodeUtf8(`${text}\n`);
}

/**
 * The byte to which a file is truncated before the next append, so that an unterminated last line
 * never runs into the next record.
 *
 * @example
 * jsonLinesEnd(new TextEncoder().encode('{"a":1}\n{"a":')) // 8
 */
export const jsonLinesEnd = (bytes: Uint8Array): number => bytes.lastIndexOf(NEWLINE) + 1;

/**
 * The records of a file; an unterminated last line is ignored, blank lines are skipped, any other
 * line that is no JSON is an error that names it.
 *
 * @example
 * const bytes = new TextEncoder().encode('{"a":1}\n{"a":');
 * readJsonLines<{ a: number }>(bytes, "metrics.jsonl").records // [{ a: 1 }]
 */
export function readJsonLines<T = unknown>(bytes: Uint8Array, name: string): JsonLines<T> {
  const end = jsonLinesEnd(bytes);
  const records: T[] = [];
  for (let start = 0, line = 1; start < end; line++) {
    const stop = bytes.indexOf(NEWLINE, start);
    const text = decodeUtf8(bytes.subarray(start, stop))?.trim();
    start = stop + 1;
    if (text === "") continue;
    try {
      // Bytes that are not UTF-8 fail here too: "undefined" is no JSON.
      records.push(JSON.parse(String(text)) as T);
    } catch (cause) {
      throw new UserError("E_FILE", `line ${line} of ${name} is not JSON`, {
        where: `${name}:${line}`,
        allowed: "one JSON value a line, UTF-8",
        next: "repair or remove the line",
        cause,
      });
    }
  }
  return { records, end };
}
