/** SoftDensityGrad: rest + factor * x / (x^2 + sigma)^2: the pull of a density penalty on a tensor, added to its gradient. */

import { UserError } from "../base/index.js";
import { createNode, describeType, type Emitter, type Node, type Value } from "../graph/index.js";
import { sameShape, tensor } from "../tensor/index.js";
import { floats, type OpDef, requireSameType } from "./op.js";
import {
  countedElements,
  type RowsAttrs,
  requireDensityOperands,
  useRows,
} from "./soft-density.js";
import { emitTiled, isTileable } from "./tiles.js";

export interface SoftDensityGradAttrs extends RowsAttrs {
  /** Whether a tensor follows to which the pull is added. */
  readonly rest: boolean;
}

/** factor * x / (x^2 + sigma)^2, without a division more than needed. */
function emitPull(e: Emitter, x: string, { sigma, factor }: { sigma: string; factor: string }) {
  const width = e.emit("Add", [e.emit("Mul", [x, x]), sigma]);
  const inverse = e.emit("Reciprocal", [width]);
  const part = e.emit("Mul", [e.emit("Mul", [x, inverse]), inverse]);
  return e.emit("Mul", [part, factor]);
}

const isWhole = ({ inputs, attrs }: Node<SoftDensityGradAttrs>): boolean =>
  attrs.rows === inputs[0]!.shape[0];

/** The pull among zeros, where there is nothing to add it to and it covers some rows only. */
function emitPadded(e: Emitter, pull: string, { inputs, attrs }: Node<SoftDensityGradAttrs>) {
  const [x] = inputs as [Value];
  const { rank, perRow } = placed(e, x);
  const missing = (x.shape[0]! - attrs.rows) * perRow;
  const pads = new Array<number>(2 * rank).fill(0);
  pads[rank] = missing;
  return e.emit("Pad", [pull, e.ints(pads)]);
}

/** How x lies: the rank of its buffer, and the length of its first axis for each of its own rows. */
function placed(e: Emitter, x: Value): { readonly rank: number; readonly perRow: number } {
  return e.layoutOf(x) === "rows"
    ? { rank: 2, perRow: x.shape[2]! * x.shape[3]! }
    : { rank: x.shape.length, perRow: 1 };
}

/** rest with the pull added to its first rows: the runtime adds in place where nobody else reads rest. */
function emitAddedRows(e: Emitter, rest: string, pull: string, node: Node<SoftDensityGradAttrs>) {
  const count = node.attrs.rows * placed(e, node.inputs[0]!).perRow;
  const rows = tensor(
    "int64",
    [count, 1],
    Array.from({ length: count }, (_, i) => i),
  );
  return e.emit("ScatterND", [rest, e.constant(rows), pull], { attrs: { reduction: "add" } });
}

