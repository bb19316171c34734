/** Geometry of sliding windows: strides, pads and dilations read, output lengths, and taps that lie on real data. */

import type { Shape } from "../../../tensor/index.js";
import type { NodeView } from "../node-view.js";

export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** All begins, then all ends. */
  readonly pads: readonly number[];
}

function listOf(n: NodeView, name: string, length: number, otherwise: number): readonly number[] {
  const given = n.list(name);
  if (!given) return new Array<number>(length).fill(otherwise);
  if (given.length !== length) n.refuse(`${name} has ${given.length} numbers, not ${length}`);
  const least = name === "pads" ? Number.NEGATIVE_INFINITY : 1;
  if (!given.every((v) => Number.isSafeInteger(v) && v >= least)) {
    n.refuse(`${name} is [${given.join(", ")}]`);
  }
  return given;
}

const reach = (kernel: number, dilation: number): number => (kernel - 1) * dilation + 1;

/** The window over the spatial lengths of input 0. */
export function readWindow(n: NodeView, lengths: Shape, kernel: readonly number[]): Window {
  const rank = lengths.length;
  if (kernel.length !== rank) n.refuse(`a kernel of rank ${kernel.length} over ${rank} axes`);
  const strides = listOf(n, "strides", rank, 1);
  const dilations = listOf(n, "dilations", rank, 1);
  const mode = n.string("auto_pad") ?? "NOTSET";
  let pads = listOf(n, "pads", 2 * rank, 0);
  if (mode === "VALID") pads = pads.map(() => 0);
  else if (mode !== "NOTSET" && mode !== "") {
    const totals = lengths.map((length, i) => {
      const wanted = (Math.ceil(length / strides[i]!) - 1) * strides[i]!;
      return Math.max(0, wanted + reach(kernel[i]!, dilations[i]!) - length);
    });
    const small = totals.map((t) => Math.floor(t / 2));
    const large = totals.map((t, i) => t - small[i]!);
    pads = mode === "SAME_LOWER" ? [...large, ...small] : [...small, ...large];
  }
  return { kernel, strides, dilations, pads };
}

/** Output lengths; `ceil` keeps a last window that starts on data or its left padding. */
export function windowLengths(n: NodeView, lengths: Shape, window: Window, ceil = false): number[] {
  const { kernel, strides, dilations, pads } = window;
  const rank = lengths.length;
  return lengths.map((length, i) => {
    const before = pads[i]!;
    const room = length + before + pads[i + rank]! - reach(kernel[i]!, dilations[i]!);
    const stride = strides[i]!;
    let out = (ceil ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
    if (ceil && (out - 1) * stride >= length + before) out--;
    if (out < 0) n.refuse(`the window is longer than axis ${i} with its padding`);
    return out;
  });
}

/** Number of pairs (o, k) of output and kernel position whose input position o * stride + k * dilation - pad exists. */
function pairsOnData(axis: {
  readonly length: number;
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pad: number;
}): number {
  const { length, outputs, kernel, stride, dilation, pad } = axis;
  if (Number.isNaN(length * outputs * kernel)) return Number.NaN;
  // In the overwhelming case nothing is padded and nothing needs counting; and a claimed kernel may be gigantic.
  const last = (outputs - 1) * stride + (kernel - 1) * dilation - pad;
  if (pad <= 0 && last < length) return outputs * kernel;
  /** How many steps a = 0, 1, ... below `count` fulfil 0 <= a * step + offset < length. */
  const inside = (count: number, step: number, offset: number): number => {
    const first = Math.max(0, Math.ceil(-offset / step));
    const end = Math.min(count, Math.floor((length - 1 - offset) / step) + 1);
    return Math.max(0, end - first);
  };
  let pairs = 0;
  if (kernel <= outputs) {
    for (let k = 0; k < kernel; k++) pairs += inside(outputs, stride, k * dilation - pad);
  } else {
    for (let o = 0; o < outputs; o++) pairs += inside(kernel, dilation, o * stride - pad);
  }
  return pairs;
}

/** Axes longer than this are not walked: no network has them, hostile files claim them. */
const LONGEST_WALK = 1 << 22;

/** Products of all axes' pairs of window and data, for a convolution from `inputs` to `outputs`. */
export function tapsOnData(n: NodeView, inputs: Shape, outputs: Shape, window: Window): number {
  return inputs.reduce((product, length, i) => {
    const kernel = window.kernel[i]!;
    if (Math.min(kernel, outputs[i]!) > LONGEST_WALK) n.refuse(`a window of length ${kernel}`);
    return (
      product *
      pairsOnData({
        length,
        outputs: outputs[i]!,
        kernel,
        stride: window.strides[i]!,
        dilation: window.dilations[i]!,
        pad: window.pads[i]!,
      })
    );
  }, 1);
}
