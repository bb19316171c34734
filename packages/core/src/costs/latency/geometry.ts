/** The geometry of a kernel: the few lengths that its time depends on, from the shapes of its operands. */

import type { Shape } from "../../tensor/index.js";
import type { LedgerEntry } from "../entry.js";
import { familyOfKind, type KernelFamily } from "./families.js";

export interface Geometry {
  readonly batch: number;
  /** Channels of the input and of the output. */
  readonly cin: number;
  readonly cout: number;
  readonly groups: number;
  /** Elements of the window: 9 for 3x3. */
  readonly window: number;
  /** Positions (pixels, rows) of input and output, the batch included. */
  readonly positionsIn: number;
  readonly positionsOut: number;
}

const product = (list: readonly number[]): number => list.reduce((a, b) => a * b, 1);

/** "float32[1, 3, 8, 8]" as tables write it; undefined where a length is not known. */
function parseShape(text: string): Shape | undefined {
  const inside = /\[([^\]]*)\]$/.exec(text)?.[1];
  if (inside === undefined) return undefined;
  const shape = inside === "" ? [] : inside.split(",").map(Number);
  return shape.every(Number.isFinite) ? shape : undefined;
}

/** Shapes of an entry's operands, whether its graph is ours or was read from a file. */
export function shapesOf(entry: LedgerEntry): {
  readonly inputs: readonly (Shape | undefined)[];
  readonly outputs: readonly (Shape | undefined)[];
} {
  if (entry.shapes) return entry.shapes;
  const { inputs = [], outputs = [] } = entry.detail ?? {};
  return { inputs: inputs.map(parseShape), outputs: outputs.map(parseShape) };
}

function convolution(x: Shape, w: Shape, y: Shape): Geometry {
  const [batch = 1, cin = 1, ...spatial] = x;
  const [, cout = 1, ...positions] = y;
  return {
    batch,
    cin,
    cout,
    groups: Math.max(1, Math.round(cin / Math.max(1, w[1] ?? 1))),
    window: product(w.slice(2)),
    positionsIn: batch * product(spatial),
    positionsOut: batch * product(positions),
  };
}

function linear(x: Shape, y: Shape): Geometry {
  const cin = x.at(-1) ?? 1;
  const cout = y.at(-1) ?? 1;
  const rows = product(y) / Math.max(1, cout);
  return {
    batch: x.length > 1 ? x[0]! : 1,
    cin,
    cout,
    groups: 1,
    window: 1,
    positionsIn: rows,
    positionsOut: rows,
  };
}

/** Whatever works on each channel alone; `window` is how many operations an output element takes. */
function local(x: Shape, y: Shape, otherOps: number): Geometry {
  const cin = (x.length > 2 ? x[1] : x.at(-1)) ?? 1;
  const cout = (y.length > 2 ? y[1] : y.at(-1)) ?? 1;
  return {
    batch: x[0] ?? 1,
    cin,
    cout,
    groups: 1,
    window: Math.max(1, otherOps / Math.max(1, product(y))),
    positionsIn: product(x) / Math.max(1, cin),
    positionsOut: product(y) / Math.max(1, cout),
  };
}

/** Undefined where shapes are not known. */
export function geometryOf(entry: LedgerEntry): Geometry | undefined {
  const { inputs, outputs } = shapesOf(entry);
  const [x, w] = inputs;
  const y = outputs[0];
  if (!x || !y) return undefined;
  if (entry.kind === "Conv") return w && convolution(x, w, y);
  const family = familyOfKind(entry.kind);
  return family === "linear" ? linear(x, y) : local(x, y, entry.otherOps);
}

/** Channels that the runtime computes together where it blocks: 16 floats fill a 512-bit register. */
const BLOCK = 16;

/** Images have few channels, which the runtime reads as they are instead of in blocks. */
const MOST_IMAGE_CHANNELS = 4;

/** Convolutions by what makes them fast or slow. */
export function convolutionFamily(g: Geometry): KernelFamily {
  if (g.groups === 1 && g.cin <= MOST_IMAGE_CHANNELS) return "stem";
  if (g.groups === 1) return g.window === 1 ? "pointwise" : "conv";
  if (g.groups === g.cin && g.cin === g.cout) return "depthwise";
  const blocked = (g.cin / g.groups) % BLOCK === 0 && (g.cout / g.groups) % BLOCK === 0;
  return blocked ? "conv" : "grouped";
}

const blocks = (channels: number): number => Math.ceil(channels / BLOCK) * BLOCK;

/** Names of the features, in the order of `featuresOf`. */
export const featureNames = [
  "batch",
  "cin",
  "cout",
  "groups",
  "window",
  "positionsIn",
  "positionsOut",
  "macs",
  "products",
  "bytes",
  "weights",
  "operands",
  "ragged",
] as const;

/** Families that are laid out in blocks, whose channels count as many as the blocks hold. */
const isBlocked = new Set<KernelFamily>(["conv", "pointwise", "depthwise"]);

/**
 * Natural logarithms: times and sizes span six decades. `operands` is the number of whole tensors it reads, `ragged` is 2
 * where channels do not fill their last block, else 1.
 */
export function featuresOf(
  family: KernelFamily,
  g: Geometry,
  amounts: { readonly macs: number; readonly bytes: number; readonly operands: number },
): readonly number[] {
  const { batch, groups, window, positionsIn, positionsOut } = g;
  const rounded = isBlocked.has(family) ? blocks : (n: number) => n;
  const [cin, cout] = [rounded(g.cin), rounded(g.cout)];
  const perGroup = family === "depthwise" ? 1 : cin / (family === "grouped" ? groups : 1);
  const products = positionsOut * window * perGroup * cout;
  const weights = window * perGroup * cout;
  const ragged = blocks(g.cout) === g.cout ? 1 : 2;
  return [
    ...[batch, cin, cout, groups, window, positionsIn, positionsOut],
    ...[amounts.macs + 1, products, amounts.bytes + 1, weights, amounts.operands, ragged],
  ].map((v) => Math.log(Math.max(v, 1e-9)));
}
