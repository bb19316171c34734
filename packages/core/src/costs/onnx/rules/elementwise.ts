/** Operators that act on each element alone. */

import { elementTypeOf } from "../../../formats/index.js";
import { elementCount, type Shape, stridesOf } from "../../../tensor/index.js";
import {
  type BackwardRule,
  keepsInput,
  keepsNothing,
  keepsOther,
  keepsOutput,
} from "../backward-rule.js";
import { broadcastKnown, countOf, type Info, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule, RuleTable } from "../rule.js";
import type { Value } from "../value.js";
import type { ElementKind, NodeWork } from "../work.js";

/** Output like input 0. */
export const same = (n: NodeView): Info => {
  const { elementType, shape } = n.tensor(0);
  return tensorInfo(elementType, shape);
};

/** `ops` operations for each element of output 0, listed under `kind`. */
export const perElement =
  (kind: ElementKind, ops = 1) =>
  (n: NodeView): NodeWork => {
    const count = elementCount(n.out());
    return { elements: { [kind]: count }, otherOps: ops * count };
  };

const unary = (
  kind: ElementKind,
  apply?: (x: number) => number,
  backward: BackwardRule = keepsInput,
): OpRule => ({
  infer: same,
  work: perElement(kind),
  inPlace: true,
  backward,
  ...(apply ? { fold: (n) => n.known(0)?.map(apply) } : {}),
});

const predicate = (apply: (x: number) => boolean): OpRule => ({
  infer: (n) => tensorInfo("bool", n.tensor(0).shape),
  work: perElement("elementwise"),
  fold: (n) => n.known(0)?.map((x) => (apply(x) ? 1 : 0)),
});

/** Shape of all inputs broadcast against each other. */
export function broadcastInputs(n: NodeView, count = n.inputs.length): Shape {
  const shapes: Shape[] = [];
  for (let i = 0; i < count; i++) shapes.push(n.shape(i));
  const result = broadcastKnown(...shapes);
  if (result) return result;
  // Before opset 7 the second operand could be aligned at an axis.
  if (n.version < 7 && n.int("broadcast")) return n.shape(0);
  return n.refuse("the shapes do not broadcast");
}

/** Position in a tensor of `shape` for each element of `out`, as broadcasting reads it. */
function positions(shape: Shape, out: Shape): (index: number) => number {
  const strides = stridesOf(shape);
  const steps = stridesOf(out);
  const shift = out.length - shape.length;
  return (index) => {
    let position = 0;
    for (let axis = 0; axis < shape.length; axis++) {
      if (shape[axis] === 1) continue;
      const at = Math.floor(index / steps[axis + shift]!) % out[axis + shift]!;
      position += at * strides[axis]!;
    }
    return position;
  };
}

/** Elements of a broadcast operation over known inputs. */
export function foldBroadcast(
  n: NodeView,
  apply: (...operands: number[]) => number,
): readonly number[] | undefined {
  const out = n.out();
  const operands = n.inputs.map((_, i) => {
    const values = n.known(i);
    return values && { values, at: positions(n.shape(i), out) };
  });
  if (operands.includes(undefined)) return undefined;
  return Array.from({ length: elementCount(out) }, (_, index) =>
    apply(...operands.map((o) => o!.values[o!.at(index)]!)),
  );
}

const isInteger = (n: NodeView): boolean => n.tensor(0).elementType.includes("int");

/** Which operand it was. */
const keepsBoth: BackwardRule = { keeps: [{ input: 0 }, { input: 1 }] };

const binary = (
  kind: ElementKind,
  apply?: (a: number, b: number, n: NodeView) => number,
  backward: BackwardRule = keepsNothing,
): OpRule => ({
  backward,
  infer: (n) => tensorInfo(n.tensor(0).elementType, broadcastInputs(n)),
  work: perElement(kind),
  inPlace: true,
  ...(apply ? { fold: (n) => foldBroadcast(n, (a, b) => apply(a!, b!, n)) } : {}),
});