export const softDensityGradOp: OpDef<SoftDensityGradAttrs> = {
  kind: "SoftDensityGrad",
  infer(inputs, attrs) {
    const { dtype, shape } = requireDensityOperands(inputs.slice(0, 3), attrs);
    requireSameType(inputs, floats);
    const rest = inputs[3];
    if (rest && !sameShape(rest.shape, shape)) {
      throw new UserError("E_SHAPE", `something to add of type ${describeType(rest)}`, {
        allowed: describeType(inputs[0]!),
      });
    }
    return [{ dtype, shape }];
  },
  gradient: {
    // With t = x^2 + sigma: d/dx x/t^2 = (sigma - 3 x^2) / t^3, d/dsigma = -2 x / t^3.
    rule({ node, inputs, grads, needs }, f) {
      const [x, sigma, factor] = inputs as [Value, Value, Value];
      const { rows, rest } = node.attrs;
      const first = (v: Value) => f.slice(v, { starts: [0], ends: [rows], axes: [0] });
      const [part, g] = [first(x), first(grads[0]!)];
      const squares = f.square(part);
      const width = f.add(squares, sigma);
      const cube = f.mul(width, f.square(width));
      const pads = new Array<number>(2 * x.shape.length).fill(0);
      pads[x.shape.length] = x.shape[0]! - rows;
      const slope = () => f.mul(factor, f.div(f.sub(sigma, f.mul(squares, 3)), cube));
      return [
        needs[0] ? f.pad(f.mul(g, slope()), { pads }) : undefined,
        needs[1] ? f.mul(f.mul(factor, -2), f.reduceSum(f.mul(g, f.div(part, cube)))) : undefined,
        needs[2] ? f.reduceSum(f.mul(g, f.div(part, f.square(width)))) : undefined,
        ...(rest ? [needs[3] ? grads[0] : undefined] : []),
      ];
    },
  },
  work({ inputs, outputs, attrs }) {
    const elements = countedElements(inputs[0]!, attrs);
    const moved = attrs.rest ? 2 * elements : elements;
    return {
      macs: 0,
      otherOps: (attrs.rest ? 7 : 6) * elements,
      bytesRead: 4 * moved,
      bytesWritten: 4 * (attrs.rest ? elements : elementsOf(outputs[0]!)),
    };
  },
  lowerings: [
    {
      name: "elementwise",
      keepsLayout: true,
      emit(node, e) {
        const [x, sigma, factor, rest] = node.inputs as [Value, Value, Value, Value | undefined];
        const found = e.layoutOf(x);
        const layout = found === "weights" ? "plain" : found;
        const names = { sigma: e.use(sigma), factor: e.use(factor) };
        const pull = emitPull(e, useRows(e, x, node.attrs), names);
        let y = pull;
        if (rest && isWhole(node)) y = e.emit("Add", [pull, e.use(rest, layout)]);
        else if (rest) y = emitAddedRows(e, e.use(rest, layout), pull, node);
        else if (!isWhole(node)) y = emitPadded(e, pull, node);
        e.define(node.outputs[0]!, y, layout);
      },
    },
    {
      name: "tiled",
      applies: (node, target) =>
        isWhole(node) &&
        isTileable(node as Node, target, countedElements(node.inputs[0]!, node.attrs)),
      keepsLayout: true,
      emit(node, e) {
        const [x, sigma, factor, rest] = node.inputs as [Value, Value, Value, Value | undefined];
        const found = e.layoutOf(x);
        const layout = found === "weights" ? "plain" : found;
        const names = { sigma: e.use(sigma), factor: e.use(factor) };
        const images = [e.use(x, layout), ...(rest ? [e.use(rest, layout)] : [])];
        const y = emitTiled(e, {
          images,
          elements: countedElements(x, node.attrs),
          body: ([tile, other]) => {
            const pull = emitPull(e, tile!, names);
            return other === undefined ? pull : e.emit("Add", [pull, other]);
          },
        });
        const shape = layout === "rows" ? [-1, x.shape[1]!] : x.shape;
        e.define(node.outputs[0]!, e.emit("Reshape", [y, e.ints(shape)]), layout);
      },
    },
  ],
};

const elementsOf = ({ shape }: Value): number => shape.reduce((n, d) => n * d, 1);

export interface SoftDensityGradOptions {
  /** Scalar. */
  readonly sigma: Value;
  /** Scalar. */
  readonly factor: Value;
  /** Only the first positions of the first axis are pulled. Default: all. */
  readonly rows?: number;
  /** Of x's shape, added. */
  readonly rest?: Value;
}

/**
 * rest + factor * x / (x^2 + sigma)^2; without `rows` everywhere, else on the first rows.
 *
 * @example
 * softDensityGrad(input("x", [3]), { sigma: input("sigma", []), factor: input("factor", []) }).shape // [3]
 */
export function softDensityGrad(x: Value, options: SoftDensityGradOptions): Value {
  const { sigma, factor, rest, rows = x.shape[0] ?? 0 } = options;
  const inputs = [x, sigma, factor, ...(rest ? [rest] : [])];
  return createNode(softDensityGradOp, inputs, { rows, rest: rest !== undefined })[0]!;
}

/** pull + rest in one pass, for the pull of a penalty to which nothing was added yet. */
export function pullThenAdd(pull: Value, rest: Value): Value | undefined {
  if (pull.node.op.kind !== softDensityGradOp.kind || !sameShape(pull.shape, rest.shape)) {
    return undefined;
  }
  const { rows, rest: taken } = pull.node.attrs as SoftDensityGradAttrs;
  const [x, sigma, factor] = pull.node.inputs as [Value, Value, Value];
  return taken ? undefined : softDensityGrad(x, { sigma, factor, rows, rest });
}
