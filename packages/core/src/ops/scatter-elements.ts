/** ScatterElements: a copy of a tensor with some elements replaced or added to. */

import { UserError } from "../base/index.js";
import { createNode, describeType, type Node, type Value } from "../graph/index.js";
import { elementCount, normaliseAxis, sameShape } from "../tensor/index.js";
import { requireLines } from "./gather-elements.js";
import { numbers, type OpDef, requireSameType, traffic } from "./op.js";
import { zerosOf } from "./zeros.js";

export interface ScatterElementsAttrs {
  readonly axis: number;
  readonly reduction: "none" | "add";
}

export interface ScatterElementsOptions {
  readonly axis: number;
  /** `add`: to what is there, and indices may repeat. Default `none`: replaces; indices must differ. */
  readonly reduction?: "none" | "add";
}

export const scatterElementsOp: OpDef<ScatterElementsAttrs> = {
  kind: "ScatterElements",
  infer([x, indices, updates], { axis, reduction }) {
    requireLines(x!, indices!, axis);
    const dtype = requireSameType([x!, updates!], reduction === "add" ? numbers : undefined);
    if (!sameShape(indices!.shape, updates!.shape)) {
      throw new UserError(
        "E_SHAPE",
        `updates ${describeType(updates!)} for indices ${describeType(indices!)}`,
        { allowed: "updates and indices of one shape" },
      );
    }
    return [{ dtype, shape: x!.shape }];
  },
  gradient: {
    rule({ node, inputs, grads, needs }, f) {
      const [, indices, updates] = inputs as [Value, Value, Value];
      const { axis, reduction } = node.attrs;
      const g = grads[0]!;
      // What was replaced has no influence any more.
      const kept = () =>
        f.scatterElements(g, indices, zerosOf(updates.dtype, updates.shape), { axis });
      return [
        !needs[0] ? undefined : reduction === "add" ? g : kept(),
        undefined,
        needs[2] ? f.gatherElements(g, indices, { axis }) : undefined,
      ];
    },
  },
  work: (node) => ({
    macs: 0,
    otherOps: node.attrs.reduction === "add" ? elementCount(node.inputs[2]!.shape) : 0,
    ...traffic(node as Node),
  }),
  lowerings: [
    {
      name: "scatter",
      emit(node, e) {
        const { axis, reduction } = node.attrs;
        const inputs = node.inputs.map((v) => e.use(v));
        e.define(
          node.outputs[0]!,
          e.emit("ScatterElements", inputs, { attrs: { axis, reduction } }),
        );
      },
    },
  ],
};

/**
 * A copy of x in which x[i, indices[i, j]] is updates[i, j] (for axis 1), or has it added.
 *
 * @example
 * const indices = input("i", [2, 1], "int32");
 * const updates = input("u", [2, 1]);
 * scatterElements(input("x", [2, 3]), indices, updates, { axis: 1, reduction: "add" }).shape // [2, 3]
 */
export const scatterElements = (
  x: Value,
  indices: Value,
  updates: Value,
  { axis, reduction = "none" }: ScatterElementsOptions,
): Value =>
  createNode(scatterElementsOp, [x, indices, updates], {
    axis: normaliseAxis(axis, x.shape.length),
    reduction,
  })[0]!;
