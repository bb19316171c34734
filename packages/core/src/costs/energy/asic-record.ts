/** What a zero-skipping accelerator would see of one batch: per call of a layer, elements, non-zeros and operations. */

import { UserError } from "../../base/index.js";
import { formatShape, type HostTensor } from "../../tensor/index.js";

/** Elements, and how many of them are not zero; fractions are expectations. */
export interface Count {
  readonly elements: number;
  readonly nonZero: number;
}

export type AsicLeafKind =
  | "conv"
  | "linear"
  | "batchNorm"
  | "norm"
  | "activation"
  | "pool"
  | "globalPool"
  | "embedding"
  /** Hands on what it gets: dropout when it is off, flattening. */
  | "identity"
  /** A product of two activations. */
  | "product"
  /** Additions and whatever else stands between layers. */
  | "other";

/** One call of a layer: a layer that is called twice has two. */
export interface AsicLeaf {
  /** Unique in the record: the path, and where several leaves share one, the kind and a number. */
  readonly id: string;
  readonly path: string;
  readonly kind: AsicLeafKind;
  readonly inputs: Count;
  readonly outputs: Count;
  /** Trained numbers, biases included. */
  readonly parameters: Count;
  readonly biases: number;
  /** Running statistics. */
  readonly buffers: Count;
  readonly macs: number;
  /** Of a convolution. */
  readonly groups: number;
  /** Arithmetic that is no multiply-accumulate. */
  readonly otherOps: number;
  /** False for what a model calls as a function: hooks on modules do not see it. */
  readonly isModule: boolean;
  /** Writes its output over its input, so that a hook that runs afterwards sees the output twice. */
  readonly inPlace: boolean;
  /**
   * Positions in the record of the leaves that made its inputs; -1 is the input of the network. Empty: not known, the
   * leaf before is taken.
   */
  readonly sources: readonly number[];
}

export interface AsicRecord {
  /** Samples in the batch: every count of activations and operations is over all of them. */
  readonly batch: number;
  readonly leaves: readonly AsicLeaf[];
  /** What could not be known and was taken for granted. */
  readonly notes: readonly string[];
}

export type AsicPrecision = "float32" | "float16" | "int8";

/** A number is zero if its magnitude is at most this. */
export const zeroThresholds: Readonly<Record<AsicPrecision, number>> = {
  float32: 2 ** -126,
  float16: 2 ** -30,
  int8: 2 ** -14,
};

/**
 * Elements of a tensor whose magnitude is above the threshold of the precision: 2^-126, 2^-30 or 2^-14.
 *
 * @example
 * countNonZero(tensor("float32", [4], [0, 1e-6, -2, 0])) // { elements: 4, nonZero: 2 }
 * countNonZero(tensor("float32", [4], [0, 1e-6, -2, 0]), "int8") // { elements: 4, nonZero: 1 }
 */
export function countNonZero(values: HostTensor, precision: AsicPrecision = "float32"): Count {
  const threshold = zeroThresholds[precision];
  let nonZero = 0;
  for (const value of values.data) if (Math.abs(Number(value)) > threshold) nonZero++;
  return { elements: values.data.length, nonZero };
}

/**
 * A count of which nothing is zero.
 *
 * @example
 * dense(400) // { elements: 400, nonZero: 400 }
 */
export const dense = (elements: number): Count => ({ elements, nonZero: elements });

const noElements: Count = dense(0);

/**
 * A leaf of which only some properties matter.
 *
 * @example
 * // A module that hands on 400 numbers.
 * asicLeaf({ path: "flatten", kind: "identity", inputs: dense(400), outputs: dense(400) }).macs // 0
 */
export const asicLeaf = (
  leaf: Pick<AsicLeaf, "path" | "kind" | "inputs" | "outputs"> & Partial<AsicLeaf>,
): AsicLeaf => ({
  id: leaf.path,
  parameters: noElements,
  biases: 0,
  buffers: noElements,
  macs: 0,
  groups: 1,
  otherOps: 0,
  isModule: true,
  inPlace: false,
  sources: [],
  ...leaf,
});

