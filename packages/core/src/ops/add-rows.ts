/** AddRows: a tensor with something added to its first rows: what comes back through `headRows`. */

import { UserError } from "../base/index.js";
import { createNode, describeType, type Node, type Value } from "../graph/index.js";
import { sameShape, tensor } from "../tensor/index.js";
import { requireRows, rowsPerSample, sampleLayout } from "./head-rows.js";
import { floats, type OpDef, requireSameType, traffic } from "./op.js";

export interface AddRowsAttrs {
  /** Length of the first axis of the result. */
  readonly rows: number;
}

export const addRowsOp: OpDef<AddRowsAttrs> = {
  kind: "AddRows",
  infer(inputs, { rows }) {
    const [part, rest] = inputs;
    const dtype = requireSameType(inputs, floats);
    const shape = [rows, ...part!.shape.slice(1)];
    requireRows(part!.shape[0] ?? 0, shape);
    if (rest && !sameShape(rest.shape, shape)) {
      throw new UserError("E_SHAPE", `a tensor of type ${describeType(rest)} to add to`, {
        allowed: describeType({ dtype, shape }),
      });
    }
    return [{ dtype, shape }];
  },
  gradient: {
    rule: ({ inputs, grads, needs }, f) => {
      const [part, rest] = inputs as [Value, Value | undefined];
      const own = needs[0] ? f.headRows(grads[0]!, part.shape[0]!) : undefined;
      return rest ? [own, needs[1] ? grads[0] : undefined] : [own];
    },
  },
  // In place where nobody else reads what is added to: then only the rows are touched.
  work(node) {
    const [part] = node.inputs as [Value];
    const rows = part.shape.reduce((n, d) => n * d, 1);
    return { macs: 0, otherOps: rows, ...traffic(node as Node) };
  },
  lowerings: [
    {
      name: "scatter",
      keepsLayout: true,
      emit(node, e) {
        const [part, rest] = node.inputs as [Value, Value | undefined];
        const layout = rest ? sampleLayout(e, rest) : sampleLayout(e, part);
        const per = rowsPerSample(part, layout);
        const count = part.shape[0]! * per;
        const name = e.use(part, layout);
        if (!rest) {
          const rank = layout === "rows" ? 2 : part.shape.length;
          const pads = new Array<number>(2 * rank).fill(0);
          pads[rank] = node.attrs.rows * per - count;
          e.define(node.outputs[0]!, e.emit("Pad", [name, e.ints(pads)]), layout);
          return;
        }
        const places = Array.from({ length: count }, (_, i) => i);
        const rows = e.constant(tensor("int64", [count, 1], places));
        // Where the rows of a view are those of what it views, this is what is written over.
        const whole = e.use(rest, layout);
        const source = e.viewed(whole);
        const below = source?.shape[0] === node.attrs.rows * per ? source : undefined;
        const shaped = below
          ? e.emit("Reshape", [name, e.ints([count, ...below.shape.slice(1)])])
          : name;
        const operands = [below?.name ?? whole, rows, shaped];
        const y = e.emit("ScatterND", operands, { attrs: { reduction: "add" } });
        const out = below ? e.view(y, below.shape, rest.shape) : y;
        e.define(node.outputs[0]!, out, layout);
      },
    },
  ],
};

export interface AddRowsOptions {
  /** Length of the first axis of the result. */
  readonly rows: number;
  /** [rows, ...], added to. Default zeros. */
  readonly rest?: Value;
}

/**
 * `rest` with `part` [n, ...] added to its first n rows.
 *
 * @example
 * addRows(input("part", [2, 3]), { rows: 5 }).shape // [5, 3]
 */
export const addRows = (part: Value, { rows, rest }: AddRowsOptions): Value =>
  createNode(addRowsOp, rest ? [part, rest] : [part], { rows })[0]!;

/** rows + other in one step, for rows among zeros. */
export function rowsThenAdd(value: Value, other: Value): Value | undefined {
  const { node } = value;
  const fits = node.op.kind === addRowsOp.kind && node.inputs.length === 1;
  if (!fits || !sameShape(value.shape, other.shape)) return undefined;
  return addRows(node.inputs[0]!, { rows: value.shape[0]!, rest: other });
}
