/** Networks whose counts follow from a closed form, as ONNX files without weights. */

import { type TinyNode, tinyOnnx } from "../../../costs/onnx/testing/model.js";

/** Collects nodes and weights; every call returns the name of its result. */
class Writer {
  readonly nodes: TinyNode[] = [];
  readonly weights: Record<string, readonly number[]> = {};
  readonly integers: Record<string, readonly number[]> = {};

  weight(shape: readonly number[]): string {
    const name = `w${Object.keys(this.weights).length}`;
    this.weights[name] = shape;
    return name;
  }

  integer(...list: number[]): string {
    const name = `i${list.join("_")}`;
    this.integers[name] = list;
    return name;
  }

  node(op: string, inputs: readonly string[], attributes: TinyNode["attributes"] = {}): string {
    const out = `n${this.nodes.length}`;
    this.nodes.push({ op, in: inputs, out: [out], name: `/${out}/${op}`, attributes });
    return out;
  }

  /** x W + b over the last axis. */
  dense(x: string, from: number, to: number): string {
    const product = this.node("MatMul", [x, this.weight([from, to])]);
    return this.node("Add", [product, this.weight([to])]);
  }

  norm(x: string, width: number): string {
    return this.node("LayerNormalization", [x, this.weight([width]), this.weight([width])]);
  }

  file(inputs: Readonly<Record<string, readonly number[]>>, output: string): Uint8Array {
    const { nodes, weights, integers } = this;
    return tinyOnnx({ inputs, outputs: [output], nodes, weights, integers });
  }
}

interface BlockSize {
  readonly tokens: number;
  readonly width: number;
}

const HEAD = 64;

/** Self-attention of heads that are 64 wide: 4 T W^2 + 2 T^2 W MACs. */
function attention(g: Writer, x: string, { tokens, width }: BlockSize): string {
  const heads = g.integer(1, tokens, width / HEAD, HEAD);
  const split = (name: string, perm: readonly number[]): string =>
    g.node("Transpose", [g.node("Reshape", [name, heads])], { perm });
  const q = split(g.dense(x, width, width), [0, 2, 1, 3]);
  const k = split(g.dense(x, width, width), [0, 2, 3, 1]);
  const v = split(g.dense(x, width, width), [0, 2, 1, 3]);
  const mixed = g.node("MatMul", [g.node("Softmax", [g.node("MatMul", [q, k])]), v]);
  const joined = g.node("Transpose", [mixed], { perm: [0, 2, 1, 3] });
  return g.dense(g.node("Reshape", [joined, g.integer(1, tokens, width)]), width, width);
}

/** W to `hidden` to W: 2 T W hidden MACs. */
function feedForward(g: Writer, x: string, width: number, hidden: number): string {
  return g.dense(g.node("Gelu", [g.dense(x, width, hidden)]), hidden, width);
}

export interface ExpertSize {
  readonly experts: number;
  readonly top: number;
  readonly hidden: number;
}

/** A router picks `top` of the experts for the whole sequence; only their weights are gathered and multiplied. */
function mixture(
  g: Writer,
  x: string,
  width: number,
  { experts, top, hidden }: ExpertSize,
): string {
  const pooled = g.node("ReduceMean", [x, g.integer(1)], { keepdims: 0 });
  const logits = g.node("Softmax", [g.node("MatMul", [pooled, g.weight([width, experts])])]);
  const [values, picks] = ["top_values", "top_picks"].map((n) => `${n}${g.nodes.length}`);
  g.nodes.push({ op: "TopK", in: [logits, g.integer(top)], out: [values!, picks!], name: "/top" });
  const flat = g.node("Reshape", [picks!, g.integer(top)]);
  const up = g.node("Gather", [g.weight([experts, width, hidden]), flat]);
  const down = g.node("Gather", [g.weight([experts, hidden, width]), flat]);
  const out = g.node("MatMul", [g.node("Gelu", [g.node("MatMul", [x, up])]), down]);
  const shares = g.node("Reshape", [values!, g.integer(top, 1, 1)]);
  return g.node("ReduceSum", [g.node("Mul", [out, shares]), g.integer(0)], { keepdims: 1 });
}

