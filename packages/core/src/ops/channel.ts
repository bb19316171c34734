/** Per-channel vectors on images: shared checks of the channel ops, and how a vector lies beside each layout. */

import { UserError } from "../base/index.js";
import type { Emitter, Layout, TensorType, Value } from "../graph/index.js";
import { formatShape, type HostTensor, tensor } from "../tensor/index.js";

/** The number of channels: axis 1 of [N, C, ...]. */
export function channelsOf(x: TensorType): number {
  if (x.shape.length < 2) {
    throw new UserError("E_SHAPE", `a tensor of shape ${formatShape(x.shape)}`, {
      allowed: "[N, C, ...]: channels on axis 1",
    });
  }
  return x.shape[1]!;
}

export function requireChannelVector(v: TensorType | undefined, channels: number): void {
  if (v && (v.shape.length !== 1 || v.shape[0] !== channels)) {
    throw new UserError("E_SHAPE", `a per-channel operand of shape ${formatShape(v.shape)}`, {
      allowed: `[${channels}]`,
    });
  }
}

/** An image and the layout in which it is worked on. */
export interface Placed {
  readonly x: Value;
  readonly layout: Layout;
}

/** The layout in which per-channel work on `x` is done: its own, if channels can be told apart in it. */
export function channelLayout(e: Emitter, x: Value): Layout {
  const layout = e.layoutOf(x);
  return layout === "weights" ? "plain" : layout;
}

/** `x` in `layout`, shaped so that per-channel vectors broadcast over it. */
export function useImage(e: Emitter, { x, layout }: Placed): string {
  const name = e.use(x, layout);
  if (layout !== "blocked") return name;
  const [, c, h, w] = x.shape as [number, number, number, number];
  const b = e.target.blockSize;
  return e.emit("Reshape", [name, e.ints([0, c / b, h * w, b])]);
}

/** The reverse of `useImage`, for a result of the shape of `x`. */
export function imageName(e: Emitter, name: string, { x, layout }: Placed): string {
  return layout === "blocked" ? e.emit("Reshape", [name, e.ints([0, ...x.shape.slice(1)])]) : name;
}

/** The vector [C], shaped so that it broadcasts over what `useImage` gives for `x`. */
export function useChannelVector(e: Emitter, v: Value, { x, layout }: Placed): string {
  const c = x.shape[1]!;
  const b = e.target.blockSize;
  if (layout === "rows" || x.shape.length === 2) return e.use(v);
  const shape = layout === "blocked" ? [1, c / b, 1, b] : [c, ...x.shape.slice(2).map(() => 1)];
  return e.emit("Reshape", [e.use(v), e.ints(shape)]);
}

const rowsOfOnes = new Map<string, HostTensor>();

/** A row of ones: one object per length, since the emitter stores large constants once by identity. */
function ones(e: Emitter, x: Value, length: number): string {
  const key = `${x.dtype} ${length}`;
  const row =
    rowsOfOnes.get(key) ?? tensor(x.dtype, [1, length], new Array<number>(length).fill(1));
  rowsOfOnes.set(key, row);
  return e.constant(row);
}

/**
 * Sums every channel of `name`, which is shaped and laid out as `useImage` gives `x`, to [C].
 * Products with rows of ones: many times faster than ReduceSum over the outer axes.
 */
export function emitChannelSum(e: Emitter, name: string, { x, layout }: Placed): string {
  const [n, c, ...size] = x.shape as [number, number, ...number[]];
  const pixels = size.reduce((a, d) => a * d, 1);
  const column = (matrix: string, rows: number) =>
    e.emit("Reshape", [e.emit("MatMul", [ones(e, x, rows), matrix]), e.ints([c])]);
  if (n * c * pixels === 0) {
    const axes = e.ints(x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])));
    return e.emit("ReduceSum", [name, axes], { attrs: { keepdims: 0 } });
  }
  if (layout === "rows") return column(name, n * pixels);
  if (size.length === 0) return column(name, n);
  if (layout === "blocked") {
    if (c === e.target.blockSize) {
      return column(e.emit("Reshape", [name, e.ints([n * pixels, c])]), n * pixels);
    }
    const perImage = e.emit("MatMul", [ones(e, x, pixels), name]);
    return column(e.emit("Reshape", [perImage, e.ints([n, c])]), n);
  }
  // Plain: rows of one plane each, so the runtime's own row sums are fast.
  const planes = e.emit("Reshape", [name, e.ints([n, c, pixels])]);
  const perImage = e.emit("ReduceSum", [planes, e.ints([2])], { attrs: { keepdims: 0 } });
  return column(perImage, n);
}
