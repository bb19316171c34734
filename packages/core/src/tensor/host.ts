/** Tensors in the host's memory: a shape over a typed array, row-major, never a view. */

import { UserError } from "../base/index.js";
import { allocate, type DType, fromNumbers, type TensorData } from "./dtype.js";
import { elementCount, formatShape, type Shape } from "./shape.js";

export interface HostTensor<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: Shape;
  readonly data: TensorData<D>;
}

/**
 * A tensor over `data`, which is used as it is, not copied.
 *
 * @example
 * tensor("float32", [2, 2], [1, 2, 3, 4]).data // Float32Array [1, 2, 3, 4]
 */
export function tensor<D extends DType>(
  dtype: D,
  shape: Shape,
  data: TensorData<D> | readonly number[],
): HostTensor<D> {
  const buffer = (
    Array.isArray(data) ? fromNumbers(dtype, data as number[]) : data
  ) as TensorData<D>;
  if (buffer.length !== elementCount(shape)) {
    throw new UserError(
      "E_SHAPE",
      `${buffer.length} values given for shape ${formatShape(shape)}`,
      {
        allowed: `${elementCount(shape)} values`,
      },
    );
  }
  return { dtype, shape: [...shape], data: buffer };
}

/**
 * A tensor of zeros.
 *
 * @example
 * zeros("float32", [3]).data // Float32Array [0, 0, 0]
 */
export const zeros = <D extends DType>(dtype: D, shape: Shape): HostTensor<D> =>
  tensor(dtype, shape, allocate(dtype, elementCount(shape)));

/**
 * A tensor of one element and no axes.
 *
 * @example
 * scalar("float32", 3).shape // []
 */
export const scalar = <D extends DType>(dtype: D, value: number): HostTensor<D> =>
  tensor(dtype, [], [value]);

/**
 * The elements as plain numbers: for tests, printing and the double-precision reference.
 *
 * @example
 * toNumbers(tensor("int64", [2], [1, 2])) // [1, 2]
 */
export function toNumbers(t: HostTensor): number[] {
  return Array.from(t.data as ArrayLike<number | bigint>, Number);
}