const times = ({ elements, nonZero }: Count, n: number): Count => ({
  elements: elements * n,
  nonZero: nonZero * n,
});

/**
 * The same network on batches of another size, with the same shares of zeros.
 *
 * @throws UserError E_CONFIG for a batch that is no whole number of at least 1.
 * @example
 * const leaf = asicLeaf({ path: "fc", kind: "linear", inputs: dense(8), outputs: dense(4), macs: 32 });
 * atBatch({ batch: 1, leaves: [leaf], notes: [] }, 16).leaves[0]!.macs // 512
 */
export function atBatch(record: AsicRecord, batch: number): AsicRecord {
  if (!Number.isInteger(batch) || batch < 1) {
    throw new UserError("E_CONFIG", `the batch size is ${batch}`, {
      allowed: "a whole number of at least 1",
    });
  }
  const n = batch / record.batch;
  return {
    ...record,
    batch,
    leaves: record.leaves.map((leaf) => ({
      ...leaf,
      inputs: times(leaf.inputs, n),
      outputs: times(leaf.outputs, n),
      macs: leaf.macs * n,
      otherOps: leaf.otherOps * n,
    })),
  };
}

/** What was seen of one leaf; what is absent keeps the counts of the record. */
export interface LeafTensors {
  readonly inputs?: readonly HostTensor[];
  readonly outputs?: readonly HostTensor[];
  readonly parameters?: readonly HostTensor[];
  readonly buffers?: readonly HostTensor[];
}

function counted(
  tensors: readonly HostTensor[] | undefined,
  expected: Count,
  options: { readonly precision: AsicPrecision; readonly where: string },
): Count {
  if (!tensors) return expected;
  const counts = tensors.map((t) => countNonZero(t, options.precision));
  const elements = counts.reduce((n, c) => n + c.elements, 0);
  if (elements !== expected.elements) {
    throw new UserError("E_SHAPE", `${elements} values for ${expected.elements} elements`, {
      where: `${options.where}: ${tensors.map((t) => formatShape(t.shape)).join(", ")}`,
      next: "give the tensors of the batch that the record was made for",
    });
  }
  return { elements, nonZero: counts.reduce((n, c) => n + c.nonZero, 0) };
}

/**
 * A record with the zeros of real tensors, by id of the leaf.
 *
 * @throws UserError E_SHAPE where sizes differ from those of the record, E_CONFIG for an id that it does not have.
 * @example
 * const leaf = asicLeaf({ path: "relu", kind: "activation", inputs: dense(3), outputs: dense(3) });
 * const record = { batch: 1, leaves: [leaf], notes: [] };
 * const seen = withTensors(record, { relu: { outputs: [tensor("float32", [3], [0, 0, 5])] } });
 * seen.leaves[0]!.outputs // { elements: 3, nonZero: 1 }
 */
export function withTensors(
  record: AsicRecord,
  tensors: Readonly<Record<string, LeafTensors>>,
  { precision = "float32" }: { readonly precision?: AsicPrecision } = {},
): AsicRecord {
  const known = new Set(record.leaves.map((l) => l.id));
  for (const id of Object.keys(tensors)) {
    if (known.has(id)) continue;
    throw new UserError("E_CONFIG", `no leaf "${id}"`, {
      allowed: [...known].slice(0, 12).join(", "),
    });
  }
  return {
    ...record,
    leaves: record.leaves.map((leaf) => {
      const seen = Object.hasOwn(tensors, leaf.id) ? tensors[leaf.id] : undefined;
      if (!seen) return leaf;
      const count = (key: keyof LeafTensors) =>
        counted(seen[key], leaf[key], { precision, where: `${leaf.id} ${key}` });
      return {
        ...leaf,
        inputs: count("inputs"),
        outputs: count("outputs"),
        parameters: count("parameters"),
        buffers: count("buffers"),
      };
    }),
  };
}
