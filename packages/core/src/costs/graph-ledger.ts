/** The work ledger of a graph of ours. */

import { bytes, macs } from "../base/index.js";
import { constantTensor, type Graph, isInput, type Node, type Value } from "../graph/index.js";
import { bytesPerElement, elementCount } from "../tensor/index.js";
import type { EntryMemory, EntryOperands, Extent, LedgerEntry, Memory, Weight } from "./entry.js";
import { type Ledger, ledgerFrom } from "./ledger.js";
import { trainingOf } from "./training.js";

export interface LedgerOptions {
  /** Which graph inputs are trainable: `traced.parameters.map((p) => p.value)`. Default none. */
  readonly parameters?: Iterable<Value>;
  /** Which graph inputs are stored with the model and not trained: running statistics. Default none. */
  readonly buffers?: Iterable<Value>;
  /** Name of the stage a node belongs to. */
  readonly stage?: (node: Node) => string | undefined;
  /** Name of the alternative a node belongs to, where a router picks some of several. */
  readonly expert?: (node: Node) => string | undefined;
}

/** Where values live: views share the memory of what they look at. */
class Memories {
  private readonly places = new Map<Value, Memory & Weight>();
  private readonly stored: ReadonlySet<Value>;
  private readonly outputs: ReadonlySet<Value>;

  constructor(stored: Iterable<Value>, outputs: Iterable<Value>) {
    this.stored = new Set(stored);
    this.outputs = new Set(outputs);
  }

  of(value: Value): Memory & Weight {
    const source = sourceOf(value);
    const known = this.places.get(source);
    if (known) return known;
    const elements = elementCount(source.shape);
    const place = {
      elements,
      bytes: elements * bytesPerElement(source.dtype),
      kind: this.kindOf(source),
      ...(this.outputs.has(value) ? { isOutput: true } : {}),
    };
    this.places.set(source, place);
    return place;
  }

  private kindOf(value: Value): Memory["kind"] {
    if (this.stored.has(value) || constantTensor(value)) return "stored";
    return isInput(value) ? "input" : "activation";
  }
}

/** An op that neither reads nor writes shows its first input under another shape. */
function isView(node: Node): boolean {
  if (node.inputs.length === 0) return false;
  const { macs: products, otherOps, bytesRead, bytesWritten } = node.op.work(node);
  return products + otherOps + bytesRead + bytesWritten === 0;
}

function sourceOf(value: Value): Value {
  let source = value;
  while (isView(source.node)) source = source.node.inputs[0]!;
  return source;
}

function extentOf(values: readonly Value[]): Extent {
  let [elements, size] = [0, 0];
  for (const { shape, dtype } of values) {
    const count = elementCount(shape);
    elements += count;
    size += count * bytesPerElement(dtype);
  }
  return { elements, bytes: bytes(size) };
}

const unique = <T>(list: readonly T[]): readonly T[] => [...new Set(list)];

/** Views move nothing. */
function operandsOf(node: Node, memories: Memories): EntryOperands {
  if (isView(node)) {
    const none = extentOf([]);
    return { inputs: none, weights: none, outputs: none };
  }
  const isStored = (v: Value) => memories.of(v).kind === "stored";
  return {
    inputs: extentOf(node.inputs.filter((v) => !isStored(v))),
    weights: extentOf(node.inputs.filter(isStored)),
    outputs: extentOf(node.outputs),
  };
}

function memoryOf(node: Node, memories: Memories, parameters: ReadonlySet<Value>): EntryMemory {
  if (isView(node)) return { parameters: [], reads: [], writes: [] };
  const isActive = (m: Memory) => m.kind !== "stored";
  return {
    parameters: unique(node.inputs.filter((v) => parameters.has(sourceOf(v)))).map((v) =>
      memories.of(v),
    ),
    reads: unique(node.inputs.map((v) => memories.of(v))).filter(isActive),
    writes: unique(node.outputs.map((v) => memories.of(v))),
  };
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
  const parameters = new Set(options.parameters ?? []);
  const unread = new Set(parameters);
  const [nodes, outputs] =
    "nodes" in source ? [source.nodes, Object.values(source.outputs)] : [source, []];
  const memories = new Memories([...parameters, ...(options.buffers ?? [])], outputs);
  const training = trainingOf(nodes, { parameters, memoryOf: (v) => memories.of(v) });
  const entries = nodes.flatMap((node): LedgerEntry[] => {
    if (node.inputs.length === 0) return [];
    const work = node.op.work(node);
    const view = isView(node);
    let count = 0;
    for (const value of view ? [] : node.inputs) {
      const weight = sourceOf(value);
      if (unread.delete(weight)) count += elementCount(weight.shape);
    }
    const stage = options.stage?.(node);
    const expert = options.expert?.(node);
    return [
      {
        path: node.path,
        kind: node.op.kind,
        phase: node.phase,
        macs: macs(work.macs),
        ...(work.validMacs === undefined ? {} : { validMacs: macs(work.validMacs) }),
        otherOps: work.otherOps,
        parameters: count,
        bytesRead: bytes(work.bytesRead),
        bytesWritten: bytes(work.bytesWritten),
        kernels: view ? 0 : 1,
        ...(work.channelwise ? { channelwise: true } : {}),
        operands: operandsOf(node, memories),
        memory: memoryOf(node, memories, parameters),
        training: training(node),
        ...(stage === undefined ? {} : { stage }),
        ...(expert === undefined ? {} : { expert }),
      },
    ];
  });
  return ledgerFrom(entries);
}