const comparison = (apply: (a: number, b: number) => boolean): OpRule => ({
  infer: (n) => tensorInfo("bool", broadcastInputs(n)),
  work: perElement("elementwise"),
  fold: (n) => foldBroadcast(n, (a, b) => (apply(a!, b!) ? 1 : 0)),
});

/** Sum, mean, maximum, minimum of any number of operands. */
const variadic = (
  kind: ElementKind,
  apply: (...list: number[]) => number,
  extra = 0,
  backward: BackwardRule = keepsNothing,
): OpRule => ({
  backward,
  infer: (n) => tensorInfo(n.tensor(0).elementType, broadcastInputs(n)),
  work: (n) => {
    const count = (n.inputs.length - 1 + extra) * elementCount(n.out());
    return { elements: { [kind]: count }, otherOps: count };
  },
  inPlace: true,
  fold: (n) => foldBroadcast(n, apply),
});

/** x * sigmoid(x): one activation, whose elements the sigmoid has counted. */
function swishGate(n: NodeView): Value | undefined {
  return n.inputs.find((v, i) => {
    const origin = v?.origin;
    return origin?.opType === "Sigmoid" && origin.from === n.inputs[1 - i];
  });
}

/** A stored vector that is added to a product is that product's bias. */
function biasedProduct(n: NodeView): Value | undefined {
  return n.inputs.find((product, i) => {
    const vector = n.inputs[1 - i];
    if (!product?.origin?.linear || !vector?.stored) return false;
    return countOf(vector.info) === n.out().at(-1);
  });
}

const roundEven = (x: number): number => {
  const r = Math.round(x);
  return Math.abs(x % 1) === 0.5 && r % 2 !== 0 ? r - 1 : r;
};

const cast: OpRule = {
  backward: keepsNothing,
  infer: (n) => tensorInfo(elementTypeOf(n.int("to") ?? 0), n.tensor(0).shape),
  fold: (n) => {
    const info = n.outputs[0];
    const type = info?.kind === "tensor" ? info.elementType : "undefined";
    const values = n.known(0);
    if (type === "bool") return values?.map((x) => (x === 0 ? 0 : 1));
    return type.includes("int") ? values?.map(Math.trunc) : values;
  },
  keeps: true,
};

const clip: OpRule = {
  ...unary("activation"),
  fold: (n) => {
    const low = n.known(1)?.[0] ?? n.float("min") ?? Number.NEGATIVE_INFINITY;
    const high = n.known(2)?.[0] ?? n.float("max") ?? Number.POSITIVE_INFINITY;
    return n.known(0)?.map((x) => Math.min(high, Math.max(low, x)));
  },
  roles: { 1: "constant", 2: "constant" },
};

