/** What of a model is priced, what costs nothing, and what is not known: by operator, with shares. */

import type { GraphRun, Status } from "./analyse.js";

export interface OperatorCoverage {
  readonly op: string;
  readonly status: Status;
  readonly nodes: number;
  /** Share of all nodes. */
  readonly share: number;
  /** Why nodes are not known. */
  readonly reasons: readonly string[];
}

export interface CoverageShare {
  readonly nodes: number;
  readonly share: number;
}

export interface Coverage extends Readonly<Record<Status, CoverageShare>> {
  /** By operator and status, most frequent first. */
  readonly ops: readonly OperatorCoverage[];
}

interface Tally {
  readonly op: string;
  readonly status: Status;
  nodes: number;
  readonly reasons: Set<string>;
}

type Tallies = Record<Status, Map<string, Tally>>;

function tally(run: GraphRun, tallies: Tallies): void {
  for (const { kind, status, reason, bodies } of run.steps) {
    let found = tallies[status].get(kind);
    if (!found) {
      found = { op: kind, status, nodes: 0, reasons: new Set() };
      tallies[status].set(kind, found);
    }
    found.nodes++;
    if (reason) found.reasons.add(reason);
    for (const { run: body } of bodies) tally(body, tallies);
  }
}

/** Coverage of a run, bodies included; a body that is counted many times is one body. */
export function coverageOf(run: GraphRun): Coverage {
  const tallies: Tallies = { priced: new Map(), zero: new Map(), unknown: new Map() };
  tally(run, tallies);
  const list = Object.values(tallies).flatMap((byKind) => [...byKind.values()]);
  const all = list.reduce((n, t) => n + t.nodes, 0);
  const shareOf = (nodes: number) => (all === 0 ? 0 : nodes / all);
  const of = (status: Status): CoverageShare => {
    const nodes = list.reduce((n, t) => n + (t.status === status ? t.nodes : 0), 0);
    return { nodes, share: shareOf(nodes) };
  };
  return {
    priced: of("priced"),
    zero: of("zero"),
    unknown: of("unknown"),
    ops: list
      .sort((a, b) => b.nodes - a.nodes || (a.op < b.op ? -1 : 1))
      .map((t) => ({ ...t, share: shareOf(t.nodes), reasons: [...t.reasons] })),
  };
}
