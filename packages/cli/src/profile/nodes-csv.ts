/** The ledger as CSV: one row a node, numbers in full. */

import type { LedgerEntry } from "@frugal/core/costs";
import type { Subject } from "./subject.js";

type Cell = string | number | undefined;

const columns: readonly (readonly [name: string, cell: (e: LedgerEntry) => Cell])[] = [
  ["layer", (e) => e.path],
  ["operator", (e) => e.kind],
  ["phase", (e) => e.phase],
  ["status", (e) => e.detail?.status],
  ["macs", (e) => e.macs],
  ["valid_macs", (e) => e.detail?.validMacs],
  ["flops", (e) => 2 * e.macs],
  ["other_ops", (e) => e.otherOps],
  ["parameters", (e) => e.parameters],
  ["activations", (e) => e.detail?.activations],
  ["bytes_read", (e) => e.bytesRead],
  ["bytes_written", (e) => e.bytesWritten],
  ["inputs", (e) => e.detail?.inputs.join("; ")],
  ["outputs", (e) => e.detail?.outputs.join("; ")],
  ["reason", (e) => e.detail?.reason],
];

/** A spreadsheet takes a cell that begins so for a formula; names come from files of strangers. */
const FORMULA = /^[=+\-@\t\r]/;

function quote(cell: Cell): string {
  if (cell === undefined) return "";
  if (typeof cell === "number") return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** Rows of all models, the file in the first column. */
export function nodesCsv(subjects: readonly Subject[]): string {
  const head = ["model", ...columns.map(([name]) => name)];
  const rows = subjects.flatMap(({ profile }) =>
    profile.ledger.entries.map((e) => [profile.path, ...columns.map(([, cell]) => cell(e))]),
  );
  return `${[head, ...rows].map((row) => row.map(quote).join(",")).join("\n")}\n`;
}