export interface EncoderSize extends BlockSize {
  readonly depth: number;
  /** Default 4 * width. */
  readonly hidden?: number;
  /** Instead of the feed-forward layer. */
  readonly mixture?: ExpertSize;
}

function blocks(g: Writer, from: string, size: EncoderSize): string {
  const { width, hidden = 4 * width } = size;
  let x = from;
  for (let i = 0; i < size.depth; i++) {
    x = g.node("Add", [x, attention(g, g.norm(x, width), size)]);
    const normed = g.norm(x, width);
    const out = size.mixture
      ? mixture(g, normed, width, size.mixture)
      : feedForward(g, normed, width, hidden);
    x = g.node("Add", [x, out]);
  }
  return x;
}

/** Pre-norm transformer blocks over given vectors: depth * (12 T W^2 + 2 T^2 W) MACs. */
export function encoder(size: EncoderSize): Uint8Array {
  const g = new Writer();
  return g.file({ x: [1, size.tokens, size.width] }, blocks(g, "x", size));
}

/** The same behind a table of `words` vectors. */
export function wordEncoder(size: EncoderSize & { readonly words: number }): Uint8Array {
  const g = new Writer();
  const ids = g.node("Cast", ["x"], { to: 7 });
  const vectors = g.node("Gather", [g.weight([size.words, size.width]), ids]);
  return g.file({ x: [1, size.tokens] }, blocks(g, vectors, size));
}

export interface VitSize {
  readonly depth: number;
  readonly width: number;
  readonly patch: number;
  readonly side: number;
}

/** A vision transformer with a class token and 1000 classes. */
export function vit({ depth, width, patch, side }: VitSize): Uint8Array {
  const g = new Writer();
  const patches = (side / patch) ** 2;
  const tokens = patches + 1;
  const conv = g.node("Conv", ["x", g.weight([width, 3, patch, patch]), g.weight([width])], {
    strides: [patch, patch],
  });
  const flat = g.node("Reshape", [conv, g.integer(1, width, patches)]);
  const rows = g.node("Transpose", [flat], { perm: [0, 2, 1] });
  const all = g.node("Concat", [g.weight([1, 1, width]), rows], { axis: 1 });
  const placed = g.node("Add", [all, g.weight([1, tokens, width])]);
  const out = g.norm(blocks(g, placed, { depth, width, tokens }), width);
  const first = g.node("Gather", [out, g.integer(0)], { axis: 1 });
  return g.file({ x: [1, 3, side, side] }, g.dense(first, width, 1000));
}

/** Linear layers with ReLU between and after, for one row: the sizes of the layers, the input first. */
export function perceptron(sizes: readonly number[]): Uint8Array {
  const g = new Writer();
  let x = "x";
  for (let i = 1; i < sizes.length; i++) {
    const [from, to] = [sizes[i - 1]!, sizes[i]!];
    x = g.node("Relu", [g.node("Gemm", [x, g.weight([from, to]), g.weight([to])])]);
  }
  return g.file({ x: [1, sizes[0]!] }, x);
}

/** Linear(width, width) used `uses` times over. */
export function sharedLinear(width: number, uses: number): Uint8Array {
  const g = new Writer();
  const [w, b] = [g.weight([width, width]), g.weight([width])];
  let x = "x";
  for (let i = 0; i < uses; i++) x = g.node("Gemm", [x, w, b]);
  return g.file({ x: [1, width] }, x);
}

/** As many Linear(width, width), each with weights of its own. */
export function plainLinear(width: number, layers: number): Uint8Array {
  const g = new Writer();
  let x = "x";
  for (let i = 0; i < layers; i++)
    x = g.node("Gemm", [x, g.weight([width, width]), g.weight([width])]);
  return g.file({ x: [1, width] }, x);
}
