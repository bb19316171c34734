/** Which leaf of the accelerator's record a ledger entry is. */

import type { LedgerEntry, Memory } from "../entry.js";
import type { Ledger } from "../ledger.js";
import type { AsicLeafKind } from "./asic-record.js";
import { isLooseBias, operandElements } from "./operands.js";

const activationKinds = [
  ...["Relu", "LeakyRelu", "PRelu", "ThresholdedRelu", "Clip", "Elu", "Selu", "Celu", "Gelu"],
  ...["Sigmoid", "HardSigmoid", "HardSwish", "Swish", "Mish", "Tanh", "Softplus", "Softsign"],
];

const kinds: ReadonlyMap<string, AsicLeafKind> = new Map<string, AsicLeafKind>([
  ...["Conv", "ConvTranspose", "ConvInteger", "QLinearConv"].map((k) => [k, "conv"] as const),
  ["BatchNormalization", "batchNorm"],
  ...[
    ...["LayerNormalization", "GroupNormalization", "InstanceNormalization", "RMSNormalization"],
    ...["Softmax", "LogSoftmax"],
  ].map((k) => [k, "norm"] as const),
  ...activationKinds.map((k) => [k, "activation"] as const),
  ...["MaxPool", "AveragePool", "LpPool"].map((k) => [k, "pool"] as const),
  ...["GlobalAveragePool", "GlobalMaxPool"].map((k) => [k, "globalPool"] as const),
  ...["Identity", "Dropout"].map((k) => [k, "identity"] as const),
]);

/** Entries that pick rows of a stored table. */
const picksRows = (entry: LedgerEntry) =>
  entry.kind === "Gather" && operandElements(entry).weights > 0;

function leafKind(entry: LedgerEntry): AsicLeafKind {
  const known = kinds.get(entry.kind);
  if (known) return known;
  if (entry.macs > 0) return operandElements(entry).weights > 0 ? "linear" : "product";
  if (picksRows(entry)) return "embedding";
  // A mean over height and width: what an exporter makes of global pooling.
  return (entry.detail?.elements.avgPoolIn ?? 0) > 0 ? "globalPool" : "other";
}

/** Modules that exporters and graphs show as one entry; the rest is a function to PyTorch. */
const functional: ReadonlySet<AsicLeafKind> = new Set(["product", "other"]);

/** What is computed beforehand or only looked at is no leaf. */
const isStill = (entry: LedgerEntry): boolean =>
  entry.phase !== "forward" ||
  (entry.bytesRead + entry.bytesWritten === 0 && entry.macs + entry.otherOps === 0);

/** Lengths of "float32[1, 64, 56, 56]". */
function lengths(text: string | undefined): readonly number[] {
  const inner = /\[(.*)\]/.exec(text ?? "")?.[1] ?? "";
  return inner.split(",").map((d) => Number(d));
}

/** Groups of a convolution: from its shapes, or where each channel reads itself, the number of its channels. */
export function groupsOf(entry: LedgerEntry): number | undefined {
  const { inputs = [] } = entry.detail ?? {};
  const [channels, perGroup] = [lengths(inputs[0])[1], lengths(inputs[1])[1]];
  if (entry.kind === "Conv" && channels && perGroup && channels % perGroup === 0) {
    return channels / perGroup;
  }
  const { outputs } = operandElements(entry);
  const weights = entry.memory?.parameters[0]?.elements;
  // Each filter has as many taps as an output has products.
  if (entry.channelwise) return weights && (weights * outputs) / entry.macs;
  return undefined;
}

/** An entry that is a leaf, where it stands among the leaves, and which leaves it reads. */
export interface LeafEntry {
  readonly entry: LedgerEntry;
  /** With what was written as operations of their own and belongs to it: the last one makes its output. */
  readonly entries: readonly LedgerEntry[];
  readonly kind: AsicLeafKind;
  readonly isModule: boolean;
  readonly sources: readonly number[];
  /** Trained numbers, with a bias that was written as an addition of its own. */
  readonly parameters: number;
  readonly biases: number;
  /** Running statistics. */
  readonly buffers: number;
}

/** Running statistics are all that a layer stores and does not train. */
const buffersOf = (entry: LedgerEntry, kind: AsicLeafKind) =>
  kind === "batchNorm" ? operandElements(entry).stored : 0;

function trainedOf(entry: LedgerEntry, kind: AsicLeafKind) {
  const { weights } = operandElements(entry);
  const products = kind === "conv" || kind === "linear";
  const biases = products
    ? (entry.memory?.parameters ?? []).slice(1).reduce((n, p) => n + p.elements, 0)
    : 0;
  return { parameters: weights, biases };
}

/** x * sigmoid(x), which graphs write as two: the leaf of the sigmoid, if this is the product. */
function gatedBySelf(
  entry: LedgerEntry,
  sources: readonly number[],
  leaves: readonly LeafEntry[],
): number | undefined {
  if (entry.kind !== "Mul" || sources.length !== 2) return undefined;
  return sources.find((s) => {
    const gate = leaves[s];
    const [input, ...others] = gate?.sources ?? [];
    return (
      gate?.entry.kind.endsWith("Sigmoid") && others.length === 0 && sources.includes(input ?? -2)
    );
  });
}

/** The leaves of the forward pass of a ledger, in order. */
export function leafEntries(ledger: Ledger): readonly LeafEntry[] {
  const leaves: LeafEntry[] = [];
  const maker = new Map<Memory, number>();
  for (const entry of ledger.entries) {
    if (isStill(entry)) continue;
    const sources = [...new Set((entry.memory?.reads ?? []).map((m) => maker.get(m) ?? -1))];
    const gate = gatedBySelf(entry, sources, leaves);
    if (gate !== undefined) {
      leaves[gate] = { ...leaves[gate]!, entries: [...leaves[gate]!.entries, entry] };
      for (const m of entry.memory?.writes ?? []) maker.set(m, gate);
      continue;
    }
    const last = leaves.length - 1;
    if (isLooseBias(entry) && last >= 0) {
      const { weights } = operandElements(entry);
      const before = leaves[last]!;
      leaves[last] = {
        ...before,
        entries: [...before.entries, entry],
        parameters: before.parameters + weights,
        biases: before.biases + weights,
      };
      for (const m of entry.memory?.writes ?? []) maker.set(m, last);
      continue;
    }
    const kind = leafKind(entry);
    for (const m of entry.memory?.writes ?? []) maker.set(m, leaves.length);
    leaves.push({
      entry,
      entries: [entry],
      kind,
      isModule: !functional.has(kind),
      sources,
      ...trainedOf(entry, kind),
      buffers: buffersOf(entry, kind),
    });
  }
  return leaves;
}
