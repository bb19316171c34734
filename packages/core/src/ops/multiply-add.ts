/** MultiplyAdd: x * a + z with one number a for the whole tensor: an optimiser's step over the weights in one pass. */

import { UserError } from "../base/index.js";
import { createNode, describeType, type Node, type Target, type Value } from "../graph/index.js";
import { elementCount, sameShape } from "../tensor/index.js";
import { NCHWC } from "./conv-emit.js";
import { elementwiseLowering } from "./elementwise.js";
import { scaled } from "./mul.js";
import { elementwiseWork, floats, type None, none, type OpDef, requireSameType } from "./op.js";

/** Images of the depthwise convolution that does the pass: enough to share among any number of threads. */
const IMAGES = 64;

/** Below this the passes fit into a cache, and separate ops are as fast. */
const LARGE = 1 << 15;

const isLarge = ({ inputs: [x] }: Node<None>, { blockSize }: Target): boolean =>
  blockSize > 0 &&
  x!.dtype === "float32" &&
  elementCount(x!.shape) >= LARGE &&
  elementCount(x!.shape) % (IMAGES * blockSize) === 0;

export const multiplyAddOp: OpDef = {
  kind: "MultiplyAdd",
  infer(inputs) {
    const [x, a, z] = inputs;
    const dtype = requireSameType(inputs, floats);
    if (a!.shape.length !== 0 || !sameShape(x!.shape, z!.shape)) {
      throw new UserError("E_SHAPE", `operands ${inputs.map(describeType).join(", ")}`, {
        allowed: "two tensors of one shape, with a scalar between them",
      });
    }
    return [{ dtype, shape: x!.shape }];
  },
  gradient: {
    rule({ inputs, grads, needs }, f) {
      const [x, a] = inputs as [Value, Value];
      const g = grads[0]!;
      return [
        needs[0] ? f.mul(g, a) : undefined,
        needs[1] ? f.reduceSum(f.mul(g, x)) : undefined,
        needs[2] ? g : undefined,
      ];
    },
  },
  work: (node) => elementwiseWork(node as Node, 2),
  lowerings: [
    elementwiseLowering((e, [x, a, z]) => e.emit("Add", [e.emit("Mul", [x!, a!]), z!])),
    {
      ...elementwiseLowering<None>((e, [x, a, z], { inputs }) => {
        const b = e.target.blockSize;
        const { shape } = inputs[0]!;
        const images = [IMAGES, b, 1, elementCount(shape) / (IMAGES * b)];
        const scale = e.emit("Expand", [a!, e.ints([b, 1, 1, 1])]);
        const flat = (name: string) => e.view(name, shape, images);
        const attrs = {
          kernel_shape: [1, 1],
          strides: [1, 1],
          dilations: [1, 1],
          pads: [0, 0, 0, 0],
          group: b,
        };
        const y = e.emit("Conv", [flat(x!), scale, "", flat(z!)], { domain: NCHWC, attrs });
        return e.view(y, images, shape);
      }),
      name: "depthwise",
      applies: isLarge,
    },
  ],
};

/**
 * x * a + z for a scalar a.
 *
 * @example
 * multiplyAdd(input("x", [3]), input("a", []), input("z", [3])).shape // [3]
 */
export const multiplyAdd = (x: Value, a: Value, z: Value): Value =>
  createNode(multiplyAddOp, [x, a, z], none)[0]!;

/** x a + other in one pass, for `product` = x a with a number a; undefined where it is no such product. */
export function scaledThenAdd(
  product: Value,
  other: Value,
  factor: (a: Value) => Value = (a) => a,
): Value | undefined {
  const factors = scaled(product);
  const fits = factors && product.shape.length > 0 && sameShape(factors.x.shape, other.shape);
  return fits ? multiplyAdd(factors.x, factor(factors.a), other) : undefined;
}
