/** Rows of host tensors: taking some out, putting them back. */

import { allocate, elementCount, type HostTensor, tensor } from "../tensor/index.js";

const rowLength = (t: HostTensor): number => elementCount(t.shape.slice(1));

/**
 * The rows at `indices`, in that order.
 *
 * @example
 * gatherRows(tensor("float32", [3, 1], [7, 8, 9]), [2, 0]).data // Float32Array [9, 7]
 */
export function gatherRows(t: HostTensor, indices: ArrayLike<number>): HostTensor {
  const length = rowLength(t);
  const data = allocate(t.dtype, indices.length * length);
  for (let i = 0; i < indices.length; i++) {
    const start = indices[i]! * length;
    // One element type on both sides: the union hides it.
    (data as Float32Array).set(
      (t.data as Float32Array).subarray(start, start + length),
      i * length,
    );
  }
  return tensor(t.dtype, [indices.length, ...t.shape.slice(1)], data);
}

/**
 * Rows `start` to `end`, as a view: nothing is copied.
 *
 * @example
 * sliceRows(tensor("float32", [3, 1], [7, 8, 9]), 1, 3).data // Float32Array [8, 9]
 */
export function sliceRows(t: HostTensor, start: number, end: number): HostTensor {
  const length = rowLength(t);
  const data = (t.data as Float32Array).subarray(start * length, end * length);
  return tensor(t.dtype, [end - start, ...t.shape.slice(1)], data as typeof t.data);
}

/**
 * Writes row i of `from` to row `rows[i]` of `to`; `which` restricts the rows taken from `from`.
 *
 * @example
 * const all = tensor("float32", [3, 1], [0, 0, 0]);
 * scatterRows(tensor("float32", [2, 1], [8, 9]), all, { rows: [2, 0], which: [0, 1] });
 * all.data // Float32Array [9, 0, 8]
 */
export function scatterRows(
  from: HostTensor,
  to: HostTensor,
  { rows, which }: { readonly rows: ArrayLike<number>; readonly which: ArrayLike<number> },
): void {
  const length = rowLength(from);
  for (let j = 0; j < which.length; j++) {
    const i = which[j]!;
    const source = (from.data as Float32Array).subarray(i * length, (i + 1) * length);
    (to.data as Float32Array).set(source, rows[i]! * length);
  }
}
