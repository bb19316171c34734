/** Random crop and horizontal flip, drawn from named streams and applied while a sample is normalised. */

import { UserError } from "@frugal/core/base";
import { randomStream } from "@frugal/core/random";
import type { Normalisation } from "./normalise.js";
import { type Split, sampleSize } from "./types.js";

export interface Augmentation {
  /** Crop a window of the image's own size from the image padded by this many pixels of stored value 0. */
  readonly crop?: { readonly padding: number };
  /** Mirror left and right with probability 1/2. */
  readonly flip?: boolean;
}

/** What happens to one image: shifted content, then mirrored. */
export interface AugmentationDraw {
  /** Row and column of the padded image at which the window begins, minus the padding. */
  readonly dy: number;
  readonly dx: number;
  readonly mirrored: boolean;
}

/**
 * The draws of one batch; empty where nothing is augmented.
 *
 * @example
 * drawAugmentation({ flip: true }, 64, { seed: 1, epoch: 0, step: 9 })
 */
export function drawAugmentation(
  augment: Augmentation,
  count: number,
  place: { readonly seed: number; readonly epoch: number; readonly step: number },
): AugmentationDraw[] {
  const { crop, flip = false } = augment;
  if (!crop && !flip) return [];
  const { seed, epoch, step } = place;
  const cropStream = randomStream(seed, "crop", epoch, step);
  const flipStream = randomStream(seed, "flip", epoch, step);
  const padding = crop?.padding ?? 0;
  const shift = (): number => (padding === 0 ? 0 : cropStream.integer(2 * padding + 1) - padding);
  return Array.from({ length: count }, () => ({
    dy: shift(),
    dx: shift(),
    mirrored: flip && flipStream.integer(2) === 1,
  }));
}

/** Writes sample `row`, normalised and augmented, into `out` from `offset`. */
export type SampleWriter = (
  row: number,
  out: Float32Array,
  offset: number,
  draw: AugmentationDraw | undefined,
) => void;

/**
 * The writer for a split: bytes go through a table of 256 normalised values a channel, floats are computed.
 *
 * @example
 * const { train } = await loadDataset("optdigits", {});
 * const pixels = new Float32Array(64);
 * sampleWriter(train, {}, { mean: [0], std: [1] })(0, pixels, 0, undefined);
 * pixels // Float32Array [0, 1, 6, 15, 12, 1, ...]
 */
export function sampleWriter(
  split: Split,
  augment: Augmentation,
  normalisation: Normalisation | undefined,
): SampleWriter {
  const { shape, images } = split;
  checkAugmentation(augment, shape);
  const size = sampleSize(shape);
  const channels = shape[0] ?? 1;
  const width = shape.at(-1) ?? 1;
  // Only images [channels, height, width] are augmented, so that only there rows have a meaning.
  const height = shape.length === 3 ? shape[1]! : 1;
  const plane = size / channels;
  const scale = Float64Array.from({ length: channels }, (_, c) => 1 / (normalisation?.std[c] ?? 1));
  const mean = Float64Array.from({ length: channels }, (_, c) => normalisation?.mean[c] ?? 0);
  const normalised = (value: number, c: number): number => (value - mean[c]!) * scale[c]!;

  const isBytes = images instanceof Uint8Array;
  const table = isBytes
    ? Float32Array.from({ length: channels * 256 }, (_, i) => normalised(i & 255, i >> 8))
    : new Float32Array(0);

  /** `count` values of a channel, onwards in the source, by `stride` (1 or -1) in `out`. */
  function copy(
    c: number,
    from: number,
    count: number,
    out: Float32Array,
    to: number,
    stride: 1 | -1,
  ) {
    let target = to;
    if (isBytes) {
      const base = c << 8;
      for (let i = from; i < from + count; i++, target += stride)
        out[target] = table[base + images[i]!]!;
    } else {
      const m = mean[c]!;
      const s = scale[c]!;
      for (let i = from; i < from + count; i++, target += stride)
        out[target] = (images[i]! - m) * s;
    }
  }

  return (row, out, offset, draw) => {
    const start = row * size;
    for (let c = 0; c < channels; c++) {
      const from = start + c * plane;
      const to = offset + c * plane;
      if (!draw) {
        copy(c, from, plane, out, to, 1);
        continue;
      }
      const { dy, dx, mirrored } = draw;
      if (dy !== 0 || dx !== 0) out.fill(normalised(0, c), to, to + plane);
      // Window columns whose source column x + dx lies inside the image.
      const left = Math.max(0, -dx);
      const count = Math.max(0, width - Math.abs(dx));
      for (let y = Math.max(0, -dy); y < Math.min(height, height - dy); y++) {
        const source = from + (y + dy) * width + left + dx;
        const target = to + y * width;
        if (mirrored) copy(c, source, count, out, target + width - 1 - left, -1);
        else copy(c, source, count, out, target + left, 1);
      }
    }
  };
}

function checkAugmentation({ crop, flip }: Augmentation, shape: readonly number[]): void {
  if (!crop && !flip) return;
  if (shape.length !== 3) {
    throw new UserError("E_CONFIG", "crop and flip need images", {
      where: "data.augment",
      allowed: `samples [channels, height, width]; these are [${shape.join(", ")}]`,
      next: "remove data.augment",
    });
  }
  const limit = Math.min(shape[1]!, shape[2]!);
  if (crop && !(Number.isInteger(crop.padding) && crop.padding >= 0 && crop.padding < limit)) {
    throw new UserError("E_CONFIG", `crop padding is ${crop.padding}`, {
      where: "data.augment.crop.padding",
      allowed: `a whole number, 0 to ${limit - 1}`,
      next: "4 is usual for images of 32x32",
    });
  }
}
