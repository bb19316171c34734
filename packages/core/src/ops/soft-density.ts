/** SoftDensity: how much of a tensor is not nearly zero, as a number that can be differentiated. */

import { UserError } from "../base/index.js";
import {
  createNode,
  type Emitter,
  type Node,
  type TensorType,
  type Value,
} from "../graph/index.js";
import { elementCount, formatShape } from "../tensor/index.js";
import { asValue, floats, type OpDef, type Operand, requireSameType } from "./op.js";
import { emitTiled, isTileable } from "./tiles.js";

export interface RowsAttrs {
  /** How many positions of the first axis count, from the front. */
  readonly rows: number;
}

/** The type of x, once x, the width of the surrogate and what follows fit together. */
export function requireDensityOperands(
  [x, ...scalars]: readonly TensorType[],
  { rows }: RowsAttrs,
): TensorType {
  const dtype = requireSameType([x!, ...scalars], floats);
  if (scalars.some((s) => s.shape.length !== 0)) {
    throw new UserError("E_SHAPE", "sigma is no scalar", { allowed: "a number, or shape []" });
  }
  const all = x!.shape[0];
  if (all === undefined || !Number.isInteger(rows) || rows < 1 || rows > all) {
    throw new UserError("E_SHAPE", `${rows} rows of a tensor of shape ${formatShape(x!.shape)}`, {
      allowed: "a whole number from 1 to the length of the first axis",
    });
  }
  return { dtype, shape: x!.shape };
}

/** Elements that count. */
export const countedElements = (x: TensorType, { rows }: RowsAttrs): number =>
  (elementCount(x.shape) / x.shape[0]!) * rows;

/**
 * The name of x's first rows, in whatever layout x has: the first axis is the outermost in all of them but that of weights.
 */
export function useRows(e: Emitter, x: Value, { rows }: RowsAttrs): string {
  const layout = e.layoutOf(x);
  const name = e.use(x, layout === "weights" ? "plain" : layout);
  if (rows === x.shape[0]) return name;
  const all = layout === "rows" ? x.shape[0]! * x.shape[2]! * x.shape[3]! : x.shape[0]!;
  const end = (all / x.shape[0]!) * rows;
  return e.emit("Slice", [name, e.ints([0]), e.ints([end]), e.ints([0])]);
}

const meanDensity = (e: Emitter, x: string, sigma: string): string => {
  const squares = e.emit("Mul", [x, x]);
  const density = e.emit("Div", [squares, e.emit("Add", [squares, sigma])]);
  return e.emit("ReduceMean", [density], { attrs: { keepdims: 0 } });
};

export const softDensityOp: OpDef<RowsAttrs> = {
  kind: "SoftDensity",
  infer: (inputs, attrs) => [{ ...requireDensityOperands(inputs, attrs), shape: [] }],
  gradient: {
    rule({ node, inputs, grads, needs }, f) {
      const [x, sigma] = inputs as [Value, Value];
      const { rows } = node.attrs;
      const each = f.div(grads[0]!, countedElements(x, node.attrs));
      const squares = () => f.square(f.slice(x, { starts: [0], ends: [rows], axes: [0] }));
      const bySigma = (s: Value) => f.reduceSum(f.div(s, f.square(f.add(s, sigma))));
      return [
        needs[0]
          ? f.softDensityGrad(x, { sigma, factor: f.mul(f.mul(each, sigma), 2), rows })
          : undefined,
        needs[1] ? f.neg(f.mul(each, bySigma(squares()))) : undefined,
      ];
    },
  },
  work: ({ inputs, attrs }) => {
    const elements = countedElements(inputs[0]!, attrs);
    return { macs: 0, otherOps: 4 * elements, bytesRead: 4 * elements, bytesWritten: 4 };
  },
  lowerings: [
    {
      name: "elementwise",
      emit(node, e) {
        const [x, sigma] = node.inputs as [Value, Value];
        e.define(node.outputs[0]!, meanDensity(e, useRows(e, x, node.attrs), e.use(sigma)));
      },
    },
    {
      name: "tiled",
      applies: (node, target) =>
        isTileable(node as Node, target, countedElements(node.inputs[0]!, node.attrs)),
      emit(node, e) {
        const [x, sigma] = node.inputs as [Value, Value];
        const width = e.use(sigma);
        const elements = countedElements(x, node.attrs);
        const means = emitTiled(e, {
          images: [useRows(e, x, node.attrs)],
          elements,
          reduced: true,
          body: ([tile]) => meanDensity(e, tile!, width),
        });
        e.define(node.outputs[0]!, e.emit("ReduceMean", [means], { attrs: { keepdims: 0 } }));
      },
    },
  ],
};

export interface SoftDensityOptions {
  /** Scalar above 0: a value counts half at its square root. */
  readonly sigma: Operand;
  /** Only the first positions of the first axis: an estimate from some images of a shuffled batch. Default: all. */
  readonly rows?: number;
}

/**
 * mean of x^2 / (x^2 + sigma): in [0, 1), near the share of elements that are not zero where sigma is small.
 *
 * Reference: Lazzaro et al., "Minimizing Energy Consumption of Deep Learning Models by Energy-Aware Training", 2023.
 *
 * @example
 * const [d] = evaluateHost(softDensity(input("x", [4]), { sigma: 1 }).node, [tensor("float32", [4], [0, 1, 0, -1]), tensor("float32", [], [1])]);
 * d!.data // Float32Array [0.25]
 */
export function softDensity(x: Value, { sigma, rows }: SoftDensityOptions): Value {
  const attrs = { rows: rows ?? x.shape[0] ?? 0 };
  return createNode(softDensityOp, [x, asValue(sigma, x.dtype)], attrs)[0]!;
}
