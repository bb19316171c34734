/** Mean and standard deviation per channel, from the training split alone. */

import { UserError } from "@frugal/core/base";
import { type Split, sampleSize } from "./types.js";

/** (stored value - mean[c]) / std[c], in the units that the split stores: 0 to 255 for bytes. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * How a recipe says it: measured on the training split; left alone; or given, where `scale` is the stored value
 * that the figures call 1 (255 for the constants found in PyTorch code). One figure serves every channel.
 */
export type NormaliseOption =
  | "train"
  | "none"
  | { readonly mean: readonly number[]; readonly std: readonly number[]; readonly scale?: number };

/**
 * Population mean and standard deviation per channel (per feature for tables):
 * mean = sum(x) / N, std = sqrt(sum((x - mean)^2) / N). A constant channel gets std 1, so that it becomes 0.
 *
 * @example
 * const { train } = await loadDataset("optdigits", {});
 * channelStatistics(train) // { mean: [4.924], std: [6.036] }
 */
export function channelStatistics(split: Split): Normalisation {
  const channels = split.shape[0] ?? 1;
  const plane = sampleSize(split.shape) / channels;
  const count = split.n * plane;
  const histograms =
    split.images instanceof Uint8Array ? countBytes(split, channels, plane) : undefined;
  /** Sum of `f(value)` over a channel. */
  const total = (c: number, f: (value: number) => number): number => {
    if (histograms) return histograms[c]!.reduce((sum, times, value) => sum + times * f(value), 0);
    let sum = 0;
    for (let i = 0; i < split.n; i++) {
      const start = (i * channels + c) * plane;
      for (let j = start; j < start + plane; j++) sum += f(split.images[j]!);
    }
    return sum;
  };
  const mean: number[] = [];
  const std: number[] = [];
  for (let c = 0; c < channels; c++) {
    const m = total(c, (x) => x) / count;
    // The second pass works on differences: the textbook one-pass formula cancels.
    const deviation = Math.sqrt(total(c, (x) => (x - m) ** 2) / count);
    mean.push(m);
    std.push(deviation > 1e-12 ? deviation : 1);
  }
  return { mean, std };
}

/** How often each byte occurs in each channel: exact sums in one fast pass. */
function countBytes({ images }: Split, channels: number, plane: number): Float64Array[] {
  const counts = Array.from({ length: channels }, () => new Float64Array(256));
  for (let i = 0; i < images.length; ) {
    const channel = counts[(i / plane) % channels]!;
    for (const stop = i + plane; i < stop; i++) channel[images[i]!]!++;
  }
  return counts;
}

/**
 * The normalisation that an option means; `train` must be the training split, never validation or test.
 *
 * @example
 * // torchvision's figures for MNIST.
 * const { train } = await loadDataset("optdigits", {});
 * normalisation(train, { mean: [0.1307], std: [0.3081], scale: 255 }) // { mean: [33.3], std: [78.6] }
 */
export function normalisation(train: Split, option: NormaliseOption = "train"): Normalisation {
  if (option === "train") return channelStatistics(train);
  const channels = train.shape[0] ?? 1;
  if (option === "none") return { mean: constant(channels, 0), std: constant(channels, 1) };
  const { mean, std, scale = 1 } = option;
  const fits = (list: readonly number[]): boolean =>
    (list.length === 1 || list.length === channels) && list.every(Number.isFinite);
  if (!fits(mean) || !fits(std) || !(scale > 0) || std.some((s) => s <= 0)) {
    throw new UserError("E_CONFIG", "the given normalisation does not fit the data", {
      where: "data.normalise",
      allowed: `1 or ${channels} finite means and as many standard deviations > 0; scale > 0`,
      next: 'write normalise: "train" to have both measured',
    });
  }
  const spread = (list: readonly number[]): number[] =>
    Array.from({ length: channels }, (_, c) => scale * (list[c] ?? list[0]!));
  return { mean: spread(mean), std: spread(std) };
}

const constant = (length: number, value: number): number[] => new Array<number>(length).fill(value);
