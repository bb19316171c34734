/** Importers of elementwise operators. */

import { scalarConstant, type Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import type { ImporterTable, ImportNode, NodeImporter } from "./node.js";
import { requireDType } from "./types.js";

const unary =
  (op: (x: Value) => Value): NodeImporter =>
  (n) =>
    op(n.input(0));
/** Before opset 7 the second operand stretched only where `broadcast` said so, aligned at `axis` of the first. */
function secondOperand(n: ImportNode): Value {
  const [a, b] = [n.input(0), n.input(1)];
  if (n.version >= 7 || !n.flag("broadcast")) return b;
  const axis = n.int("axis", a.shape.length - b.shape.length);
  const after = a.shape.length - axis - b.shape.length;
  return f.reshape(b, [...b.shape, ...new Array<number>(Math.max(0, after)).fill(1)]);
}

const binary =
  (op: (a: Value, b: Value) => Value): NodeImporter =>
  (n) =>
    op(n.input(0), secondOperand(n));
const variadic =
  (op: (a: Value, b: Value) => Value): NodeImporter =>
  (n) =>
    n.inputs.reduce(op);

/** Bounds are attributes before opset 11, optional inputs since, and need not be constants. */
function clip(n: ImportNode): Value {
  const x = n.input(0);
  if (n.version < 11) {
    const largest = 3.4028234663852886e38;
    return f.clip(x, { min: n.float("min", -largest), max: n.float("max", largest) });
  }
  const [low, high] = [n.optional(1), n.optional(2)];
  const raised = low ? f.maximum(x, low) : x;
  return high ? f.minimum(raised, high) : raised;
}

function gelu(n: ImportNode): Value {
  const approximate = n.string("approximate", "none");
  if (approximate !== "none" && approximate !== "tanh") n.refuse(`approximate is "${approximate}"`);
  return f.gelu(n.input(0), { approximate });
}

function isInf(n: ImportNode): Value {
  const x = n.input(0);
  const [negative, positive] = [n.flag("detect_negative", true), n.flag("detect_positive", true)];
  const infinity = Number.POSITIVE_INFINITY;
  if (negative && positive) return f.equal(f.abs(x), infinity);
  if (!negative && !positive) return f.not(f.or(f.equal(x, x), f.not(f.equal(x, x))));
  return f.equal(x, positive ? infinity : -infinity);
}

const halfLinear = (x: Value, slope: Value): Value =>
  f.add(f.maximum(x, 0), f.mul(slope, f.minimum(x, 0)));

const selu = (n: ImportNode): Value => {
  const alpha = n.float("alpha", 1.6732632423543772);
  const gamma = n.float("gamma", 1.0507009873554805);
  return f.mul(f.elu(n.input(0), { alpha }), gamma);
};

/** max(0, x) + min(0, alpha * (exp(x / alpha) - 1)) */
const celu = (n: ImportNode): Value => {
  const [x, alpha] = [n.input(0), n.float("alpha", 1)];
  return f.mul(f.elu(f.div(x, alpha), { alpha: 1 }), alpha);
};

const thresholdedRelu = (n: ImportNode): Value => {
  const x = n.input(0);
  return f.where(f.greater(x, n.float("alpha", 1)), x, scalarConstant(0, x.dtype));
};

const shrink = (n: ImportNode): Value => {
  const [x, bias, lambda] = [n.input(0), n.float("bias", 0), n.float("lambd", 0.5)];
  const low = f.where(f.less(x, -lambda), f.add(x, bias), scalarConstant(0, x.dtype));
  return f.where(f.greater(x, lambda), f.sub(x, bias), low);
};

export const elementwise: ImporterTable = {
  Abs: unary(f.abs),
  Neg: unary(f.neg),
  Sign: unary(f.sign),
  Exp: unary(f.exp),
  Log: unary(f.log),
  Sqrt: unary(f.sqrt),
  Reciprocal: unary(f.reciprocal),
  Erf: unary(f.erf),
  Floor: unary(f.floor),
  Ceil: unary(f.ceil),
  Round: unary(f.round),
  Sin: unary(f.sin),
  Cos: unary(f.cos),
  Tan: unary((x) => f.div(f.sin(x), f.cos(x))),
  Sinh: unary((x) => f.mul(f.sub(f.exp(x), f.exp(f.neg(x))), 0.5)),
  Cosh: unary((x) => f.mul(f.add(f.exp(x), f.exp(f.neg(x))), 0.5)),
  Relu: unary(f.relu),
  Sigmoid: unary(f.sigmoid),
  Tanh: unary(f.tanh),
  Softplus: unary(f.softplus),
  Softsign: unary((x) => f.div(x, f.add(f.abs(x), 1))),
  Mish: unary((x) => f.mul(x, f.tanh(f.softplus(x)))),
  HardSwish: unary(f.hardSwish),
  Not: unary(f.not),
  IsNaN: unary((x) => f.not(f.equal(x, x))),
  IsInf: isInf,
  LeakyRelu: (n) => f.leakyRelu(n.input(0), { slope: n.float("alpha", 0.01) }),
  Elu: (n) => f.elu(n.input(0), { alpha: n.float("alpha", 1) }),
  Selu: selu,
  Celu: celu,
  HardSigmoid: (n) =>
    f.hardSigmoid(n.input(0), { alpha: n.float("alpha", 0.2), beta: n.float("beta", 0.5) }),
  ThresholdedRelu: thresholdedRelu,
  Shrink: shrink,
  PRelu: (n) => {
    const [x, slope] = [n.input(0), n.input(1)];
    // Before opset 7 one slope a channel, since then whatever broadcasts.
    const perChannel = n.version < 7 && slope.shape.length === 1 && x.shape.length > 2;
    const ones = x.shape.slice(2).map(() => 1);
    return halfLinear(x, perChannel ? f.reshape(slope, [...slope.shape, ...ones]) : slope);
  },
  Gelu: gelu,
  Clip: clip,

  Add: binary(f.add),
  Sub: binary(f.sub),
  Mul: binary(f.mul),
  Div: binary(f.div),
  // The exponent may be of another type; the result is of the base's.
  Pow: binary((a, b) => f.pow(a, a.dtype === b.dtype ? b : f.cast(b, a.dtype))),
  Equal: binary(f.equal),
  Greater: binary(f.greater),
  GreaterOrEqual: binary(f.greaterOrEqual),
  Less: binary(f.less),
  LessOrEqual: binary(f.lessOrEqual),
  And: binary(f.and),
  Or: binary(f.or),
  Xor: binary(f.xor),
  Max: variadic(f.maximum),
  Min: variadic(f.minimum),
  Sum: variadic(f.add),
  Mean: (n) =>
    f.div(
      n.inputs.reduce((a, b) => f.add(a, b)),
      n.inputs.length,
    ),
  Where: (n) => f.where(n.input(0), n.input(1), n.input(2)),

  Cast: (n) => {
    n.ignore("saturate", "round_mode");
    return f.cast(n.input(0), requireDType(n, n.int("to", 0)));
  },
  CastLike: (n) => {
    n.ignore("saturate", "round_mode");
    return f.cast(n.input(0), n.input(1).dtype);
  },
};
