/** Operators that move data between channels, columns and places of an image. */

import { elementCount, type Shape } from "../../../tensor/index.js";
import { keepsNothing } from "../backward-rule.js";
import { type Info, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule } from "../rule.js";

const like = (n: NodeView, shape: Shape): Info => tensorInfo(n.tensor(0).elementType, shape);

const blocks = (toSpace: boolean): OpRule => ({
  backward: keepsNothing,
  infer: (n) => {
    const [batch, c, h, w] = n.shapeOfRank(0, 4, 4) as [number, number, number, number];
    const b = n.int("blocksize") ?? n.refuse("blocksize is missing");
    if (!(b > 0)) n.refuse(`blocksize ${b}`);
    return like(n, toSpace ? [batch, c / b ** 2, h * b, w * b] : [batch, c * b ** 2, h / b, w / b]);
  },
});

/** Puts every axis to an asked length, cutting or padding around the middle. */
const centerCropPad: OpRule = {
  backward: keepsNothing,
  infer: (n) => {
    const x = n.shape(0);
    const asked = n.ints(1) ?? n.refuse("its shape is missing");
    const axes = n.list("axes")?.map((a) => n.axis(a, x.length)) ?? [...x.keys()];
    const result = [...x];
    axes.forEach((axis, i) => {
      result[axis] = asked[i] ?? n.refuse("fewer lengths than axes");
    });
    return like(n, result);
  },
};

/** Columns of a matrix back into overlapping places of an image: one addition for each. */
const col2im: OpRule = {
  backward: keepsNothing,
  infer: (n) => {
    const x = n.shapeOfRank(0, 3, 3);
    const image = n.ints(1) ?? n.refuse("image_shape is missing");
    const block = n.ints(2) ?? n.refuse("block_shape is missing");
    return like(n, [x[0]!, x[1]! / elementCount(block), ...image]);
  },
  work: (n) => {
    const count = elementCount(n.shape(0));
    return { elements: { add: count }, otherOps: count };
  },
};

export const imageBlocks = {
  DepthToSpace: blocks(true),
  SpaceToDepth: blocks(false),
  CenterCropPad: centerCropPad,
  Col2Im: col2im,
};
