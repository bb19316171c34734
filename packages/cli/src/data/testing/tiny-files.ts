/** Hand-made data files of a few samples. */

/** An IDX file of unsigned bytes. */
export function idx(shape: readonly number[], data: ArrayLike<number>): Uint8Array {
  const dimensions = shape.flatMap((d) => [d >>> 24, (d >>> 16) & 255, (d >>> 8) & 255, d & 255]);
  return Uint8Array.from([0, 0, 8, shape.length, ...dimensions, ...Array.from(data)]);
}

/** The four files of a tiny MNIST: images of one value each. */
export function tinyMnist(trainLabels: readonly number[], testLabels: readonly number[]) {
  const images = (labels: readonly number[]): Uint8Array =>
    idx(
      [labels.length, 28, 28],
      labels.flatMap((label) => new Array<number>(784).fill(label)),
    );
  return {
    "train-images-idx3-ubyte": images(trainLabels),
    "train-labels-idx1-ubyte": idx([trainLabels.length], trainLabels),
    "t10k-images-idx3-ubyte": images(testLabels),
    "t10k-labels-idx1-ubyte": idx([testLabels.length], testLabels),
  };
}

/** A CIFAR-10 batch with one record for each label, filled with the label's value. */
export const cifarBatch = (...labels: number[]): Uint8Array =>
  Uint8Array.from(labels.flatMap((label) => [label, ...new Array<number>(3072).fill(label)]));
