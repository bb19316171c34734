/** Strides as PyTorch keeps them: which reshapes of a view are views, and which have to copy. */

import { elementCount, type Shape, stridesOf } from "../../tensor/index.js";

/** Distance in elements between neighbours on each axis. */
export type Strides = readonly number[];

/**
 * Strides of `to` over the same memory as `from` with `strides`, or undefined where only a copy has that shape: axes can
 * be joined where each steps over exactly what lies inside it (PyTorch's `computeStride`).
 */
export function viewStrides(from: Shape, strides: Strides, to: Shape): Strides | undefined {
  if (elementCount(from) !== elementCount(to)) return undefined;
  if (elementCount(from) === 0) return stridesOf(to);
  const result = new Array<number>(to.length).fill(1);
  let at = to.length - 1;
  let base = strides.at(-1) ?? 1;
  let size = 1;
  let placed = 1;
  for (let axis = from.length - 1; axis >= 0; axis--) {
    size *= from[axis]!;
    const joins = axis > 0 && (from[axis - 1] === 1 || strides[axis - 1] === size * base);
    if (joins) continue;
    while (at >= 0 && (placed < size || to[at] === 1)) {
      result[at] = placed * base;
      placed *= to[at]!;
      at--;
    }
    if (placed !== size) return undefined;
    if (axis > 0) {
      base = strides[axis - 1]!;
      size = 1;
      placed = 1;
    }
  }
  return at === -1 ? result : undefined;
}

/** Strides of a new tensor whose axes lie in the order of another one's. */
export function orderedAs(shape: Shape, strides: Strides): Strides {
  if (shape.length !== strides.length) return stridesOf(shape);
  const order = shape.map((_, axis) => axis);
  order.sort((a, b) => strides[b]! - strides[a]! || a - b);
  const inner = stridesOf(order.map((axis) => shape[axis]!));
  const result = [...inner];
  order.forEach((axis, i) => {
    result[axis] = inner[i]!;
  });
  return result;
}
