/** What is priced, what costs nothing and what is not known, with the share of each, and what was taken for granted. */

import type { Profile } from "@frugal/core/costs";
import { formatTable } from "../app/format.js";
import { fit, printable, share, short } from "./amounts.js";
import { wrap } from "./totals-table.js";

interface OperatorSums {
  readonly kind: string;
  nodes: number;
  macs: number;
  otherOps: number;
  bytesMoved: number;
}

/** Work by operator, the heaviest first. */
export function operatorSums({ ledger }: Profile): readonly OperatorSums[] {
  const byKind = new Map<string, OperatorSums>();
  for (const e of ledger.entries) {
    let sums = byKind.get(e.kind);
    if (!sums) {
      sums = { kind: e.kind, nodes: 0, macs: 0, otherOps: 0, bytesMoved: 0 };
      byKind.set(e.kind, sums);
    }
    sums.nodes++;
    sums.macs += e.macs;
    sums.otherOps += e.otherOps;
    sums.bytesMoved += e.bytesRead + e.bytesWritten;
  }
  return [...byKind.values()]
    .filter((s) => s.macs + s.otherOps + s.bytesMoved > 0)
    .sort((a, b) => b.macs - a.macs || b.otherOps - a.otherOps || b.bytesMoved - a.bytesMoved);
}

const MOST_OPERATORS = 8;

/** A short table of the operators that do the work. */
export function operatorTable(profile: Profile, { width }: { readonly width: number }): string {
  const all = operatorSums(profile);
  const { macs, bytesRead, bytesWritten } = profile.ledger.total;
  const dash = (value: number, unit = "") => (value === 0 ? "–" : short(value, unit));
  const moved = bytesRead + bytesWritten;
  const isWide = width >= 80;
  const columns: readonly (readonly [string, (s: OperatorSums) => string])[] = [
    ["nodes", (s) => String(s.nodes)],
    ["MACs", (s) => dash(s.macs)],
    ["share", (s) => share(s.macs, macs)],
    ...(isWide ? [["other ops", (s: OperatorSums) => dash(s.otherOps)] as const] : []),
    ["moved", (s) => dash(s.bytesMoved, "B")],
    ...(isWide ? [["share", (s: OperatorSums) => share(s.bytesMoved, moved)] as const] : []),
  ];
  const table = formatTable(
    [{ title: "operator" }, ...columns.map(([title]) => ({ title, align: "right" }) as const)],
    all
      .slice(0, MOST_OPERATORS)
      .map((s) => [fit(printable(s.kind), 26), ...columns.map(([, cell]) => cell(s))]),
  ).replace(/^[- ]+$/m, (rule) => "─".repeat(rule.length));
  const more = all.length - MOST_OPERATORS;
  return more > 0 ? `${table}\n(${more} more operators with less work)` : table;
}

/** One line on the whole, one for each operator that could not be counted, then the assumptions. */
export function coverageText(
  { coverage, assumptions }: Profile,
  { width }: { readonly width: number },
): string {
  const { priced, zero, unknown, ops } = coverage;
  const part = (n: { nodes: number; share: number }, word: string) =>
    `${n.nodes} ${word} (${share(n.share, 1)})`;
  const summary = `${part(priced, "nodes counted")}, ${part(zero, "cost nothing")}, ${
    unknown.nodes === 0 ? "none unknown" : part(unknown, "unknown")
  }`;
  const lines = wrap(summary, width - 10).map(
    (line, i) => `${i === 0 ? "Coverage  " : " ".repeat(10)}${line}`,
  );
  for (const op of ops.filter((o) => o.status === "unknown")) {
    const why = `${op.op} ×${op.nodes} is not in the totals: ${op.reasons.join("; ")}`;
    lines.push(...hanging(why, width));
  }
  if (assumptions.length > 0) {
    lines.push("Taken for granted");
    for (const text of assumptions) lines.push(...hanging(text, width));
  }
  return lines.join("\n");
}

function hanging(text: string, width: number): readonly string[] {
  return wrap(printable(text), width - 4).map((line, i) => `${i === 0 ? "  - " : "    "}${line}`);
}
