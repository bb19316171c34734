/** Batches by address: (seed, epoch, step) alone says which samples, in what order, augmented how. */

import { UserError } from "@frugal/core/base";
import { permutation, randomStream } from "@frugal/core/random";
import { type HostTensor, tensor } from "@frugal/core/tensor";
import { type Augmentation, drawAugmentation, sampleWriter } from "./augment.js";
import type { Normalisation } from "./normalise.js";
import { type Split, sampleSize } from "./types.js";

export interface BatchOptions {
  readonly batchSize: number;
  /** Seed of order and augmentation; needed for either. Default 0. */
  readonly seed?: number;
  /** A new order each epoch (for training). Default false: the order of the split. */
  readonly shuffle?: boolean;
  /** Default none. */
  readonly augment?: Augmentation;
  /** Default: values as they are stored. */
  readonly normalisation?: Normalisation;
  /**
   * What becomes of the samples left over at the end of an epoch: "short" makes a smaller batch, "drop" leaves
   * them out, "pad" fills the batch up with zeros and label 0 (`n` counts the real ones). Default "short".
   */
  readonly last?: "short" | "drop" | "pad";
}

export interface Batch {
  readonly epoch: number;
  readonly step: number;
  /** Real samples: the tensors may be longer with `last: "pad"`. */
  readonly n: number;
  /** float32 [batch, ...shape], normalised. */
  readonly images: HostTensor<"float32">;
  /** int32 [batch]: class indices. */
  readonly labels: HostTensor<"int32">;
  /** Row numbers of the real samples in the split. */
  readonly rows: Uint32Array;
}

type Buffers = Pick<Batch, "images" | "labels">;

export interface Batches {
  readonly stepsPerEpoch: number;
  /**
   * The batch at this place, without walking there. With `into`, its tensors are overwritten where they have the
   * right size: give a batch that is no longer needed, and a loop allocates nothing.
   */
  batchAt(epoch: number, step: number, into?: Buffers): Batch;
  /** The batches of one epoch in order, from `fromStep` (default 0), each in memory of its own. */
  epoch(epoch: number, fromStep?: number): IterableIterator<Batch>;
}

/**
 * The batches of a split. Order comes from the stream "shuffle"/epoch, augmentation from
 * "crop"/epoch/step and "flip"/epoch/step, so that a resumed run sees the very same data.
 *
 * @example
 * const { train } = await loadDataset("optdigits", {});
 * const source = batches(train, { batchSize: 64, seed: 1, shuffle: true, last: "drop" });
 * for (const { images } of source.epoch(0)) if (images.shape[0] !== 64) throw new Error("short");
 * source.stepsPerEpoch // 59
 */
export function batches(split: Split, options: BatchOptions): Batches {
  const { batchSize, seed = 0, shuffle = false, augment = {}, last = "short" } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1 || (last === "drop" && batchSize > split.n)) {
    throw new UserError("E_CONFIG", `a batch of ${batchSize} from ${split.n} samples`, {
      where: "batchSize",
      allowed: `a whole number, 1 to ${split.n}`,
      next: "choose a smaller batch",
    });
  }
  const size = sampleSize(split.shape);
  const write = sampleWriter(split, augment, options.normalisation);
  const stepsPerEpoch =
    last === "drop" ? Math.floor(split.n / batchSize) : Math.ceil(split.n / batchSize);

  function buffersFor(length: number, into: Buffers | undefined): Buffers {
    if (into?.labels.data.length === length && into.images.data.length === length * size)
      return into;
    const images = tensor("float32", [length, ...split.shape], new Float32Array(length * size));
    return { images, labels: tensor("int32", [length], new Int32Array(length)) };
  }

  const inOrder = Uint32Array.from({ length: split.n }, (_, i) => i);
  let shuffled: { epoch: number; order: Uint32Array } = { epoch: -1, order: inOrder };
  function orderOf(epoch: number): Uint32Array {
    if (!shuffle) return inOrder;
    if (shuffled.epoch !== epoch) {
      shuffled = { epoch, order: permutation(randomStream(seed, "shuffle", epoch), split.n) };
    }
    return shuffled.order;
  }

  function batchAt(epoch: number, step: number, into?: Buffers): Batch {
    if (
      !(
        Number.isInteger(step) &&
        step >= 0 &&
        step < stepsPerEpoch &&
        Number.isInteger(epoch) &&
        epoch >= 0
      )
    ) {
      throw new UserError("E_DATA", `there is no batch ${step} in epoch ${epoch}`, {
        where: `${split.n} samples in batches of ${batchSize}`,
        allowed: `epochs from 0, steps 0 to ${stepsPerEpoch - 1}`,
        next: "resume with the batch size and data that the run began with",
      });
    }
    const rows = orderOf(epoch).slice(step * batchSize, (step + 1) * batchSize);
    const { images, labels } = buffersFor(last === "pad" ? batchSize : rows.length, into);
    const draws = drawAugmentation(augment, rows.length, { seed, epoch, step });
    for (let i = 0; i < rows.length; i++) {
      write(rows[i]!, images.data, i * size, draws[i]);
      labels.data[i] = split.labels[rows[i]!]!;
    }
    images.data.fill(0, rows.length * size);
    labels.data.fill(0, rows.length);
    return { epoch, step, n: rows.length, images, labels, rows };
  }

  return {
    stepsPerEpoch,
    batchAt,
    *epoch(epoch, fromStep = 0) {
      for (let step = fromStep; step < stepsPerEpoch; step++) yield batchAt(epoch, step);
    },
  };
}
