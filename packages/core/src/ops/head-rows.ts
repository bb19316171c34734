/** HeadRows: the first rows of a tensor, that is the first samples of a batch, in whatever layout it lies. */

import { UserError } from "../base/index.js";
import { createNode, type Emitter, type Layout, type Node, type Value } from "../graph/index.js";
import { formatShape } from "../tensor/index.js";
import { affineOfPart } from "./channel-affine.js";
import { copyWork, type OpDef } from "./op.js";

export interface HeadRowsAttrs {
  readonly rows: number;
}

/** A layout whose outermost axis is the batch: all but that of weights. */
export const sampleLayout = (e: Emitter, x: Value): Layout => {
  const layout = e.layoutOf(x);
  return layout === "weights" ? "plain" : layout;
};

/** Lengths of the first axis of the buffer for each sample: more than one where a pixel is a row. */
export const rowsPerSample = (x: Value, layout: Layout): number =>
  layout === "rows" ? x.shape[2]! * x.shape[3]! : 1;

export function requireRows(rows: number, shape: readonly number[]): void {
  const all = shape[0];
  if (all !== undefined && Number.isInteger(rows) && rows >= 1 && rows <= all) return;
  throw new UserError("E_SHAPE", `${rows} rows of a tensor of shape ${formatShape(shape)}`, {
    allowed: "a whole number from 1 to the length of the first axis",
  });
}

export const headRowsOp: OpDef<HeadRowsAttrs> = {
  kind: "HeadRows",
  infer([x], { rows }) {
    requireRows(rows, x!.shape);
    return [{ dtype: x!.dtype, shape: [rows, ...x!.shape.slice(1)] }];
  },
  gradient: {
    rule: ({ inputs, grads }, f) => [f.addRows(grads[0]!, { rows: inputs[0]!.shape[0]! })],
  },
  work: (node) => {
    const { bytesWritten } = copyWork(node as Node);
    return { macs: 0, otherOps: 0, bytesRead: bytesWritten, bytesWritten };
  },
  // So that the whole result need not lie in memory: a pass that ends in an activation never writes what comes before it.
  simplify: ({ inputs: [x], attrs: { rows } }) =>
    affineOfPart(x!, (image) => headRows(image, rows)),
  lowerings: [
    {
      name: "slice",
      keepsLayout: true,
      emit(node, e) {
        const [x] = node.inputs as [Value];
        const layout = sampleLayout(e, x);
        const end = node.attrs.rows * rowsPerSample(x, layout);
        const inputs = [e.use(x, layout), e.ints([0]), e.ints([end]), e.ints([0])];
        e.define(node.outputs[0]!, e.emit("Slice", inputs), layout);
      },
    },
  ],
};

/**
 * The first `rows` positions of the first axis.
 *
 * @example
 * headRows(input("x", [8, 16, 4, 4]), 2).shape // [2, 16, 4, 4]
 */
export const headRows = (x: Value, rows: number): Value =>
  rows === x.shape[0] ? x : createNode(headRowsOp, [x], { rows })[0]!;
