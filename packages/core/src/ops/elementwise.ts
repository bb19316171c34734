/** The shape that all elementwise ops share; each op file adds its formula, gradient and ONNX name. */

import {
  createNode,
  type Emitter,
  type GradientRequest,
  type Layout,
  type Lowering,
  type Node,
  type NoGradient,
  type Value,
} from "../graph/index.js";
import { broadcastShapes, type DType, type Shape, sameShape } from "../tensor/index.js";
import type { Functions } from "./functions.js";
import {
  asValue,
  elementwiseWork,
  floats,
  type None,
  none,
  numbers,
  type OpDef,
  type Operand,
  requireSameType,
} from "./op.js";

type UnaryRule = (f: Functions, grad: Value, x: Value, y: Value) => Value | undefined;

interface UnaryOptions {
  readonly kind: string;
  readonly gradient: UnaryRule | NoGradient;
  /** Operations an element costs. */
  readonly ops?: number;
  readonly allowed?: readonly DType[];
  readonly result?: DType;
  /** Where the standard set has no single op: writes the nodes and returns the result's name. */
  readonly emit?: (e: Emitter, x: string, node: Node<None>) => string;
}

/** The layout an elementwise result takes: that of its full-size operands if they agree. */
function sharedLayout(node: Node, e: Emitter): Layout {
  const shape = node.outputs[0]!.shape;
  const full = node.inputs.filter((v) => sameShape(v.shape, shape));
  const layout = full.length > 0 ? e.layoutOf(full[0]!) : "plain";
  if (layout === "plain" || full.length !== node.inputs.length) {
    // A scalar means the same in every layout; anything else that is broadcast does not.
    const scalars = node.inputs.every((v) => full.includes(v) || v.shape.length === 0);
    return scalars ? layout : "plain";
  }
  return layout;
}

/** Writes one elementwise ONNX op in whatever layout its operands already have. */
export function elementwiseLowering<A>(
  write: (e: Emitter, inputs: string[], node: Node<A>) => string,
): Lowering<A> {
  return {
    name: "elementwise",
    emit(node, e) {
      const layout = sharedLayout(node as Node, e);
      const names = node.inputs.map((v) => e.use(v, v.shape.length === 0 ? "plain" : layout));
      e.define(node.outputs[0]!, write(e, names, node), layout);
    },
  };
}

export function unaryOp(options: UnaryOptions): OpDef {
  const { kind, gradient, ops = 1, allowed = floats, result, emit } = options;
  return {
    kind,
    infer: (inputs) => {
      const dtype = requireSameType(inputs, allowed);
      return [{ dtype: result ?? dtype, shape: inputs[0]!.shape }];
    },
    gradient:
      typeof gradient === "function"
        ? {
            rule: ({ inputs, outputs, grads }, f) => [
              gradient(f, grads[0]!, inputs[0]!, outputs[0]!),
            ],
          }
        : gradient,
    work: (node) => elementwiseWork(node as Node, ops),
    lowerings: [
      elementwiseLowering((e, [x], node) => (emit ? emit(e, x!, node) : e.emit(kind, [x!]))),
    ],
  };
}

export const applyUnary = (op: OpDef, x: Value): Value => createNode(op, [x], none)[0]!;

type BinaryRule = (
  f: Functions,
  grad: Value,
  a: Value,
  b: Value,
  y: Value,
) => readonly [Value | undefined, Value | undefined];

interface BinaryOptions {
  readonly kind: string;
  readonly gradient: BinaryRule | NoGradient;
  readonly allowed?: readonly DType[];
  readonly result?: DType;
}

/** Broadcasting binary op; its rule gives gradients at the full shape, the sum over stretched axes is done here. */
export function binaryOp({ kind, gradient, allowed = numbers, result }: BinaryOptions): OpDef {
  return {
    kind,
    infer: (inputs) => {
      const dtype = requireSameType(inputs, allowed);
      return [
        { dtype: result ?? dtype, shape: broadcastShapes(inputs[0]!.shape, inputs[1]!.shape) },
      ];
    },
    gradient:
      typeof gradient === "function"
        ? {
            rule({ inputs, outputs, grads }: GradientRequest<None>, f) {
              const [a, b] = inputs as [Value, Value];
              const [da, db] = gradient(f, grads[0]!, a, b, outputs[0]!);
              return [da && f.sumTo(da, a.shape), db && f.sumTo(db, b.shape)];
            },
          }
        : gradient,
    work: (node) => elementwiseWork(node as Node),
    lowerings: [elementwiseLowering((e, inputs) => e.emit(kind, inputs))],
  };
}

export function applyBinary(op: OpDef, a: Operand, b: Operand): Value {
  const like = typeof a === "number" ? (typeof b === "number" ? "float32" : b.dtype) : a.dtype;
  return createNode(op, [asValue(a, like), asValue(b, like)], none)[0]!;
}

/** Axes of `from` that broadcasting `to` up to it has stretched or added. */
export function stretchedAxes(from: Shape, to: Shape): number[] {
  const added = from.length - to.length;
  return from.flatMap((d, axis) =>
    axis < added || (to[axis - added] === 1 && d !== 1) ? [axis] : [],
  );
}
