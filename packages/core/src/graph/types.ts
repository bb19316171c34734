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
  /** Never folded or merged with an equal node. */
  readonly impure?: boolean;
}
