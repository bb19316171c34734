/** The work ledger: what every node of a graph costs, and how much of it is really done. */

import { type Bytes, bytes, type Macs, macs } from "../base/index.js";
import type { Graph, Node, Phase, Value } from "../graph/index.js";
import { elementCount } from "../tensor/index.js";
import type { ElementCounts, MacKind } from "./onnx/work.js";

/** What is known of an entry beyond its totals; of graphs read from files. */
export interface WorkDetail {
  /** Without products that have a padding zero as an operand. */
  readonly validMacs: Macs;
  readonly macKind?: MacKind;
  /** Elements by class of operation: what the numbers of other tools are computed from. */
  readonly elements: ElementCounts;
  /** Output elements, where the entry multiplies. */
  readonly activations: number;
  /** Counted; nothing to count; or not known, with the reason. */
  readonly status: "priced" | "zero" | "unknown";
  readonly reason?: string;
  /** Types and shapes, for tables. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface LedgerEntry {
  /** Layer path, as in `layer1.0.conv1`. */
  readonly path: string;
  /** Kind of the op. */
  readonly kind: string;
  readonly phase: Phase;
  readonly macs: Macs;
  /** Arithmetic that is no multiply-accumulate: comparisons, exponentials, divisions. */
  readonly otherOps: number;
  /** Trainable numbers read here for the first time: a shared weight is counted once. */
  readonly parameters: number;
  readonly bytesRead: Bytes;
  readonly bytesWritten: Bytes;
  /** The part of a network that runs or does not run as a whole; absent where there are no stages. */
  readonly stage?: string;
  /** Share of the work that is done, in [0, 1]: a scalar, or one per sample. Absent: all of it, always. */
  readonly activity?: Value;
  readonly detail?: WorkDetail;
}

export interface LedgerTotals {
  readonly macs: Macs;
  readonly otherOps: number;
  readonly parameters: number;
  readonly bytesRead: Bytes;
  readonly bytesWritten: Bytes;
}

/** Totals are at full activity. */
export interface Ledger {
  readonly entries: readonly LedgerEntry[];
  readonly total: LedgerTotals;
}

export interface LedgerOptions {
  /** Which graph inputs are trainable: `traced.parameters.map((p) => p.value)`. Default none. */
  readonly parameters?: Iterable<Value>;
  /** Name of the stage a node belongs to. */
  readonly stage?: (node: Node) => string | undefined;
}

const nothing: LedgerTotals = {
  macs: macs(0),
  otherOps: 0,
  parameters: 0,
  bytesRead: bytes(0),
  bytesWritten: bytes(0),
};

/**
 * A ledger over given entries.
 *
 * @example
 * ledgerFrom([]).total.macs // 0
 */
export function ledgerFrom(entries: readonly LedgerEntry[]): Ledger {
  const total = entries.reduce(
    (sum, e) => ({
      macs: macs(sum.macs + e.macs),
      otherOps: sum.otherOps + e.otherOps,
      parameters: sum.parameters + e.parameters,
      bytesRead: bytes(sum.bytesRead + e.bytesRead),
      bytesWritten: bytes(sum.bytesWritten + e.bytesWritten),
    }),
    nothing,
  );
  return { entries, total };
}

/**
 * The ledger of a graph at its static shapes. For costs per sample, trace with batch size 1.
 *
 * Graph inputs and constants have no entry: they do no work; their bytes are counted where they are read.
 *
 * @example
 * const x = input("x", [1, 784]);
 * ledgerOf(buildGraph({ y: matmul(x, input("w", [784, 10])) })).total.macs // 7840
 */
export function ledgerOf(source: Graph | readonly Node[], options: LedgerOptions = {}): Ledger {
  const unread = new Set(options.parameters ?? []);
  const nodes = "nodes" in source ? source.nodes : source;
  const entries = nodes.flatMap((node): LedgerEntry[] => {
    if (node.inputs.length === 0) return [];
    const work = node.op.work(node);
    let parameters = 0;
    for (const value of node.inputs) {
      if (unread.delete(value)) parameters += elementCount(value.shape);
    }
    const stage = options.stage?.(node);
    return [
      {
        path: node.path,
        kind: node.op.kind,
        phase: node.phase,
        macs: macs(work.macs),
        otherOps: work.otherOps,
        parameters,
        bytesRead: bytes(work.bytesRead),
        bytesWritten: bytes(work.bytesWritten),
        ...(stage === undefined ? {} : { stage }),
      },
    ];
  });
  return ledgerFrom(entries);
}

/**
 * Whether a layer path lies at or below `prefix`; the empty prefix holds everything.
 *
 * @example
 * isUnder("layer1.0.conv1", "layer1") // true
 * isUnder("layer10.conv", "layer1") // false
 */
export const isUnder = (path: string, prefix: string): boolean =>
  prefix === "" || path === prefix || path.startsWith(`${prefix}.`);

/**
 * The part of a ledger at and below a layer path.
 *
 * @example
 * underPath(exitLedger(traced), "hidden0").total.macs // 32
 */
export const underPath = (ledger: Ledger, prefix: string): Ledger =>
  ledgerFrom(ledger.entries.filter((e) => isUnder(e.path, prefix)));

/**
 * The part of a ledger that belongs to a stage.
 *
 * @example
 * ofStage(exitLedger(traced), "hidden0").total.macs // 65
 */
export const ofStage = (ledger: Ledger, stage: string): Ledger =>
  ledgerFrom(ledger.entries.filter((e) => e.stage === stage));

/**
 * Totals per layer, in order of first appearance.
 *
 * depth: how many parts of the path to keep; default all. `depth: 1` groups `layer1.0.conv1` under `layer1`.
 *
 * @example
 * [...totalsByPath(exitLedger(traced), { depth: 1 }).keys()] // ["hidden0", "exits", "hidden1", ...]
 */
export function totalsByPath(
  ledger: Ledger,
  { depth = Number.POSITIVE_INFINITY }: { readonly depth?: number } = {},
): Map<string, LedgerTotals> {
  const groups = new Map<string, LedgerEntry[]>();
  for (const entry of ledger.entries) {
    const parts = entry.path.split(".");
    const key = parts.slice(0, Math.min(depth, parts.length)).join(".");
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  return new Map([...groups].map(([key, entries]) => [key, ledgerFrom(entries).total]));
}

/**
 * The same ledger with the activity that a decision gives to each entry.
 *
 * @example
 * // Everything runs half of the time.
 * const half = input("share", []);
 * withActivity(exitLedger(traced), () => half).entries[0]!.activity === half // true
 */
export const withActivity = (
  ledger: Ledger,
  activity: (entry: LedgerEntry) => Value | undefined,
): Ledger =>
  ledgerFrom(
    ledger.entries.map((entry) => {
      const value = activity(entry);
      return value === undefined ? entry : { ...entry, activity: value };
    }),
  );
