/** The two ops with no inputs: graph inputs and constants. */

import { assert } from "../base/index.js";
import { type DType, type HostTensor, type Shape, tensor } from "../tensor/index.js";
import { createNode } from "./node.js";
import type { Op, Value, Work } from "./types.js";

const free: Work = { macs: 0, otherOps: 0, bytesRead: 0, bytesWritten: 0 };

export interface InputAttrs {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

/** A value fed from outside. Two inputs are the same only if they are the same node. */
export const inputOp: Op<InputAttrs> = {
  kind: "Input",
  infer: (_, { dtype, shape }) => [{ dtype, shape }],
  gradient: { rule: () => [] },
  work: () => free,
  lowerings: [{ name: "input", emit: (node, e) => e.define(node.outputs[0]!, node.attrs.name) }],
  impure: true,
};

export interface ConstantAttrs {
  readonly tensor: HostTensor;
}

export const constantOp: Op<ConstantAttrs> = {
  kind: "Constant",
  infer: (_, attrs) => [{ dtype: attrs.tensor.dtype, shape: attrs.tensor.shape }],
  gradient: { rule: () => [] },
  work: () => free,
  lowerings: [
    {
      name: "initializer",
      emit: (node, e) => e.define(node.outputs[0]!, e.constant(node.attrs.tensor)),
    },
  ],
};

/**
 * A graph input.
 *
 * @example
 * const x = input("x", [2, 3]);
 * x.shape // [2, 3]
 */
export function input(name: string, shape: Shape, dtype: DType = "float32"): Value {
  return createNode(inputOp, [], { name, dtype, shape })[0]!;
}

/**
 * A tensor that is part of the graph.
 *
 * @example
 * constant(tensor("float32", [2], [1, 2])).shape // [2]
 */
export const constant = (value: HostTensor): Value =>
  createNode(constantOp, [], { tensor: value })[0]!;

/**
 * A scalar constant.
 *
 * @example
 * scalarConstant(3).shape // []
 */
export const scalarConstant = (value: number, dtype: DType = "float32"): Value =>
  constant(tensor(dtype, [], [value]));

/**
 * Whether a value is fed.
 *
 * @example
 * isInput(input("x", [2])) // true
 */
export const isInput = (value: Value): boolean => value.node.op.kind === inputOp.kind;

/**
 * The name under which an input is fed.
 *
 * @example
 * inputName(input("x", [2])) // "x"
 */
export function inputName(value: Value): string {
  assert(isInput(value), `${value.node.op.kind} is no graph input`);
  return (value.node.attrs as InputAttrs).name;
}

/**
 * The tensor of a constant, undefined for every other value.
 *
 * @example
 * constantTensor(scalarConstant(3))?.data // Float32Array [3]
 */
export const constantTensor = (value: Value): HostTensor | undefined =>
  value.node.op.kind === constantOp.kind ? (value.node.attrs as ConstantAttrs).tensor : undefined;
