/**
 * The transposed convolution with stride 2 in the blocked layout, as four convolutions: one for each parity of the result's
 * row and column, with the taps that can reach it. No zeros are multiplied, unlike in a dilated convolution.
 */

import type { Emitter, Node, Target, Value } from "../graph/index.js";
import { exchangedWeights, flippedBlockedWeight, isBlockable, NCHWC } from "./conv-emit.js";
import type { ConvTransposeAttrs } from "./conv-transpose.js";
import { hasBlockedForm } from "./depthwise.js";
import { isAll } from "./window.js";

type TransposeNode = Node<ConvTransposeAttrs>;

/** Along one axis: which taps reach a parity of the result, in order of the positions they read, and the padding. */
interface Phase {
  /** Indices into the kernel, largest first. */
  readonly taps: readonly number[];
  readonly before: number;
  readonly after: number;
}

/**
 * result[r] = sum over taps k with (r + pad - k) even of image[(r + pad - k) / 2] * weight[k]. For results r = 2 q + parity
 * the positions read are q + (parity + pad - k) / 2.
 */
function phase(parity: number, pad: number, kernel: number): Phase | undefined {
  const taps: number[] = [];
  for (let k = kernel - 1; k >= 0; k--) if ((parity + pad - k) % 2 === 0) taps.push(k);
  if (taps.length === 0) return undefined;
  const offset = (k: number) => (parity + pad - k) / 2;
  const before = -offset(taps[0]!);
  const after = offset(taps.at(-1)!);
  return before >= 0 && after >= 0 ? { taps, before, after } : undefined;
}

function phases({ attrs, inputs }: TransposeNode): { rows: Phase[]; columns: Phase[] } | undefined {
  const kernel = inputs[1]!.shape.slice(2);
  const along = (axis: number) =>
    [0, 1].flatMap((parity) => phase(parity, attrs.pads[axis]!, kernel[axis]!) ?? []);
  const rows = along(0);
  const columns = along(1);
  return rows.length === 2 && columns.length === 2 ? { rows, columns } : undefined;
}

function isBlockedAndHalved(node: TransposeNode, target: Target): boolean {
  const [x, w, bias] = node.inputs as [Value, Value, Value | undefined];
  const { groups, strides, dilations, size } = node.attrs;
  const [inputs, outputs] = w.shape as [number, number];
  return (
    groups === 1 &&
    !bias &&
    hasBlockedForm(x, target) &&
    isAll(strides, 2) &&
    isAll(dilations, 1) &&
    isBlockable(target, { x, inputs, outputs }) &&
    outputs % target.blockSize === 0 &&
    size.every((length, i) => length === 2 * x.shape[i + 2]!)
  );
}

export const hasFourPhases = (node: TransposeNode, target: Target): boolean =>
  isBlockedAndHalved(node, target) && phases(node) !== undefined;

/** A 1x1 kernel with stride 2 reaches even rows and columns only. */
export const isSparsePointwise = (node: TransposeNode, target: Target): boolean =>
  isBlockedAndHalved(node, target) &&
  isAll(node.inputs[1]!.shape.slice(2), 1) &&
  isAll(node.attrs.pads, 0);

/** Interleaves the four parts [N, C, H, W] into the blocked result [N, C, 2H, 2W]. */
function interleave(
  e: Emitter,
  parts: readonly string[],
  part: readonly number[],
  y: Value,
): string {
  const b = e.target.blockSize;
  const [n, c, h, w] = part as [number, number, number, number];
  const rows = (n * c * h) / b;
  const concat = (names: string[]) => e.emit("Concat", names, { attrs: { axis: 1 } });
  const reshape = (name: string, shape: readonly number[]) =>
    e.emit("Reshape", [name, e.ints(shape)]);
  const pixels = parts.map((name) => reshape(name, [rows * w, b]));
  const row = (a: string, z: string) => reshape(concat([a, z]), [rows, w * 2 * b]);
  return reshape(concat([row(pixels[0]!, pixels[1]!), row(pixels[2]!, pixels[3]!)]), y.shape);
}

export function emitFourPhases(node: TransposeNode, e: Emitter): void {
  const [x, w] = node.inputs as [Value, Value];
  const y = node.outputs[0]!;
  const { rows, columns } = phases(node)!;
  const [, i, , kw] = w.shape as [number, number, number, number];
  const [n, , h, width] = x.shape as [number, number, number, number];
  const image = e.use(x, "blocked");
  const quarters = rows.flatMap((row) => columns.map((column) => ({ row, column })));
  const weights = exchangedWeights(
    e,
    w,
    quarters.map(({ row, column }) => ({
      taps: row.taps.flatMap((ky) => column.taps.map((kx) => ky * kw + kx)),
      kernel: [row.taps.length, column.taps.length],
    })),
  );
  const parts = quarters.map(({ row, column }, k) => {
    const kernel_shape = [row.taps.length, column.taps.length];
    const pads = [row.before, column.before, row.after, column.after];
    const attrs = { kernel_shape, strides: [1, 1], dilations: [1, 1], pads, group: 1 };
    return e.emit("Conv", [image, weights[k]!], { domain: NCHWC, attrs });
  });
  e.define(y, interleave(e, parts, [n, i, h, width], y), "blocked");
}

export function emitSparsePointwise(node: TransposeNode, e: Emitter): void {
  const [x, w] = node.inputs as [Value, Value];
  const y = node.outputs[0]!;
  const [, i] = w.shape as [number, number];
  const [n, , h, width] = x.shape as [number, number, number, number];
  const weight = flippedBlockedWeight(e, w);
  const attrs = {
    kernel_shape: [1, 1],
    strides: [1, 1],
    dilations: [1, 1],
    pads: [0, 0, 0, 0],
    group: 1,
  };
  const even = e.emit("Conv", [e.use(x, "blocked"), weight], { domain: NCHWC, attrs });
  // Every pixel grows a zero to its right, every row a row of zeros below.
  const b = e.target.blockSize;
  const rows = (n * i * h) / b;
  const pixels = e.emit("Reshape", [even, e.ints([rows * width, b])]);
  const wide = e.emit("Pad", [pixels, e.ints([0, 0, 0, b])]);
  const lines = e.emit("Reshape", [wide, e.ints([rows, width * 2 * b])]);
  const tall = e.emit("Pad", [lines, e.ints([0, 0, 0, width * 2 * b])]);
  e.define(y, e.emit("Reshape", [tall, e.ints(y.shape)]), "blocked");
}
