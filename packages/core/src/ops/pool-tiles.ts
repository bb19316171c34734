/** Images in the blocked layout as tiles: the pixels at one offset of every tile, taken out and put back. */

import type { Emitter, Target, Value } from "../graph/index.js";
import { elementCount, type Shape } from "../tensor/index.js";
import { isTiling, type PoolAttrs } from "./pool.js";

export interface Tiles {
  /** Shape of the image, [N, C, H, W]. */
  readonly shape: Shape;
  readonly kernel: Shape;
}

/** Whether pooling `x` cuts it into tiles whose taps are rows of whole channel blocks. */
export function isBlockedTiling(x: Value, attrs: PoolAttrs, target: Target): boolean {
  const { shape } = x;
  return (
    target.blockSize > 0 &&
    shape.length === 4 &&
    x.dtype === "float32" &&
    elementCount(shape) > 0 &&
    shape[1]! % target.blockSize === 0 &&
    isTiling(shape.slice(2), attrs)
  );
}

/** [N * C/b * H/kh, 1, W/kw, b]: one tap of every tile. */
export function tapShape(e: Emitter, { shape, kernel }: Tiles): number[] {
  const [n, c, h, w] = shape as [number, number, number, number];
  const b = e.target.blockSize;
  return [(n * c * h) / (b * kernel[0]!), 1, w / kernel[1]!, b];
}

/** The taps of all tiles of a blocked image, row by row, each of `tapShape`. */
export function splitTiles(e: Emitter, name: string, tiles: Tiles): string[] {
  const [kh, kw] = tiles.kernel as [number, number];
  const [outer, , columns, b] = tapShape(e, tiles) as [number, number, number, number];
  const rows = e.emit("Reshape", [name, e.ints([outer, kh, columns, kw * b])]);
  const split = (from: string, parts: number, axis: number) =>
    parts === 1
      ? [from]
      : e.emitMany("Split", [from], parts, { attrs: { axis, num_outputs: parts } });
  return split(rows, kh, 1).flatMap((row) => split(row, kw, 3));
}

/** The reverse of `splitTiles`: the name of the blocked image. */
export function joinTiles(e: Emitter, taps: readonly string[], { shape, kernel }: Tiles): string {
  const [kh, kw] = kernel as [number, number];
  const concat = (parts: readonly string[], axis: number) =>
    parts.length === 1 ? parts[0]! : e.emit("Concat", parts, { attrs: { axis } });
  const rows = Array.from({ length: kh }, (_, i) => concat(taps.slice(i * kw, (i + 1) * kw), 3));
  return e.emit("Reshape", [concat(rows, 1), e.ints(shape)]);
}
