/** What every op file builds on: its definition type, its operands, and the work of the common cases. */

import { UserError } from "../base/index.js";
import {
  type Node,
  type Op,
  scalarConstant,
  type TensorType,
  type Value,
  type Work,
} from "../graph/index.js";
import { bytesPerElement, type DType, elementCount } from "../tensor/index.js";
// Types only: at run time gradient rules receive the toolbox as an argument.
import type { Functions } from "./functions.js";

export type OpDef<Attrs = Record<string, never>> = Op<Attrs, Functions>;

/** No attributes. */
export type None = Record<string, never>;
export const none: None = {};

/** A value, or a number that becomes a scalar constant of the other operand's type. */
export type Operand = Value | number;

export const asValue = (operand: Operand, like: DType): Value =>
  typeof operand === "number" ? scalarConstant(operand, like) : operand;

export const bytesOf = (t: TensorType): number => elementCount(t.shape) * bytesPerElement(t.dtype);

/** Every input is read once and every output written once. */
export function traffic(node: Node): Pick<Work, "bytesRead" | "bytesWritten"> {
  const total = (types: readonly TensorType[]) => types.reduce((n, t) => n + bytesOf(t), 0);
  return { bytesRead: total(node.inputs), bytesWritten: total(node.outputs) };
}

/** `perElement` operations for each element of the first output. */
export const elementwiseWork = (node: Node, perElement = 1): Work => ({
  macs: 0,
  otherOps: perElement * elementCount(node.outputs[0]!.shape),
  ...traffic(node),
});

/** Moves data without arithmetic. */
export const copyWork = (node: Node): Work => ({ macs: 0, otherOps: 0, ...traffic(node) });

/** A change of shape only: nothing is read or written. */
export const viewWork = (): Work => ({
  macs: 0,
  otherOps: 0,
  bytesRead: 0,
  bytesWritten: 0,
  isView: true,
});

/** Throws unless all inputs have one element type, and one of `allowed` if given. */
export function requireSameType(inputs: readonly TensorType[], allowed?: readonly DType[]): DType {
  const first = inputs[0]!.dtype;
  for (const { dtype } of inputs) {
    if (dtype !== first) {
      throw new UserError(
        "E_DTYPE",
        `operands of types ${inputs.map((i) => i.dtype).join(" and ")}`,
        {
          allowed: "operands of one type",
          next: "cast one of them",
        },
      );
    }
  }
  if (allowed && !allowed.includes(first)) {
    throw new UserError("E_DTYPE", `an operand of type ${first}`, { allowed: allowed.join(", ") });
  }
  return first;
}

export const floats: readonly DType[] = ["float32", "float64"];
export const numbers: readonly DType[] = ["float32", "float64", "int8", "uint8", "int32", "int64"];
