/** The intermediate representation: an immutable graph of typed values, found from its outputs. */

import type { DType, Shape } from "../tensor/index.js";
import type { Lowering } from "./lowering.js";

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** One output of one node. Values are compared by identity. */
export interface Value extends TensorType {
  readonly node: Node;
  readonly index: number;
}

/** Which part of a training step a node belongs to: profiles and printouts group by it. */
export type Phase = "forward" | "backward" | "update";

export interface Node<Attrs = unknown> {
  readonly op: Op<Attrs>;
  readonly inputs: readonly Value[];
  readonly attrs: Attrs;
  readonly outputs: readonly Value[];
  /** The layer it was made for, as in `layer1.0.conv1`; empty at the top. */
  readonly path: string;
  readonly phase: Phase;
}

/** What running a node once costs, at its static shapes. */
export interface Work {
  /** Multiply-accumulates; one MAC is two FLOPs. Padding counted. */
  readonly macs: number;
  /** Without products that have a padding zero as an operand; default `macs`. */
  readonly validMacs?: number;
  /** Each output channel reads its own input channel only, as in a depthwise convolution. */
  readonly channelwise?: boolean;
  /** The first output is the first input, perhaps under another shape: the same memory, and nothing is written for it. */
  readonly isView?: boolean;
  /** Every other arithmetic operation (comparisons, exponentials, divisions count 1 each). */
  readonly otherOps: number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

export interface GradientRequest<Attrs> {
  readonly node: Node<Attrs>;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Gradient with respect to each output; undefined where the loss does not depend on it. */
  readonly grads: readonly (Value | undefined)[];
  /** Whether input i leads to something differentiated: rules may skip the others. */
  readonly needs: readonly boolean[];
}

/** Why an op has no gradient, for the error message. */
export interface NoGradient {
  readonly none: string;
}

/** An axis of a value. */
export interface Axis {
  readonly value: Value;
  readonly axis: number;
}

/**
 * Entries that belong together: those of `whole` are those of the parts, one part after the other, each entry of a part
 * `repeat` times in a row (default 1).
 */
export interface ChannelLink {
  readonly whole: Axis;
  readonly parts: readonly (Axis & { readonly repeat?: number })[];
}

export type LayerKind = "conv" | "linear" | "norm" | "activation" | "pool" | "flatten";

/** How channels pass through a node, that is along which of its axes entries can be left out without a trace. */
export interface ChannelFlow {
  /** Axes that no link names carry no channels through: whoever has channels on them cannot be narrowed. */
  readonly links: readonly ChannelLink[];
  /** Two axes that are multiplied entry by entry and summed: what is 0 on one of them may be left out of both. */
  readonly contracted?: readonly [Axis, Axis];
  /** Axes of weights that make channels: one entry, one filter. */
  readonly made?: readonly Axis[];
  /** Axes of per-channel factors, such as the scale of a normalisation. */
  readonly factors?: readonly Axis[];
  /**
   * Lists of inputs: a channel of the outputs is 0 if it is 0 in at least one input of every list. Absent: nothing makes
   * it 0.
   */
  readonly zeroWhen?: readonly (readonly number[])[];
  /** Why axes are left out of the links, where the op alone does not say it. */
  readonly reason?: string;
}

/**
 * Everything the system knows of one op. `F` is the toolbox of op functions that gradient rules
 * build with; it is passed in, so that op files never import each other in a circle.
 * Methods (not function properties) keep `Op<ConvAttrs>` assignable to `Op`.
 */
export interface Op<Attrs = unknown, F = unknown> {
  readonly kind: string;
  /** Types of the outputs; throws E_SHAPE or E_DTYPE for inputs it cannot take. */
  infer(inputs: readonly TensorType[], attrs: Attrs): readonly TensorType[];
  /** Gradients with respect to each input, built from ops; undefined means zero. */
  readonly gradient:
    | NoGradient
    | { rule(request: GradientRequest<Attrs>, f: F): readonly (Value | undefined)[] };
  work(node: Node<Attrs>): Work;
  /**
   * Ways to write it as ONNX. The standard one comes first: it applies always and is what is exported. The last one that
   * applies is the one to take where nothing was measured.
   */
  readonly lowerings: readonly [Lowering<Attrs>, ...Lowering<Attrs>[]];
  /** A cheaper value that equals the node's only output whatever is fed, gradients apart; undefined if there is none. */
  simplify?(node: Node<Attrs>): Value | undefined;
  /**
   * One value that equals the node's only output and is cheaper than this node and the makers of its inputs together.
   * Inputs with other readers are computed in any case: `hasOneReader` tells.
   */
  fuse?(node: Node<Attrs>, hasOneReader: (value: Value) => boolean): Value | undefined;
  /**
   * The kind of layer that a call of this op alone is, or which it ends, as frameworks with modules count them; undefined
   * where it is a step between layers.
   */
  layer?(node: Node<Attrs>): LayerKind | undefined;
  /** How channels pass through; absent: they do not. */
  channels?(node: Node<Attrs>): ChannelFlow;
  /** Never folded or merged with an equal node. */
  readonly impure?: boolean;
}
