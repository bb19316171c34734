/** What a data set is once it lies in memory: labelled samples in compact arrays. */

/** Labelled samples; sample i is `images[i * size, (i + 1) * size)` with size = the product of `shape`. */
export interface Split {
  readonly n: number;
  /** Shape of one sample: [channels, height, width], or [features]. */
  readonly shape: readonly number[];
  /** [n, ...shape], as stored: pixels stay bytes until a batch is made. */
  readonly images: Uint8Array | Float32Array;
  /** Class of each sample, 0 to classes - 1. */
  readonly labels: Uint8Array | Int32Array;
}

export interface Dataset {
  readonly name: string;
  /** Class names in the order of their labels. */
  readonly classes: readonly string[];
  /** Shape of one sample: [channels, height, width], or [features]. */
  readonly inputShape: readonly number[];
  /** Everything that may be trained and tuned on: `threeWaySplit` takes the validation split from it. */
  readonly train: Split;
  /** The official test set; `undefined` where there is none and `threeWaySplit` has to hold one out. */
  readonly test: Split | undefined;
  /** What a reader of results must know, e.g. that the pixels are lossy. */
  readonly note?: string;
}

/**
 * Values of one sample.
 *
 * @example
 * sampleSize([3, 32, 32]) // 3072
 */
export const sampleSize = (shape: readonly number[]): number => shape.reduce((n, d) => n * d, 1);