export const elementwise = {
  Abs: unary("elementwise", Math.abs),
  Acos: unary("elementwise"),
  Acosh: unary("elementwise"),
  Asin: unary("elementwise"),
  Asinh: unary("elementwise"),
  Atan: unary("elementwise"),
  Atanh: unary("elementwise"),
  BitwiseNot: unary("elementwise"),
  Ceil: unary("elementwise", Math.ceil, keepsNothing),
  Cos: unary("elementwise", Math.cos),
  Cosh: unary("elementwise"),
  Erf: unary("activation"),
  Exp: unary("elementwise", Math.exp, keepsOutput),
  Floor: unary("elementwise", Math.floor, keepsNothing),
  Log: unary("elementwise", Math.log),
  Neg: unary("elementwise", (x) => -x, keepsNothing),
  Reciprocal: unary("elementwise", (x) => 1 / x, keepsOutput),
  Round: unary("elementwise", roundEven, keepsNothing),
  Sign: unary("elementwise", Math.sign, keepsNothing),
  Sin: unary("elementwise", Math.sin),
  Sinh: unary("elementwise"),
  Sqrt: unary("elementwise", Math.sqrt, keepsOutput),
  Tan: unary("elementwise", undefined, keepsOutput),
  Not: { ...predicate((x) => x === 0), inPlace: true },
  IsNaN: predicate(Number.isNaN),
  IsInf: predicate((x) => Math.abs(x) === Number.POSITIVE_INFINITY),

  Celu: unary("activation"),
  Clip: clip,
  Elu: unary("activation"),
  Gelu: unary("activation"),
  HardSigmoid: unary("activation"),
  HardSwish: unary("activation"),
  LeakyRelu: unary("activation"),
  Mish: unary("activation"),
  PRelu: { ...unary("activation"), roles: { 1: "parameter" } },
  Relu: unary("activation", (x) => Math.max(0, x), keepsOutput),
  Selu: unary("activation"),
  Shrink: unary("activation"),
  Sigmoid: unary("activation", undefined, keepsOutput),
  Softplus: unary("activation"),
  Softsign: unary("activation"),
  Swish: unary("activation"),
  Tanh: unary("activation", undefined, keepsOutput),
  ThresholdedRelu: unary("activation"),
  SwiGLU: {
    backward: keepsBoth,
    infer: (n) => {
      if (n.has(1)) return same(n);
      const { elementType } = n.tensor(0);
      const shape = n.shapeOfRank(0, 1);
      return tensorInfo(elementType, [...shape.slice(0, -1), shape.at(-1)! / 2]);
    },
    work: (n) => {
      const count = elementCount(n.out());
      return { elements: { activation: count, mul: count }, otherOps: 2 * count };
    },
  },

  Add: {
    ...binary("add", (a, b) => a + b),
    work: (n) => perElement(biasedProduct(n) ? "biasAdds" : "add")(n),
    absorbs: biasedProduct,
  },
  Sub: binary("add", (a, b) => a - b),
  Mul: {
    ...binary("mul", (a, b) => a * b, keepsOther()),
    absorbs: swishGate,
    work: (n) => (swishGate(n) ? { otherOps: elementCount(n.out()) } : perElement("mul")(n)),
  },
  Div: binary("mul", (a, b, n) => (isInteger(n) ? Math.trunc(a / b) : a / b), {
    keeps: [{ input: 1 }, { input: 0, for: 1 }],
  }),
  Mod: binary("elementwise", (a, b, n) => (n.int("fmod") ? a % b : a - b * Math.floor(a / b))),
  // Exponents are small whole numbers almost always: products.
  Pow: binary("mul", (a, b) => a ** b, keepsInput),
  BitShift: binary("elementwise"),
  BitwiseAnd: binary("elementwise"),
  BitwiseOr: binary("elementwise"),
  BitwiseXor: binary("elementwise"),
  And: comparison((a, b) => a !== 0 && b !== 0),
  Or: comparison((a, b) => a !== 0 || b !== 0),
  Xor: comparison((a, b) => (a !== 0) !== (b !== 0)),
  Equal: comparison((a, b) => a === b),
  Greater: comparison((a, b) => a > b),
  GreaterOrEqual: comparison((a, b) => a >= b),
  Less: comparison((a, b) => a < b),
  LessOrEqual: comparison((a, b) => a <= b),
  Max: variadic("elementwise", Math.max, 0, keepsBoth),
  Min: variadic("elementwise", Math.min, 0, keepsBoth),
  Sum: variadic("add", (...list) => list.reduce((a, b) => a + b, 0)),
  Mean: variadic("add", (...list) => list.reduce((a, b) => a + b, 0) / list.length, 1),
  Where: {
    backward: { keeps: [{ input: 0 }] },
    infer: (n) => tensorInfo(n.tensor(1).elementType, broadcastInputs(n, 3)),
    work: perElement("elementwise"),
    fold: (n) => foldBroadcast(n, (c, a, b) => (c ? a! : b!)),
  },
  Cast: cast,
  CastLike: {
    ...cast,
    infer: (n) => tensorInfo(n.tensor(1).elementType, n.tensor(0).shape),
    typeInput: 1,
  },
  BitCast: { infer: (n) => tensorInfo(elementTypeOf(n.int("to") ?? 0), n.tensor(0).shape) },
} satisfies RuleTable;
