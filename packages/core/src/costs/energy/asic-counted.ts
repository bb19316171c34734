/** The accelerator's record with the zeros that a network really had: which values to count, and what the counts say. */

import { UserError } from "../../base/index.js";
import { buildGraph, type Node, type Value } from "../../graph/index.js";
import type { Traced } from "../../nn/index.js";
import { functions as f } from "../../ops/index.js";
import type { HostTensor } from "../../tensor/index.js";
import { elementCount } from "../../tensor/index.js";
import type { LedgerEntry } from "../entry.js";
import { ledgerOf } from "../graph-ledger.js";
import { asicRecordOf } from "./asic-builder.js";
import { leafEntries } from "./asic-leaves.js";
import {
  type AsicLeaf,
  type AsicRecord,
  asicLeaf,
  atBatch,
  countNonZero,
  dense,
  zeroThresholds,
} from "./asic-record.js";

/** Where the numbers of a leaf are found. */
interface CountedLeaf {
  readonly inputs: readonly Value[];
  readonly output: Value;
  /** Names of what is stored with it. */
  readonly parameters: readonly string[];
  readonly buffers: readonly string[];
}

export interface AsicCounting {
  /** Of the traced batch, with nothing zero. */
  readonly record: AsicRecord;
  readonly leaves: readonly CountedLeaf[];
  /** The values whose non-zeros have to be counted: the input of the network and what its leaves make, each once. */
  readonly values: readonly Value[];
}

export interface AsicCountingOptions {
  /** Whether activations overwrite their input. Default true, as in the networks of the reference. */
  readonly inPlace?: boolean;
}

/**
 * Elements of each sample whose magnitude is above 2^-126, the smallest normal number: [batch] from [batch, ...].
 *
 * @example
 * nonZeroPerSample(input("x", [8, 3, 4, 4])).shape // [8]
 */
export function nonZeroPerSample(value: Value): Value {
  const fires = f.cast(f.greater(f.abs(value), zeroThresholds.float32), "float32");
  return f.reduceSum(fires, { axes: value.shape.slice(1).map((_, i) => i + 1) });
}

/** What was computed, stored or fed, behind views of it. */
function sourceOf(value: Value): Value {
  const { node, index } = value;
  return index === 0 && node.op.work(node).isView ? sourceOf(node.inputs[0]!) : value;
}

/** Flattening moves nothing, so that a ledger has no leaf for it; hooks on modules see what it takes and gives. */
function flattened(node: Node, makers: ReadonlyMap<Value, number>): AsicLeaf | undefined {
  if (node.op.layer?.(node) !== "flatten") return undefined;
  const count = dense(elementCount(node.outputs[0]!.shape));
  const source = makers.get(sourceOf(node.outputs[0]!)) ?? -1;
  const place = { path: `${node.path || "network"}/flatten`, sources: [source] };
  return asicLeaf({ ...place, kind: "identity", inputs: count, outputs: count });
}

/**
 * The accelerator's record of a traced network, and the values of the graph whose non-zeros fill it: add
 * `nonZeroPerSample` of each to an evaluation graph, then call `countedRecords`. Flattening is a leaf, as for hooks.
 *
 * @throws UserError E_DATA for a network without layers.
 * @example
 * const traced = traceModel(lenet(), { batchSize: 8, training: false });
 * // Two convolutions, three linear layers, four activations, two poolings, one flattening.
 * asicCounting(traced).leaves.length // 12
 */
export function asicCounting(
  { output, parameters, buffers }: Pick<Traced, "output" | "parameters" | "buffers">,
  { inPlace = true }: AsicCountingOptions = {},
): AsicCounting {
  const graph = buildGraph({ output });
  const ledger = ledgerOf(graph, {
    parameters: parameters.map((p) => p.value),
    buffers: buffers.map((b) => b.value),
  });
  const record = asicRecordOf(ledger, { batch: output.shape[0]!, inPlace });
  const working = graph.nodes.filter((node) => node.inputs.length > 0);
  const nodeOf = new Map<LedgerEntry, Node>(
    ledger.entries.map((entry, i) => [entry, working[i]!] as const),
  );
  const paths = (list: Traced["parameters"] | Traced["buffers"]) =>
    new Map<Value, string>(list.map(({ path, value }) => [value, path] as const));
  const [trained, running] = [paths(parameters), paths(buffers)];
  const found = leafEntries(ledger).map(({ entries }): CountedLeaf => {
    const nodes = entries.map((entry) => nodeOf.get(entry)!);
    const read = nodes.flatMap((node) => node.inputs.map(sourceOf));
    const named = (of: ReadonlyMap<Value, string>) =>
      [...new Set(read)].flatMap((v) => of.get(v) ?? []);
    const [first] = nodes;
    const inputs = first!.inputs.map(sourceOf).filter((v) => !trained.has(v) && !running.has(v));
    const output = nodes.at(-1)!.outputs[0]!;
    return { inputs, output, parameters: named(trained), buffers: named(running) };
  });
  const makers = new Map(found.map(({ output }, i) => [output, i] as const));
  const flat = graph.nodes.flatMap((node) => {
    const leaf = flattened(node, makers);
    const source = leaf && sourceOf(node.outputs[0]!);
    return source ? [{ leaf, inputs: [source], output: source, parameters: [], buffers: [] }] : [];
  });
  const batch = output.shape[0]!;
  const hasSamples = ({ shape }: Value) => shape.length > 0 && shape[0]! % batch === 0;
  const leaves = [...found, ...flat.map(({ leaf: _, ...counted }) => counted)];
  const values = new Set(leaves.flatMap((l) => [...l.inputs, l.output]).filter(hasSamples));
  return {
    record: { ...record, leaves: [...record.leaves, ...flat.map(({ leaf }) => leaf!)] },
    leaves,
    values: [...values],
  };
}

