/** The contract between an op and the ONNX writer: how a node becomes ONNX nodes, in which memory layout. */

import type { DType, HostTensor, Shape } from "../tensor/index.js";
import type { Node, Value } from "./types.js";

/**
 * How a value lies in memory. The ONNX tensor keeps the value's own shape in every layout but `rows`; only the order of
 * its elements differs, so that elementwise ops work on all of them unchanged.
 * - `plain`: as its shape says (for images NCHW).
 * - `blocked`: an image with its channels in blocks of b, in the order [N, C/b, H*W, b]: what the CPU provider's own
 *   convolutions read and write. With H = W = 1 it is the same as plain.
 * - `rows`: an image as one row of C channels per pixel: shape [N*H*W, C].
 * - `weights`: a convolution's weight [O, I, kh, kw] in the order [O/b, I/b, kh*kw, b of I, b of O], or for fewer input
 *   channels than a block [O/b, I, kh*kw, b of O]: what those convolutions want.
 */
export type Layout = "plain" | "blocked" | "rows" | "weights";

/** What the graph will run on: lowerings ask it, never the engine's name. */
export interface Target {
  /** Channels per block of the internal blocked convolutions; 0 where they do not exist. */
  readonly blockSize: number;
  /** ONNX domains beyond the standard one that may be used (`com.microsoft` ...). */
  readonly domains: readonly string[];
}

/** Plain ONNX everywhere: what is exported. */
export const standardTarget: Target = { blockSize: 0, domains: [] };

export type OnnxAttribute =
  | number
  | bigint
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly floats: readonly number[] }
  | HostTensor
  | OnnxSubgraph;

/** A tensor with its name. */
export interface OnnxPort {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

export interface OnnxBodyNode {
  readonly opType: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attrs: Readonly<Record<string, OnnxAttribute>>;
}

/** The body of a loop. It may read what the graph around it has made. */
export interface OnnxSubgraph {
  readonly body: readonly OnnxBodyNode[];
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

/** What the turns of a `scan` take and give. */
export interface ScanTypes {
  /** Shape of one row of each input. */
  readonly tile: Shape;
  /** Shapes of what one turn makes. */
  readonly results: readonly Shape[];
  readonly dtype: DType;
}

export interface EmitOptions {
  readonly attrs?: Readonly<Record<string, OnnxAttribute>>;
  readonly domain?: string;
  /** The version of the standard operators that has it, if that is later than the one otherwise written. */
  readonly opset?: number;
}

/** Writes ONNX nodes. Names it returns are valid as inputs of later nodes. */
export interface Emitter {
  readonly target: Target;
  /** The name of `value` in a layout (default `plain`); converts once, then remembers. */
  use(value: Value, layout?: Layout): string;
  /** The layout in which `value` was made. */
  layoutOf(value: Value): Layout;
  /** Whether `value` already exists in that layout. */
  has(value: Value, layout: Layout): boolean;
  /** Says under which name, and in which layout, `value` now exists. */
  define(value: Value, name: string, layout?: Layout): void;
  /** One ONNX node with one output (of a type the emitter need not know). Empty input names mean "absent". */
  emit(opType: string, inputs: readonly string[], options?: EmitOptions): string;
  /** One ONNX node with several outputs. */
  emitMany(
    opType: string,
    inputs: readonly string[],
    outputs: number,
    options?: EmitOptions,
  ): string[];
  /**
   * Runs `body` on each row of the inputs [rows, ...tile] and stacks what it makes: [rows, ...result] each. The body may emit
   * nodes and constants, and read names from outside.
   */
  scan(
    inputs: readonly string[],
    types: ScanTypes,
    body: (rows: readonly string[]) => readonly string[],
  ): readonly string[];
  /**
   * The same elements under another shape. Unlike a Reshape that is emitted by hand it may be left out at an output of
   * the model, where the runtime would copy: such an output then has the shape `from`.
   */
  view(name: string, from: Shape, to: Shape): string;
  /** An initializer; equal tensors are stored once. */
  constant(tensor: HostTensor): string;
  /** A rank-1 int64 initializer: shapes, axes, pads. */
  ints(values: readonly number[]): string;
  /** A scalar initializer. */
  scalar(dtype: DType, value: number): string;
}

export interface Lowering<Attrs = unknown> {
  /** Names the choice in profiles and in the tuning cache. */
  readonly name: string;
  /** Whether it can be used for this node on this target; absent means always. */
  applies?(node: Node<Attrs>, target: Target): boolean;
  /**
   * The layouts in which it reads its inputs: state that all readers want in one layout is kept in it between runs.
   * Absent, or undefined for an input: plain, or whatever it finds.
   */
  prefers?(node: Node<Attrs>): readonly (Layout | undefined)[];
  /** The layout in which it makes its first output, where that is not plain. */
  readonly makes?: Layout;
  /** Whether its output takes the layout of the operands that have its shape, whatever that is. */
  readonly keepsLayout?: boolean;
  /** Must `define` every output of the node. */
  emit(node: Node<Attrs>, e: Emitter): void;
}
