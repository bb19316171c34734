/** From an image file to a network's input, each part timed by itself. */

import { readFileSync } from "node:fs";
import { UserError } from "@frugal/core/base";
import type { ModelPort } from "@frugal/engine";
import { type DecodedImage, decodeImage } from "../data/decode-image.js";

export interface PreparedImage {
  readonly input: string;
  /** One sample, row-major in the input's own layout. */
  readonly values: readonly number[];
  /** Medians are taken by the caller. */
  readonly decodeMs: readonly number[];
  readonly preprocessMs: readonly number[];
}

interface Target {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Channels before rows, or after columns. */
  readonly planar: boolean;
}

const REPETITIONS = 7;

/** The image input: four dimensions, 1 or 3 channels before or after the plane. */
function targetOf(shape: readonly number[]): Target | undefined {
  if (shape.length !== 4) return undefined;
  const [, a, b, c] = shape as [number, number, number, number];
  if (a === 1 || a === 3) return { channels: a, height: b, width: c, planar: true };
  return c === 1 || c === 3 ? { channels: c, height: a, width: b, planar: false } : undefined;
}

/** Bilinear, centres of pixels on centres of pixels, no smoothing before shrinking; 0..255 becomes 0..1. */
function resize(image: DecodedImage, { channels, height, width, planar }: Target): number[] {
  const out = new Array<number>(channels * height * width);
  const place = (v: number, to: number, from: number) =>
    Math.min(from - 1, Math.max(0, ((v + 0.5) * from) / to - 0.5));
  for (let c = 0; c < channels; c++) {
    const plane = Math.min(c, image.channels - 1) * image.width * image.height;
    for (let y = 0; y < height; y++) {
      const sy = place(y, height, image.height);
      const y0 = Math.floor(sy);
      const y1 = Math.min(image.height - 1, y0 + 1);
      for (let x = 0; x < width; x++) {
        const sx = place(x, width, image.width);
        const x0 = Math.floor(sx);
        const x1 = Math.min(image.width - 1, x0 + 1);
        const pixel = (row: number, column: number) =>
          image.planes[plane + row * image.width + column]!;
        const top = pixel(y0, x0) * (1 - sx + x0) + pixel(y0, x1) * (sx - x0);
        const bottom = pixel(y1, x0) * (1 - sx + x0) + pixel(y1, x1) * (sx - x0);
        const value = (top * (1 - sy + y0) + bottom * (sy - y0)) / 255;
        out[planar ? (c * height + y) * width + x : (y * width + x) * channels + c] = value;
      }
    }
  }
  return out;
}

/**
 * Decodes and prepares an image several times for the first image-like float input. The numbers are not normalised as any
 * particular network wants them: times do not depend on it.
 */
export function prepareImage(
  path: string,
  inputs: readonly ModelPort[],
  shapes: Readonly<Record<string, readonly number[]>>,
): PreparedImage {
  const found = inputs
    .filter((i) => i.dtype.startsWith("float"))
    .flatMap((i) => {
      const target = targetOf(shapes[i.name] ?? []);
      return target ? [{ input: i.name, target }] : [];
    })[0];
  if (!found) {
    throw new UserError("E_USAGE", "the model has no input for an image", {
      where: path,
      allowed: "a float input of four dimensions with 1 or 3 channels",
      next: "leave the image out",
    });
  }
  let file: Uint8Array;
  try {
    file = new Uint8Array(readFileSync(path));
  } catch (cause) {
    throw new UserError("E_FILE", "the image cannot be read", { where: path, cause });
  }
  const decodeMs: number[] = [];
  const preprocessMs: number[] = [];
  let values: number[] = [];
  for (let i = 0; i < REPETITIONS; i++) {
    const start = performance.now();
    const image = decodeImage(file, path);
    const decoded = performance.now();
    values = resize(image, found.target);
    decodeMs.push(decoded - start);
    preprocessMs.push(performance.now() - decoded);
  }
  return { input: found.input, values, decodeMs, preprocessMs };
}