export interface CountedOptions {
  /** Parameters and buffers by path: their zeros count too. */
  readonly state: Readonly<Record<string, HostTensor>>;
  /** Samples in a record; the last one may have fewer. */
  readonly batch: number;
}

/** How many of the stored numbers of a leaf are zero. */
function zerosOf(names: readonly string[], state: CountedOptions["state"]): number {
  return names.reduce((zeros, name) => {
    const values = state[name];
    if (!values) {
      throw new UserError("E_CONFIG", `there is no state "${name}"`, {
        allowed: Object.keys(state).slice(0, 12).join(", "),
      });
    }
    const { elements, nonZero } = countNonZero(values);
    return zeros + elements - nonZero;
  }, 0);
}

/**
 * The records of a data set, batch by batch in its order, from the non-zeros that were counted.
 *
 * counts: for every one of `counting.values`, the elements of each sample that are not zero.
 *
 * @throws UserError E_CONFIG where a value was not counted, or a parameter is missing.
 * @example
 * const traced = traceModel(mlp({ sizes: [2, 3] }), { batchSize: 1, training: false });
 * const counting = asicCounting(traced);
 * // Two samples; the first has a zero among its two inputs, nothing is zero behind the layer.
 * const counts = new Map(counting.values.map((v) => [v, v.shape[1] === 2 ? [1, 2] : [3, 3]]));
 * const state = {
 *   "output.weight": tensor("float32", [2, 3], [1, 1, 1, 1, 1, 1]),
 *   "output.bias": tensor("float32", [3], [0, 0, 0]),
 * };
 * const [first] = [...countedRecords(counting, counts, { state, batch: 512 })];
 * [first.batch, first.leaves[0].inputs] // [2, { elements: 4, nonZero: 3 }]
 */
export function* countedRecords(
  counting: AsicCounting,
  counts: ReadonlyMap<Value, ArrayLike<number>>,
  { state, batch }: CountedOptions,
): Generator<AsicRecord, void, undefined> {
  const { record, leaves, values } = counting;
  const missing = values.find((v) => !counts.get(v)?.length);
  if (missing || values.length === 0) {
    throw new UserError("E_CONFIG", `${missing?.node.path || "the input"} was not counted`, {
      allowed: "counts of at least one sample for every value of asicCounting",
    });
  }
  // Sequences may have a row for every word: as many counts for each sample.
  const rows = (v: Value) => v.shape[0]! / record.batch;
  const samples = counts.get(values[0]!)!.length / rows(values[0]!);
  const stored = leaves.map(({ parameters, buffers }) => ({
    parameters: zerosOf(parameters, state),
    buffers: zerosOf(buffers, state),
  }));
  for (let start = 0; start < samples; start += batch) {
    const n = Math.min(batch, samples - start);
    const sized = atBatch(record, n);
    const counted = (value: Value): number => {
      const own = counts.get(value);
      if (!own) return (elementCount(value.shape) * n) / record.batch;
      let sum = 0;
      for (let i = start * rows(value); i < (start + n) * rows(value); i++) sum += own[i]!;
      return sum;
    };
    yield {
      ...sized,
      leaves: sized.leaves.map((leaf, k): AsicLeaf => {
        const { inputs, output } = leaves[k]!;
        const less = (of: "parameters" | "buffers") => {
          const { elements } = leaf[of];
          return { elements, nonZero: elements - stored[k]![of] };
        };
        return {
          ...leaf,
          inputs: {
            elements: leaf.inputs.elements,
            nonZero: inputs.reduce((sum, v) => sum + counted(v), 0),
          },
          outputs: { elements: leaf.outputs.elements, nonZero: counted(output) },
          parameters: less("parameters"),
          buffers: less("buffers"),
        };
      }),
    };
  }
}
