/** AddRows: a tensor with something added to its first rows: what comes back through `headRows`. */

import { UserError } from "../base/index.js";
import {
  createNode,
  describeType,
  type Emitter,
  type Layout,
  type Node,
  type Value,
} from "../graph/index.js";
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
        const layout = sampleLayout(e, rest ?? part);
        const emit = rest ? (writesInPlace(e, part) ? emitInPlace : emitScattered) : emitPadded;
        e.define(node.outputs[0]!, emit(e, node, layout), layout);
      },
    },
  ],
};

type Emit = (e: Emitter, node: Node<AddRowsAttrs>, layout: Layout) => string;

/**
 * Not a lowering to be measured against the other: alone, where what it adds to is an input of the model, it must copy.
 */
const writesInPlace = (e: Emitter, { dtype }: Value): boolean =>
  e.target.blockSize > 0 && dtype === "float32";

const emitPadded: Emit = (e, { inputs, attrs }, layout) => {
  const [part] = inputs as [Value];
  const rank = layout === "rows" ? 2 : part.shape.length;
  const pads = new Array<number>(2 * rank).fill(0);
  pads[rank] = (attrs.rows - part.shape[0]!) * rowsPerSample(part, layout);
  return e.emit("Pad", [e.use(part, layout), e.ints(pads)]);
};

const emitScattered: Emit = (e, { inputs }, layout) => {
  const [part, rest] = inputs as [Value, Value];
  const count = part.shape[0]! * rowsPerSample(part, layout);
  const places = Array.from({ length: count }, (_, i) => i);
  const rows = e.constant(tensor("int64", [count, 1], places));
  const operands = [e.use(rest, layout), rows, e.use(part, layout)];
  return e.emit("ScatterND", operands, { attrs: { reduction: "add" } });
};

/** Writes over the first rows of a tensor that nobody else reads: the others are not touched. */
const emitInPlace: Emit = (e, { inputs, attrs }, layout) => {
  const [part, rest] = inputs as [Value, Value];
  const [count, all] = [part.shape[0]!, attrs.rows];
  const size = part.shape.slice(1).reduce((n, d) => n * d, 1);
  const flat = e.emit("Reshape", [e.use(rest, layout), e.ints([1, all, size])]);
  const added = e.emit("Reshape", [e.use(part, layout), e.ints([1, count, size])]);
  const head = e.emit("Slice", [flat, e.ints([0]), e.ints([count]), e.ints([1])]);
  const operands = [flat, e.emit("Add", [head, added]), e.ints([0])];
  const y = e.emit("TensorScatter", operands, { attrs: { axis: 1 }, opset: 24 });
  return e.emit("Reshape", [y, e.ints(layout === "rows" ? [-1, rest.shape[1]!] : rest.shape)]);
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
