/** The kernels that a look-up table is recorded on: a stratified sample of shapes, one kernel to a network. */

import type { OnnxModel } from "../../lowering/index.js";
import { randomStream, type Stream } from "../../random/index.js";
import type { KernelFamily } from "./families.js";
import { ProbeBuilder, type ProbeValue } from "./probe-builder.js";

const CHANNELS = [8, 16, 24, 32, 48, 64, 96, 128, 192, 256];
/** Widths that are no multiple of a vector occur as well. */
const channelsOf = (s: Stream): number =>
  s.integer(2) === 0 ? pick(s, CHANNELS) : 4 * Math.round(2 ** (0.5 + 5.5 * s.uniform()));
const SIDES = [2, 4, 6, 8, 12, 14, 16, 24, 28, 32, 48, 56, 64];
const FEATURES = [10, 16, 32, 64, 100, 128, 256, 384, 512, 768, 1024];
/** Longer than this, and a table takes minutes instead of seconds. */
const MOST_MACS = 1.2e8;
const MOST_ELEMENTS = 3e5;

const pick = <T>(stream: Stream, list: readonly T[]): T => list[stream.integer(list.length)]!;

type Recorded = Exclude<KernelFamily, "globalPool" | "transposed" | "reduction" | "other">;

/** Draws until the product fits. */
function fitting<T>(draw: () => T, size: (t: T) => number, most: number): T {
  let drawn = draw();
  for (let i = 0; i < 50 && size(drawn) > most; i++) drawn = draw();
  return drawn;
}

interface Plane {
  readonly cin: number;
  readonly cout: number;
  readonly side: number;
  readonly kernel: number;
}

const plane = (s: Stream, kernels: readonly number[], perGroup: (p: Plane) => number): Plane =>
  fitting(
    () => ({
      cin: channelsOf(s),
      cout: channelsOf(s),
      side: pick(s, SIDES),
      kernel: pick(s, kernels),
    }),
    (p) =>
      Math.max(
        p.side ** 2 * p.kernel ** 2 * p.cout * perGroup(p) * (MOST_ELEMENTS / MOST_MACS),
        p.side ** 2 * Math.max(p.cin, p.cout),
      ),
    MOST_ELEMENTS,
  );

const strideOf = (s: Stream, { side }: Plane) => (side >= 4 && s.integer(4) === 0 ? 2 : 1);

/** One kernel of each family, as it stands in networks. */
const recipes: Readonly<Record<Recorded, (b: ProbeBuilder, s: Stream) => void>> = {
  stem(b, s) {
    const p = plane(s, [3, 3, 5], () => 3);
    const x = b.input([1, 3, p.side, p.side]);
    const options = { channels: p.cout, kernel: p.kernel, stride: strideOf(s, p) };
    b.output(b.globalPool(b.convolution(x, { ...options, norm: true, activation: true })));
  },
  conv(b, s) {
    const p = plane(s, [3, 3, 5], ({ cin }) => cin);
    const stride = strideOf(s, p);
    const x = b.input([1, p.cin, p.side, p.side]);
    const residual = stride === 1 && s.integer(3) === 0;
    const skip = residual ? b.convolution(x, { channels: p.cout, kernel: 1 }) : undefined;
    const options = { channels: p.cout, kernel: p.kernel, stride, norm: true, activation: true };
    b.output(b.globalPool(b.convolution(x, { ...options, ...(skip ? { residual: skip } : {}) })));
  },
  pointwise(b, s) {
    const p = plane(s, [1], ({ cin }) => cin);
    const stride = strideOf(s, p);
    const x = b.input([1, p.cin, p.side, p.side]);
    const residual = stride === 1 && s.integer(3) === 0;
    const skip = residual ? b.convolution(x, { channels: p.cout, kernel: 1 }) : undefined;
    const options = { channels: p.cout, kernel: 1, stride, norm: true, activation: true };
    b.output(b.globalPool(b.convolution(x, { ...options, ...(skip ? { residual: skip } : {}) })));
  },
  depthwise(b, s) {
    const p = plane(s, [3, 3, 5], () => 1);
    const x = b.input([1, p.cin, p.side, p.side]);
    const options = { channels: p.cin, groups: p.cin, kernel: p.kernel, stride: strideOf(s, p) };
    b.output(b.globalPool(b.convolution(x, { ...options, norm: true, activation: true })));
  },
  grouped(b, s) {
    const p = plane(s, [3, 3, 5], ({ cin }) => cin / 2);
    const groups = fitting(
      () => pick(s, [2, 4, 8]),
      (g) => (p.cin % g) + (p.cout % g),
      0,
    );
    // Between convolutions that are laid out in blocks, as in a network: the way there and back is part of its time.
    const x = b.convolution(b.input([1, p.cin, p.side, p.side]), { channels: p.cin, kernel: 1 });
    const options = { channels: p.cout, groups, kernel: p.kernel, stride: strideOf(s, p) };
    const y = b.convolution(x, { ...options, norm: true, activation: true });
    b.output(b.globalPool(b.convolution(y, { channels: p.cout, kernel: 1 })));
  },
  linear(b, s) {
    const x = b.input([1, pick(s, FEATURES)]);
    b.output(b.linear(x, pick(s, FEATURES), s.integer(3) > 0));
  },
  pool(b, s) {
    const p = plane(s, [2, 3], () => 1);
    const x = b.convolution(b.input([1, 16, p.side, p.side]), { channels: p.cin, kernel: 1 });
    const kind = pick(s, ["MaxPool", "AveragePool"] as const);
    const kernel = Math.min(p.kernel, p.side);
    b.output(b.globalPool(b.pool(x, kind, kernel, s.integer(3) === 0 ? 1 : 2)));
  },
  elementwise(b, s) {
    const p = plane(s, [1], () => 1);
    const shape = [1, p.cin, p.side, p.side];
    const x = b.input(shape);
    const pair = (): readonly ProbeValue[] => [x, b.input(shape)];
    const op = pick(s, ["Relu", "Add", "Mul", "Sigmoid"]);
    const y = b.pointwise(op, ...(op === "Add" || op === "Mul" ? pair() : [x]));
    b.output(b.globalPool(y));
  },
  movement(b, s) {
    const p = plane(s, [1], () => 1);
    const x = b.input([1, p.cin, p.side, p.side]);
    const y = b.input([1, p.cout, p.side, p.side]);
    b.output(b.globalPool(b.concatenate(x, y)));
  },
};

/** Families in the order in which they are drawn: those that vary most, most. */
const schedule: readonly Recorded[] = [
  ...(["conv", "pointwise", "depthwise", "linear"] as const),
  ...(["conv", "grouped", "stem", "pool"] as const),
  ...(["conv", "pointwise", "linear", "elementwise"] as const),
  ...(["conv", "pointwise", "depthwise", "movement"] as const),
  ...(["conv", "grouped", "stem", "linear"] as const),
];

/**
 * The `index`-th network of probes: one kernel, among the convolutions and poolings that surround it in networks. Several
 * in one network would push each other out of the caches, where a network that runs again and again finds its weights.
 * Equal seed and index give the same network; the more of them are recorded, the denser is the table.
 *
 * @example
 * probeModel(0, 3).nodes[0].opType // "Gemm"
 */
export function probeModel(seed: number, index: number): OnnxModel {
  const builder = new ProbeBuilder(seed + index);
  recipes[schedule[index % schedule.length]!](builder, randomStream(seed, "probes", index));
  return builder.model();
}
