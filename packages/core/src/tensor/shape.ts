/** Static shapes: element counts, strides and the broadcasting rule of numpy and ONNX. */

import { UserError } from "../base/index.js";

export type Shape = readonly number[];

/**
 * Number of elements; 1 for a scalar, 0 where any dimension is 0.
 *
 * @example
 * elementCount([2, 3, 4]) // 24
 */
export const elementCount = (shape: Shape): number => shape.reduce((n, d) => n * d, 1);

/**
 * Whether rank and sizes agree.
 *
 * @example
 * sameShape([2, 3], [2, 3]) // true
 */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((d, i) => d === b[i]);

/**
 * A shape in words, for messages.
 *
 * @example
 * formatShape([2, 3]) // "[2, 3]"
 */
export const formatShape = (shape: Shape): string => `[${shape.join(", ")}]`;

/**
 * Row-major strides in elements.
 *
 * @example
 * stridesOf([2, 3, 4]) // [12, 4, 1]
 */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/**
 * The shape of an elementwise result: trailing axes are aligned, a 1 stretches.
 *
 * @example
 * broadcastShapes([8, 1, 6], [7, 1]) // [8, 7, 6]
 */
export function broadcastShapes(...shapes: readonly Shape[]): Shape {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let i = 0; i < shape.length; i++) {
      const axis = rank - shape.length + i;
      const d = shape[i]!;
      const r = result[axis]!;
      if (d === r || d === 1) continue;
      if (r !== 1) {
        throw new UserError(
          "E_SHAPE",
          `shapes ${shapes.map(formatShape).join(" and ")} do not broadcast`,
          {
            allowed: "dimensions that are equal or 1, aligned at the last axis",
          },
        );
      }
      result[axis] = d;
    }
  }
  return result;
}

/**
 * `axis` counted from the front; negative axes count from the back, as everywhere in the field.
 *
 * @example
 * normaliseAxis(-1, 3) // 2
 */
export function normaliseAxis(axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new UserError("E_SHAPE", `axis ${axis} does not exist in a tensor of rank ${rank}`, {
      allowed: rank === 0 ? "none: a scalar has no axis" : `${-rank} to ${rank - 1}`,
    });
  }
  return axis < 0 ? axis + rank : axis;
}
