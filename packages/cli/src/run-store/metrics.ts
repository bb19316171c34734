/** The measured values of a run over its steps, and what of them counts after a resume. */

import { join } from "node:path";
import { readLog } from "./log.js";
import type { RunRecord } from "./record.js";

export interface MetricRecord {
  readonly attempt: number;
  /** Steps complete when the value was measured, from 1. */
  readonly step: number;
  readonly epoch: number;
  /** Seconds since 1970. */
  readonly wall: number;
  readonly name: string;
  readonly value: number;
  readonly split: "train" | "validation" | "test";
  /** The exit that the value belongs to. */
  readonly exit?: string;
}

export interface EventRecord {
  readonly attempt: number;
  readonly step: number;
  readonly wall: number;
  readonly kind: "started" | "resumed" | "checkpoint" | "status" | "warning" | "evaluation";
  readonly [field: string]: unknown;
}

/** Leaves out what an older attempt recorded beyond the step at which a later one began again. */
export function countingRecords<R extends { readonly attempt: number; readonly step: number }>(
  records: readonly R[],
  restarts: RunRecord["restarts"],
): R[] {
  return records.filter((r) =>
    restarts.every(({ attempt, step }) => attempt <= r.attempt || r.step <= step),
  );
}

export const readMetrics = (folder: string, record: RunRecord): MetricRecord[] =>
  countingRecords(readLog<MetricRecord>(join(folder, "metrics.jsonl")), record.restarts);

export const readEvents = (folder: string, record: RunRecord): EventRecord[] =>
  countingRecords(readLog<EventRecord>(join(folder, "events.jsonl")), record.restarts);
