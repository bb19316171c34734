/** Memory layouts: what they mean, moving a tensor between them inside a model, and packing one on the host. */

import { assert } from "../base/index.js";
import type { Emitter, Layout, Value } from "../graph/index.js";
import { elementCount, type HostTensor, type Shape, stridesOf, tensor } from "../tensor/index.js";

export const NCHWC = "com.microsoft.nchwc";

/** A layout as a reshape of the plain tensor to `dims`, and a permutation of those axes. */
interface Packing {
  readonly dims: readonly number[];
  readonly perm: readonly number[];
}

/** How `layout` packs a plain tensor of `shape`; undefined where it cannot. */
function packing(shape: Shape, layout: Layout, blockSize: number): Packing | undefined {
  if (shape.length !== 4) return undefined;
  const [d0, d1, d2, d3] = shape as [number, number, number, number];
  const b = blockSize;
  const whole = (d: number) => b > 0 && d % b === 0;
  switch (layout) {
    case "blocked":
      return whole(d1) ? { dims: [d0, d1 / b, b, d2 * d3], perm: [0, 1, 3, 2] } : undefined;
    case "rows":
      return { dims: [d0, d1, d2 * d3], perm: [0, 2, 1] };
    case "weights":
      if (!whole(d0)) return undefined;
      if (whole(d1)) return { dims: [d0 / b, b, d1 / b, b, d2 * d3], perm: [0, 2, 4, 3, 1] };
      // A first layer: fewer channels than a block, read as they are.
      return d1 < b ? { dims: [d0 / b, b, d1, d2 * d3], perm: [0, 2, 3, 1] } : undefined;
    default:
      return { dims: shape, perm: [0, 1, 2, 3] };
  }
}

/**
 * Whether a tensor of this shape can be held in `layout`.
 *
 * @example
 * fitsLayout([1, 16, 8, 8], "blocked", 8) // true
 */
export const fitsLayout = (shape: Shape, layout: Layout, blockSize: number): boolean =>
  packing(shape, layout, blockSize) !== undefined;

/** Whether `convertLayout` has a way between two layouts that does not pass through plain. */
export const convertible = (from: Layout, to: Layout): boolean =>
  from === "plain" || to === "plain" || (from !== "weights" && to !== "weights");

const inverse = (perm: readonly number[]): number[] => perm.map((_, axis) => perm.indexOf(axis));

/** Writes the nodes that turn `name`, which holds `value` in layout `from`, into layout `to`. */
export function convertLayout(
  e: Emitter,
  value: Value,
  name: string,
  from: Layout,
  to: Layout,
): string {
  if (from === to) return name;
  const { shape } = value;
  const b = e.target.blockSize;
  const reshape = (x: string, dims: readonly number[]) => e.emit("Reshape", [x, e.ints(dims)]);
  const transpose = (x: string, perm: readonly number[]) =>
    e.emit("Transpose", [x], { attrs: { perm } });
  const [n, c, h, w] = shape as [number, number, number, number];

  // The runtime's own reorders are several times faster than a transposition.
  if (from === "plain" && to === "blocked")
    return e.emit("ReorderInput", [name], { domain: NCHWC });
  if (from === "blocked" && to === "plain") {
    return e.emit("ReorderOutput", [name], { domain: NCHWC, attrs: { channels: c } });
  }
  if (from === "blocked" && to === "rows") {
    const attrs = { channels: c, channels_last: 1 };
    return reshape(e.emit("ReorderOutput", [name], { domain: NCHWC, attrs }), [n * h * w, c]);
  }
  if (from === "rows" && to === "blocked") {
    const pixels = reshape(name, [n, h, w, c]);
    return e.emit("ReorderInput", [pixels], { domain: NCHWC, attrs: { channels_last: 1 } });
  }
  if (to === "plain") {
    const p = packing(shape, from, b);
    assert(p, `a tensor of shape ${shape} in layout ${from}`);
    return reshape(
      transpose(
        reshape(
          name,
          p.perm.map((axis) => p.dims[axis]!),
        ),
        inverse(p.perm),
      ),
      shape,
    );
  }
  const p = packing(shape, to, b);
  assert(p && from === "plain", `no way from layout ${from} to ${to} for shape ${shape}`);
  return reshape(transpose(reshape(name, p.dims), p.perm), to === "rows" ? [n * h * w, c] : shape);
}

function transposeHost(
  t: HostTensor,
  dims: readonly number[],
  perm: readonly number[],
): HostTensor["data"] {
  const from = stridesOf(dims);
  const shape = perm.map((axis) => dims[axis]!);
  const steps = perm.map((axis) => from[axis]!);
  const result = t.data.slice() as Float32Array;
  const source = t.data as Float32Array;
  const index = new Array<number>(shape.length).fill(0);
  let at = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = source[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += steps[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= steps[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/**
 * `t` with its elements in the order of `layout`; its shape stays the plain one.
 *
 * @example
 * // Two channels of two pixels: pixel by pixel when packed.
 * packHost(tensor("float32", [1, 2, 1, 2], [1, 2, 3, 4]), "blocked", 2).data // Float32Array [1, 3, 2, 4]
 */
export function packHost(t: HostTensor, layout: Layout, blockSize: number): HostTensor {
  const p = packing(t.shape, layout, blockSize);
  assert(p, `a tensor of shape ${t.shape} in layout ${layout}`);
  return tensor(t.dtype, t.shape, transposeHost(t, p.dims, p.perm) as Float32Array);
}

/**
 * The reverse of `packHost`.
 *
 * @example
 * unpackHost(tensor("float32", [1, 2, 1, 2], [1, 3, 2, 4]), "blocked", 2).data // Float32Array [1, 2, 3, 4]
 */
export function unpackHost(t: HostTensor, layout: Layout, blockSize: number): HostTensor {
  const p = packing(t.shape, layout, blockSize);
  assert(
    p && elementCount(p.dims) === t.data.length,
    `a tensor of shape ${t.shape} in layout ${layout}`,
  );
  const packed = p.perm.map((axis) => p.dims[axis]!);
  return tensor(t.dtype, t.shape, transposeHost(t, packed, inverse(p.perm)) as Float32Array);
}
