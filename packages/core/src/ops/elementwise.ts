/** The shape that all elementwise ops share; each op file adds its formula, gradient and ONNX name. */

import {
  type ChannelFlow,
  createNode,
  type Emitter,
  type GradientRequest,
  type Layout,
  type Lowering,
  type Node,
  type NoGradient,
  type OnnxAttribute,
  type Value,
} from "../graph/index.js";
import {
  broadcastShapes,
  type DType,
  elementCount,
  type Shape,
  sameShape,
} from "../tensor/index.js";
import { imageName, useImage } from "./channel.js";
import { broadcastLinks } from "./channel-flow.js";
import type { Functions } from "./functions.js";
import { emitIn } from "./onnx-types.js";
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

type UnaryRule<A> = (f: Functions, grad: Value, x: Value, y: Value, attrs: A) => Value | undefined;

interface UnaryOptions<A> {
  readonly kind: string;
  readonly gradient: UnaryRule<A> | NoGradient;
  /** Operations an element costs. */
  readonly ops?: number;
  readonly allowed?: readonly DType[];
  readonly result?: DType;
  /** Types for which the runtime has a kernel, if not all of `allowed`. */
  readonly native?: readonly DType[];
  /** Attributes of the ONNX op. */
  readonly onnxAttrs?: (attrs: A) => Readonly<Record<string, OnnxAttribute>>;
  /** Where the standard set has no single op: writes the nodes and returns the result's name. */
  readonly emit?: (e: Emitter, x: string, node: Node<A>) => string;
  readonly fuse?: NonNullable<OpDef<A>["fuse"]>;
  readonly layer?: NonNullable<OpDef<A>["layer"]>;
  /** Whether 0 becomes 0, which is what closed channels hold. Default false. */
  readonly keepsZero?: boolean | ((attrs: A) => boolean);
}

/**
 * The layout an elementwise result takes: that of its full-size operands, if the others can follow. A packed one wins
 * over plain, since whoever reads the result most likely wants it packed too.
 */
function sharedLayout(node: Node, e: Emitter): Layout {
  const shape = node.outputs[0]!.shape;
  const layouts = node.inputs.filter((v) => sameShape(v.shape, shape)).map((v) => e.layoutOf(v));
  const layout = layouts.find((l) => l !== "plain") ?? "plain";
  return node.inputs.every((v) => follows(v.shape, shape, layout)) ? layout : "plain";
}

const isPerChannel = (shape: Shape, full: Shape): boolean =>
  shape.length >= 3 && elementCount(shape) === full[1] && shape.at(-3) === full[1];

/** Whether an operand that is broadcast to `full` can be, in that layout: scalars and one value a channel. */
const follows = (shape: Shape, full: Shape, layout: Layout): boolean =>
  layout === "plain" ||
  sameShape(shape, full) ||
  elementCount(shape) === 1 ||
  (layout !== "weights" && isPerChannel(shape, full));

/** The operand's name in the layout of the result; shaped by blocks where one value a channel must broadcast. */
function operandIn(e: Emitter, value: Value, { full, layout, perChannel }: Placement): string {
  if (layout === "plain" || value.shape.length === 0) return e.use(value);
  if (sameShape(value.shape, full)) {
    return perChannel ? useImage(e, { x: value, layout }) : e.use(value, layout);
  }
  const b = e.target.blockSize;
  const channels = layout === "blocked" ? [1, full[1]! / b, 1, b] : [1, full[1]!];
  const shape = elementCount(value.shape) === 1 ? [1] : channels;
  return e.emit("Reshape", [e.use(value), e.ints(shape)]);
}

interface Placement {
  readonly full: Shape;
  readonly layout: Layout;
  /** Whether an operand has one value a channel, so that channels need an axis of their own. */
  readonly perChannel: boolean;
}

/** Writes one elementwise ONNX op in whatever layout its operands already have. */
export function elementwiseLowering<A>(
  write: (e: Emitter, inputs: string[], node: Node<A>) => string,
): Lowering<A> {
  return {
    name: "elementwise",
    keepsLayout: true,
    emit(node, e) {
      const layout = sharedLayout(node as Node, e);
      const full = node.outputs[0]!.shape;
      const perChannel = node.inputs.some(
        (v) => !sameShape(v.shape, full) && elementCount(v.shape) !== 1,
      );
      const names = node.inputs.map((v) => operandIn(e, v, { full, layout, perChannel }));
      const y = write(e, names, node);
      const out = node.outputs[0]!;
      e.define(out, perChannel ? imageName(e, y, { x: out, layout }) : y, layout);
    },
  };
}

