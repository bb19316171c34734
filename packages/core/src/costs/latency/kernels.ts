/** From a ledger to the kernels that really run: entries that the runtime fuses become one. */

import { bytes, type Macs, macs } from "../../base/index.js";
import type { LedgerEntry } from "../entry.js";
import type { Ledger } from "../ledger.js";
import { familyOfKind, fusedAfter, type KernelFamily } from "./families.js";
import { convolutionFamily, featuresOf, type Geometry, geometryOf, shapesOf } from "./geometry.js";

/** One launch of the runtime. */
export interface Kernel {
  readonly family: KernelFamily;
  /** The one that gives the kernel its work first, then what is fused into it. */
  readonly entries: readonly LedgerEntry[];
  readonly macs: Macs;
  readonly otherOps: number;
  /** What it reads and writes; what stays inside is not moved. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Whole tensors read: 2 for a sum, or for a convolution that adds a residual. */
  readonly operands: number;
  /** Undefined where shapes are not known. */
  readonly geometry: Geometry | undefined;
}

function familyOf(entry: LedgerEntry, geometry: Geometry | undefined): KernelFamily {
  if (entry.kind !== "Conv") return familyOfKind(entry.kind);
  if (geometry) return convolutionFamily(geometry);
  return entry.channelwise ? "depthwise" : "conv";
}

const sameShape = (a: readonly number[] | undefined, b: readonly number[] | undefined): boolean =>
  a !== undefined && b !== undefined && a.length === b.length && a.every((d, i) => d === b[i]);

/** Whether `entry` continues what `last` wrote: by the memory it reads, else by its place in the file and its shape. */
function follows(last: LedgerEntry, entry: LedgerEntry): boolean {
  if (last.phase !== entry.phase) return false;
  if (last.memory && entry.memory) {
    return last.memory.writes.some((m) => entry.memory!.reads.includes(m));
  }
  return sameShape(shapesOf(last).outputs[0], shapesOf(entry).outputs[0]);
}

class Open {
  readonly entries: LedgerEntry[];
  private stage = -1;

  constructor(
    readonly family: KernelFamily,
    readonly geometry: Geometry | undefined,
    head: LedgerEntry,
  ) {
    this.entries = [head];
  }

  /** Takes the entry in, if the runtime would. */
  takes(entry: LedgerEntry): boolean {
    const stages = fusedAfter[this.family];
    const stage = stages.findIndex((kinds, i) => i > this.stage && kinds.includes(entry.kind));
    if (stage < 0 || !follows(this.entries.at(-1)!, entry)) return false;
    this.entries.push(entry);
    this.stage = stage;
    return true;
  }

  close(): Kernel {
    const [head, ...fused] = this.entries as [LedgerEntry, ...LedgerEntry[]];
    let read = head.bytesRead as number;
    let written = head.bytesWritten as number;
    let operands = head.macs > 0 ? 1 : Math.max(1, wholeInputs(head));
    for (const entry of fused) {
      const extra = Math.max(0, entry.bytesRead - written);
      read += extra;
      // Scales and biases are small; another tensor of the same size is not.
      if (extra >= written) operands++;
      written = entry.bytesWritten;
    }
    return {
      family: this.family,
      entries: this.entries,
      macs: macs(this.entries.reduce((sum, e) => sum + e.macs, 0)),
      otherOps: this.entries.reduce((sum, e) => sum + e.otherOps, 0),
      bytesRead: bytes(read),
      bytesWritten: bytes(written),
      operands,
      geometry: this.geometry,
    };
  }
}

const wholeInputs = (entry: LedgerEntry): number => {
  const { inputs, outputs } = shapesOf(entry);
  return inputs.filter((s) => sameShape(s, outputs[0])).length;
};

const runs = (e: LedgerEntry): boolean =>
  e.kernels !== 0 && e.macs + e.otherOps + e.bytesRead + e.bytesWritten > 0;

/**
 * The kernels of a ledger in its order: views and stored constants are none, and what ONNX Runtime fuses is one
 * (convolution, normalisation, residual sum and activation; matrix product, bias and activation).
 *
 * Entries of files are matched by their order and shapes, as exporters write them; a value that is also read elsewhere
 * is taken to be fused all the same.
 *
 * @example
 * const x = input("x", [1, 784]);
 * const ledger = ledgerOf(buildGraph({ y: relu(matmul(x, input("w", [784, 10]))) }));
 * kernelsOf(ledger).map((k) => [k.family, k.entries.length]) // [["linear", 2]]
 */
export function kernelsOf(ledger: Ledger): readonly Kernel[] {
  const kernels: Kernel[] = [];
  let open: Open | undefined;
  for (const entry of ledger.entries) {
    if (!runs(entry)) continue;
    if (open?.takes(entry)) continue;
    if (open) kernels.push(open.close());
    const geometry = geometryOf(entry);
    open = new Open(familyOf(entry, geometry), geometry, entry);
  }
  if (open) kernels.push(open.close());
  return kernels;
}

/**
 * Log features of a kernel, one for each of `featureNames`; undefined where its shapes are not known.
 *
 * @example
 * const graph = buildGraph({ y: matmul(input("x", [1, 784]), input("w", [784, 10])) });
 * const [kernel] = kernelsOf(ledgerOf(graph));
 * (kernelFeatures(kernel) ?? []).length === featureNames.length // true
 */
export const kernelFeatures = (kernel: Kernel): readonly number[] | undefined =>
  kernel.geometry &&
  featuresOf(kernel.family, kernel.geometry, {
    macs: kernel.macs,
    bytes: kernel.bytesRead + kernel.bytesWritten,
    operands: kernel.operands,
  });

/**
 * What a kernel is looked up by: family, batch, channels in and out, groups, window, positions in and out, operands.
 *
 * @example
 * const graph = buildGraph({ y: matmul(input("x", [1, 784]), input("w", [784, 10])) });
 * const [kernel] = kernelsOf(ledgerOf(graph));
 * kernelKey(kernel) // "linear 1 784 10 1 1 1 1 1"
 */
export function kernelKey({ family, geometry, operands }: Kernel): string | undefined {
  if (!geometry) return undefined;
  const { batch, cin, cout, groups, window, positionsIn, positionsOut } = geometry;
  const rest = [groups, Number(window.toPrecision(6)), positionsIn, positionsOut, operands];
  return [family, batch, cin, cout, ...rest].join(" ");
}

/**
 * The same kernel with shares of its channels: what is read scales with the inputs, what is written with the outputs,
 * products and weights with both, or with the outputs alone where channels do not mix.
 */
export function withChannels(kernel: Kernel, share: { in: number; out: number }): Kernel {
  const mixes = kernel.macs > 0 && kernel.family !== "depthwise";
  const { in: a, out: b } = share;
  const { geometry, entries } = kernel;
  const weights = Math.min(kernel.bytesRead, entries[0]?.operands?.weights.bytes ?? 0);
  const products = mixes ? a * b : b;
  return {
    ...kernel,
    macs: macs(kernel.macs * products),
    otherOps: kernel.otherOps * b,
    bytesRead: (kernel.bytesRead - weights) * a + weights * products,
    bytesWritten: kernel.bytesWritten * b,
    geometry: geometry && {
      ...geometry,
      cin: geometry.cin * a,
      cout: geometry.cout * b,
      groups: mixes ? geometry.groups : Math.max(1, geometry.groups * a),
    },
  };
}
