/** Walking over multi-indices, for kernels that are written straight from a definition. */

import { elementCount, type Shape, stridesOf } from "../tensor/index.js";

/** Calls `visit` for every multi-index of `shape` in row-major order, with its linear position. The index array is reused. */
export function forEachIndex(
  shape: Shape,
  visit: (index: readonly number[], position: number) => void,
): void {
  const total = elementCount(shape);
  const index = new Array<number>(shape.length).fill(0);
  for (let position = 0; position < total; position++) {
    visit(index, position);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** Linear position of `index` in a tensor of `shape` that is broadcast: extra leading axes are dropped, length-1 axes pinned. */
export function broadcastPosition(index: readonly number[], shape: Shape): number {
  const strides = stridesOf(shape);
  const offset = index.length - shape.length;
  return shape.reduce(
    (sum, d, axis) => sum + (d === 1 ? 0 : index[offset + axis]! * strides[axis]!),
    0,
  );
}

/** Linear position of `index` in a tensor of `shape`. */
export const positionOf = (index: readonly number[], shape: Shape): number =>
  index.reduce((position, i, axis) => position * shape[axis]! + i, 0);