/** The same buffer under another value: nothing is written. */
export function aliasLowering<A>(from: (node: Node<A>) => Value): Lowering<A> {
  return {
    name: "alias",
    emit(node, e) {
      const source = from(node);
      const layout = e.layoutOf(source);
      e.define(node.outputs[0]!, e.use(source, layout), layout);
    },
  };
}

export function unaryOp<A = None>(options: UnaryOptions<A>): OpDef<A> {
  const { kind, gradient, ops = 1, allowed = floats, native = allowed, result } = options;
  const { keepsZero = false } = options;
  const attrsOf = options.onnxAttrs ?? (() => ({}));
  const write = options.emit ?? ((e, x, { attrs }) => e.emit(kind, [x], { attrs: attrsOf(attrs) }));
  return {
    kind,
    infer: (inputs) => {
      const dtype = requireSameType(inputs, allowed);
      return [{ dtype: result ?? dtype, shape: inputs[0]!.shape }];
    },
    gradient:
      typeof gradient === "function"
        ? {
            rule: ({ node, inputs, outputs, grads }, f) => [
              gradient(f, grads[0]!, inputs[0]!, outputs[0]!, node.attrs),
            ],
          }
        : gradient,
    work: (node) => elementwiseWork(node as Node, ops),
    channels: (node) => ({
      links: broadcastLinks(node as Node),
      ...((typeof keepsZero === "function" ? keepsZero(node.attrs) : keepsZero)
        ? { zeroWhen: [[0]] }
        : {}),
    }),
    lowerings: [
      elementwiseLowering((e, names, node) =>
        emitIn(e, node.inputs[0]!.dtype, native, names, ([x]) => write(e, x!, node)),
      ),
    ],
    ...(options.fuse ? { fuse: options.fuse } : {}),
    ...(options.layer ? { layer: options.layer } : {}),
  };
}

export const applyUnary = (op: OpDef, x: Value): Value => createNode(op, [x], none)[0]!;

/** Gradients at the full shape for each operand that `needs` one. */
type BinaryRule = (
  f: Functions,
  grad: Value,
  a: Value,
  b: Value,
  y: Value,
  needs: readonly boolean[],
) => readonly [Value | undefined, Value | undefined];

interface BinaryOptions {
  readonly kind: string;
  readonly gradient: BinaryRule | NoGradient;
  readonly allowed?: readonly DType[];
  readonly result?: DType;
  /** Types for which the runtime has a kernel, if not all of `allowed`. */
  readonly native?: readonly DType[];
  readonly simplify?: NonNullable<OpDef["simplify"]>;
  readonly fuse?: NonNullable<OpDef["fuse"]>;
  /** As in `ChannelFlow`: what makes a result 0. */
  readonly zeroWhen?: NonNullable<ChannelFlow["zeroWhen"]>;
}

/** Broadcasting binary op; its rule gives gradients at the full shape, the sum over stretched axes is done here. */
export function binaryOp(options: BinaryOptions): OpDef {
  const { kind, gradient, allowed = numbers, native = allowed, result, simplify, fuse } = options;
  const { zeroWhen } = options;
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
            rule({ inputs, outputs, grads, needs }: GradientRequest<None>, f) {
              const [a, b] = inputs as [Value, Value];
              const [da, db] = gradient(f, grads[0]!, a, b, outputs[0]!, needs);
              return [
                da && needs[0] ? f.sumTo(da, a.shape) : undefined,
                db && needs[1] ? f.sumTo(db, b.shape) : undefined,
              ];
            },
          }
        : gradient,
    work: (node) => elementwiseWork(node as Node),
    channels: (node) => ({
      links: broadcastLinks(node as Node),
      ...(zeroWhen ? { zeroWhen } : {}),
    }),
    lowerings: [
      elementwiseLowering((e, names, node) => {
        const write = (operands: string[]) => e.emit(kind, operands);
        return result
          ? write(names)
          : emitIn(e, node.inputs[0]!.dtype, native, names, (operands) => write(operands));
      }),
    ],
    ...(simplify ? { simplify } : {}),
    ...(fuse ? { fuse } : {}),
  };
}

export function applyBinary(op: OpDef, a: Operand, b: Operand): Value {
  const like = typeof a === "number" ? (typeof b === "number" ? "float32" : b.dtype) : a.dtype;
  return createNode(op, [asValue(a, like), asValue(b, like)], none)[0]!;
}

/** A truth value as a factor of 1 or 0, through which no gradient flows. */
export const maskOf = (f: Functions, condition: Value, dtype: DType): Value =>
  f.stopGradient(f.cast(condition, dtype));

/** Axes of `from` that broadcasting `to` up to it has stretched or added. */
export function stretchedAxes(from: Shape, to: Shape): number[] {
  const added = from.length - to.length;
  return from.flatMap((d, axis) =>
    axis < added || (to[axis - added] === 1 && d !== 1) ? [axis] : [],
  );
}
