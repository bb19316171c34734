/** What ReduceMax and ReduceMin share: all but the name. */

import { UserError } from "../base/index.js";
import { elementCount, formatShape } from "../tensor/index.js";
import { maskOf } from "./elementwise.js";
import { numbers, type OpDef, requireSameType } from "./op.js";
import { emitReduce, type ReduceAttrs, reducedShape, reduceWork } from "./reduce-sum.js";

export function extremumOp(kind: "ReduceMax" | "ReduceMin"): OpDef<ReduceAttrs> {
  return {
    kind,
    infer([x], attrs) {
      const dtype = requireSameType([x!], numbers);
      const shape = reducedShape(x!.shape, attrs);
      if (elementCount(x!.shape) === 0 && elementCount(shape) > 0) {
        throw new UserError("E_SHAPE", `an extremum of no elements, in ${formatShape(x!.shape)}`, {
          allowed: "at least one element on the reduced axes",
        });
      }
      return [{ dtype, shape }];
    },
    gradient: {
      // Equal elements share the gradient equally, as in PyTorch's amax.
      rule({ node, inputs, outputs, grads }, f) {
        const x = inputs[0]!;
        const { axes } = node.attrs;
        const kept = reducedShape(x.shape, { axes, keepDims: true });
        const mask = maskOf(f, f.equal(x, f.reshape(outputs[0]!, kept)), x.dtype);
        const share = f.div(
          f.reshape(grads[0]!, kept),
          f.reduceSum(mask, { axes, keepDims: true }),
        );
        return [f.mul(mask, share)];
      },
    },
    work: reduceWork,
    lowerings: [{ name: "reduce", emit: (node, e) => emitReduce(kind, node, e, numbers) }],
  };
}
