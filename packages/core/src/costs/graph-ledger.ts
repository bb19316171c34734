/** The work ledger of a graph of ours. */

import { bytes, macs } from "../base/index.js";
import { constantTensor, type Graph, isInput, type Node, type Value } from "../graph/index.js";
import { bytesPerElement, elementCount } from "../tensor/index.js";
import type { EntryMemory, EntryOperands, Extent, LedgerEntry, Memory, Weight } from "./entry.js";
import { type EntryShares, type Ledger, ledgerFrom } from "./ledger.js";
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
  /** What decisions say of the node's entry. */
  readonly shares?: (node: Node) => EntryShares | undefined;
}

/** Where values live: views share the memory of what they look at. */
class Places {
  private readonly known = new Map<Value, Memory & Weight>();
  private readonly sources = new Map<Value, Value>();
  private readonly outputs: ReadonlySet<Value>;

  constructor(
    private readonly stored: ReadonlySet<Value>,
    outputs: readonly Value[],
  ) {
    this.outputs = new Set(outputs.map((v) => this.sourceOf(v)));
  }

  /** The value that was computed, stored or fed, behind any views of it. */
  sourceOf(value: Value): Value {
    const known = this.sources.get(value);
    if (known) return known;
    let source = value;
    while (isView(source)) source = source.node.inputs[0]!;
    this.sources.set(value, source);
    return source;
  }

  of(value: Value): Memory & Weight {
    const source = this.sourceOf(value);
    const known = this.known.get(source);
    if (known) return known;
    const elements = elementCount(source.shape);
    const place = {
      elements,
      bytes: elements * bytesPerElement(source.dtype),
      kind: this.kindOf(source),
      ...(this.outputs.has(source) ? { isOutput: true } : {}),
    };
    this.known.set(source, place);
    return place;
  }

  private kindOf(value: Value): Memory["kind"] {
    if (this.stored.has(value) || constantTensor(value)) return "stored";
    return isInput(value) ? "input" : "activation";
  }
}

const isView = ({ node, index }: Value): boolean =>
  index === 0 && node.op.work(node).isView === true;

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

function operandsOf(node: Node, places: Places): EntryOperands {
  const isStored = (v: Value) => places.of(v).kind === "stored";
  return {
    inputs: extentOf(node.inputs.filter((v) => !isStored(v))),
    weights: extentOf(node.inputs.filter(isStored)),
    outputs: extentOf(node.outputs.filter((v) => !isView(v))),
  };
}

function memoryOf(node: Node, places: Places, parameters: ReadonlySet<Value>): EntryMemory {
  const read = unique(node.inputs.map((v) => places.sourceOf(v)));
  return {
    parameters: read.filter((v) => parameters.has(v)).map((v) => places.of(v)),
    reads: read.map((v) => places.of(v)).filter((m) => m.kind !== "stored"),
    writes: node.outputs.filter((v) => !isView(v)).map((v) => places.of(v)),
  };
}

/** What only looks at memory. */
const nothing = extentOf([]);
const idle = {
  kernels: 0,
  operands: { inputs: nothing, weights: nothing, outputs: nothing },
  memory: { parameters: [], reads: [], writes: [] },
} as const;

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
  const [nodes, outputs] =
    "nodes" in source ? [source.nodes, Object.values(source.outputs)] : [source, []];
  const stored = new Set([...parameters, ...(options.buffers ?? [])]);
  const places = new Places(stored, outputs);
  const unread = new Set<Weight>([...parameters].map((v) => places.of(v)));
  const training = trainingOf(nodes, { parameters, memoryOf: (v) => places.of(v) });
  const entries = nodes.flatMap((node): LedgerEntry[] => {
    if (node.inputs.length === 0) return [];
    const work = node.op.work(node);
    const isIdle = work.isView === true && work.bytesRead + work.bytesWritten === 0;
    const details = isIdle
      ? idle
      : {
          kernels: 1,
          shapes: {
            inputs: node.inputs.map((v) => v.shape),
            outputs: node.outputs.map((v) => v.shape),
          },
          operands: operandsOf(node, places),
          memory: memoryOf(node, places, parameters),
        };
    let count = 0;
    for (const weight of details.memory.parameters) {
      if (unread.delete(weight)) count += weight.elements;
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
        ...(work.channelwise ? { channelwise: true } : {}),
        ...details,
        training: training(node),
        ...(stage === undefined ? {} : { stage }),
        ...(expert === undefined ? {} : { expert }),
        ...options.shares?.(node),
      },
    ];
  });
  return ledgerFrom(entries);
}
