/**
 * SoftDensity: how much of a tensor is not nearly zero, as a number that can be differentiated; and the pull x / (x^2 +
 * sigma)^2 on each element, which differs from its gradient by a factor for the whole tensor. Computed together the two
 * share a division, and the way back is one multiplication.
 */

import { UserError } from "../base/index.js";
import {
  createNode,
  type Emitter,
  type Node,
  type TensorType,
  type Value,
} from "../graph/index.js";
import { elementCount } from "../tensor/index.js";
import { sampleLayout } from "./head-rows.js";
import {
  asValue,
  bytesOf,
  floats,
  type None,
  none,
  type OpDef,
  type Operand,
  requireSameType,
} from "./op.js";
import { emitTiled, isTileable } from "./tiles.js";

/** The type of x, once it and the scalars that follow fit together. */
function requireDensityOperands([x, ...scalars]: readonly TensorType[]): TensorType {
  const dtype = requireSameType([x!, ...scalars], floats);
  if (scalars.some((s) => s.shape.length !== 0)) {
    throw new UserError("E_SHAPE", "sigma is no scalar", { allowed: "a number, or shape []" });
  }
  return { dtype, shape: x!.shape };
}

interface Emitted {
  /** The density of each element. */
  readonly each: string;
  readonly pull: string;
}

/** With t = x^2 + sigma, q = x / t: x q and q / t. Two divisions are a pass less than one of 1 and three products. */
function emitDensity(e: Emitter, x: string, sigma: string): Emitted {
  const t = e.emit("Add", [e.emit("Mul", [x, x]), sigma]);
  const part = e.emit("Div", [x, t]);
  return { each: e.emit("Mul", [x, part]), pull: e.emit("Div", [part, t]) };
}

const emitMean = (e: Emitter, name: string, ...axes: readonly string[]): string =>
  e.emit("ReduceMean", [name, ...axes], { attrs: { keepdims: 0 } });

export const softDensityOp: OpDef<None> = {
  kind: "SoftDensity",
  infer(inputs) {
    const type = requireDensityOperands(inputs);
    return [{ ...type, shape: [] }, type];
  },
  gradient: {
    // With t = x^2 + sigma: d/dx x/t^2 = (sigma - 3 x^2) / t^3, d/dsigma = -2 x / t^3.
    rule({ inputs, outputs, grads, needs }, f) {
      const [x, sigma] = inputs as [Value, Value];
      const [byMean, byPull] = grads;
      const each = byMean && f.div(byMean, elementCount(x.shape));
      const pull = outputs[1]!;
      const width = () => f.add(f.square(x), sigma);
      const cube = () => f.mul(width(), f.square(width()));
      const slope = () => f.div(f.sub(sigma, f.mul(f.square(x), 3)), cube());
      const sumOf = (...parts: readonly (Value | undefined)[]) =>
        parts.reduce((a, b) => (a && b ? f.add(a, b) : (a ?? b)));
      return [
        needs[0]
          ? sumOf(
              each && f.mul(pull, f.mul(f.mul(each, sigma), 2)),
              byPull && f.mul(byPull, slope()),
            )
          : undefined,
        needs[1]
          ? sumOf(
              each && f.neg(f.mul(each, f.reduceSum(f.mul(x, pull)))),
              byPull && f.mul(f.reduceSum(f.mul(byPull, f.div(x, cube()))), -2),
            )
          : undefined,
      ];
    },
  },
  work({ inputs, outputs }) {
    const [x, pull] = [inputs[0]!, outputs[1]!];
    const size = elementCount(x.shape);
    return { macs: size, otherOps: 5 * size, bytesRead: bytesOf(x), bytesWritten: bytesOf(pull) };
  },
  lowerings: [
    {
      name: "elementwise",
      emit(node, e) {
        const [x, sigma] = node.inputs as [Value, Value];
        const layout = sampleLayout(e, x);
        const made = emitDensity(e, e.use(x, layout), e.use(sigma));
        // Of means of rows: one sum over all elements loses digits, and is not shared among threads.
        const rank = layout === "rows" ? 2 : x.shape.length;
        const inner = Array.from({ length: rank - 1 }, (_, i) => i + 1);
        const rows = rank > 1 ? emitMean(e, made.each, e.ints(inner)) : made.each;
        e.define(node.outputs[0]!, emitMean(e, rows));
        e.define(node.outputs[1]!, made.pull, layout);
      },
    },
    {
      name: "tiled",
      applies: (node, target) => isTileable(node as Node, target),
      emit(node, e) {
        const [x, sigma] = node.inputs as [Value, Value];
        const layout = sampleLayout(e, x);
        const width = e.use(sigma);
        const [means, pulls] = emitTiled(e, {
          images: [e.use(x, layout)],
          elements: elementCount(x.shape),
          results: [[], "tile"],
          body: ([tile]) => {
            const made = emitDensity(e, tile!, width);
            return [emitMean(e, made.each), made.pull];
          },
        }) as [string, string];
        e.define(node.outputs[0]!, emitMean(e, means));
        const full = layout === "rows" ? [-1, x.shape[1]!] : x.shape;
        e.define(node.outputs[1]!, e.emit("Reshape", [pulls, e.ints(full)]), layout);
      },
    },
  ],
};

export interface SoftDensityOptions {
  /** Scalar above 0: a value counts half at its square root. */
  readonly sigma: Operand;
}

/**
 * mean of x^2 / (x^2 + sigma): in [0, 1), near the share of elements that are not zero where sigma is small.
 *
 * Reference: Lazzaro et al., "Minimizing Energy Consumption of Deep Learning Models by Energy-Aware Training", 2023.
 *
 * @example
 * const { node } = softDensity(input("x", [4]), { sigma: 1 });
 * const [d] = evaluateHost(node, [tensor("float32", [4], [0, 1, 0, -1]), tensor("float32", [], [1])]);
 * d!.data // Float32Array [0.25]
 */
export const softDensity = (x: Value, { sigma }: SoftDensityOptions): Value =>
  createNode(softDensityOp, [x, asValue(sigma, x.dtype)], none)[0]!;
