/** Operators that read or write at computed positions. */

import { elementCount, stridesOf } from "../../../tensor/index.js";
import type { BackwardRule } from "../backward-rule.js";
import { countOf, type Info, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule, RuleTable } from "../rule.js";
import { same } from "./elementwise.js";

const like = (n: NodeView, shape: readonly number[]): Info =>
  tensorInfo(n.tensor(0).elementType, shape);

/** As many elements of the table as come out. */
const picks = { 0: (n: NodeView): number => countOf(n.outputs[0]) };

/** Where they came from. */
const keepsIndices: BackwardRule = { keeps: [{ input: 1 }] };

const isSelect = (n: NodeView): boolean => n.known(1) !== undefined && n.shape(1).length === 0;

/** Steps of a vector that is read in a regular grid: how the exporter writes another view of the same memory. */
function gridSteps(n: NodeView): readonly number[] | undefined {
  const [indices, grid] = [n.known(1), n.shape(1)];
  if (!indices || n.shape(0).length !== 1 || grid.length < 2 || indices.length === 0) return;
  const counts = stridesOf(grid);
  const steps = grid.map((d, k) => (d > 1 ? indices[counts[k]!]! - indices[0]! : 0));
  const placeOf = (i: number) =>
    steps.reduce((at, step, k) => at + step * (Math.floor(i / counts[k]!) % grid[k]!), indices[0]!);
  return indices.every((index, i) => index === placeOf(i)) ? steps : undefined;
}

const gather: OpRule = {
  backward: keepsIndices,
  // One known position is a view in PyTorch.
  strides: (n, { strides }) => {
    if (!isSelect(n)) return gridSteps(n)?.map((step) => step * strides[0]!);
    const axis = n.axis(n.int("axis") ?? 0, strides.length);
    return strides.filter((_, i) => i !== axis);
  },
  picks,
  infer: (n) => {
    const x = n.shapeOfRank(0, 1);
    const axis = n.axis(n.int("axis") ?? 0, x.length);
    return like(n, [...x.slice(0, axis), ...n.shape(1), ...x.slice(axis + 1)]);
  },
  fold: (n) => {
    const [x, values, indices] = [n.shape(0), n.known(0), n.known(1)];
    if (!values || !indices) return undefined;
    const axis = n.axis(n.int("axis") ?? 0, x.length);
    const [length, inner] = [x[axis]!, elementCount(x.slice(axis + 1))];
    const result: number[] = [];
    for (let outer = 0; outer < elementCount(x.slice(0, axis)); outer++) {
      for (const i of indices) {
        const row = outer * length + (i < 0 ? i + length : i);
        if (i < -length || i >= length) n.refuse(`index ${i} of ${length}`);
        for (let k = 0; k < inner; k++) result.push(values[row * inner + k]!);
      }
    }
    return result;
  },
};

const gatherND: OpRule = {
  backward: keepsIndices,
  picks,
  infer: (n) => {
    const x = n.shapeOfRank(0, 1);
    const indices = n.shapeOfRank(1, 1);
    const batch = n.int("batch_dims") ?? 0;
    const depth = indices.at(-1)!;
    if (Number.isNaN(depth)) n.unknown("the length of an index depends on data");
    if (batch + depth > x.length) n.refuse(`an index of ${depth} positions`);
    return like(n, [...indices.slice(0, -1), ...x.slice(batch + depth)]);
  },
  fold: (n) => {
    const [x, values, indices] = [n.shape(0), n.known(0), n.known(1)];
    if (!values || !indices || n.int("batch_dims")) return undefined;
    const depth = n.shape(1).at(-1)!;
    const strides = stridesOf(x);
    const inner = elementCount(x.slice(depth));
    const result: number[] = [];
    for (let i = 0; i < indices.length; i += Math.max(1, depth)) {
      let start = 0;
      for (let k = 0; k < depth; k++) {
        const at = indices[i + k]!;
        start += (at < 0 ? at + x[k]! : at) * strides[k]!;
      }
      for (let k = 0; k < inner; k++) result.push(values[start + k]!);
    }
    return result;
  },
};

/** Writes updates over a copy; with a reduction it computes for each of them. */
const scatter = (updates: number): OpRule => ({
  backward: keepsIndices,
  infer: same,
  work: (n) => {
    const reduction = n.string("reduction") ?? "none";
    const count = reduction === "none" ? 0 : countOf(n.tensor(updates));
    return { elements: { elementwise: count }, otherOps: count };
  },
});

/** Writes known rows into a known tensor: how exporters set single entries of a shape. */
const scatterND: OpRule = {
  ...scatter(2),
  fold: (n) => {
    const [x, values, indices, updates] = [n.shape(0), n.known(0), n.known(1), n.known(2)];
    if (!values || !indices || !updates || (n.string("reduction") ?? "none") !== "none") {
      return undefined;
    }
    const depth = n.shape(1).at(-1)!;
    const strides = stridesOf(x);
    const inner = elementCount(x.slice(depth));
    const result = [...values];
    for (let row = 0; row * depth < indices.length; row++) {
      let start = 0;
      for (let k = 0; k < depth; k++) {
        const at = indices[row * depth + k]!;
        start += (at < 0 ? at + x[k]! : at) * strides[k]!;
      }
      for (let k = 0; k < inner; k++) result[start + k] = updates[row * inner + k]!;
    }
    return result;
  },
};

const nonZero: OpRule = {
  infer: (n) => {
    const x = n.shape(0);
    const values = n.known(0);
    if (!values) return tensorInfo("int64", [x.length, Number.NaN]);
    const hits = values.flatMap((v, i) => (v !== 0 ? [i] : []));
    const strides = stridesOf(x);
    const rows = strides.map((s, axis) => hits.map((i) => Math.floor(i / s) % x[axis]!));
    return tensorInfo("int64", [x.length, hits.length], rows.flat());
  },
  work: (n) => ({
    elements: { elementwise: countOf(n.tensor(0)) },
    otherOps: countOf(n.tensor(0)),
  }),
};

const compress: OpRule = {
  backward: keepsIndices,
  picks,
  infer: (n) => {
    const x = n.shape(0);
    const kept = n.known(1)?.filter((v) => v !== 0).length ?? Number.NaN;
    const axis = n.int("axis");
    if (axis === undefined) return like(n, [kept]);
    const at = n.axis(axis, x.length);
    return like(
      n,
      x.map((d, i) => (i === at ? kept : d)),
    );
  },
};

const oneHot: OpRule = {
  infer: (n) => {
    const x = n.shape(0);
    const depth = n.known(1)?.[0] ?? Number.NaN;
    const axis = n.axis(n.int("axis") ?? -1, x.length + 1);
    const shape = [...x.slice(0, axis), depth, ...x.slice(axis)];
    return tensorInfo(n.tensor(2).elementType, shape);
  },
};

const unique: OpRule = {
  infer: (n): readonly Info[] => {
    const x = n.shape(0);
    const axis = n.int("axis");
    const open = [Number.NaN];
    const at = axis === undefined ? undefined : n.axis(axis, x.length);
    const shape = at === undefined ? open : x.map((d, i) => (i === at ? Number.NaN : d));
    const inverse = [at === undefined ? elementCount(x) : x[at]!];
    return [
      like(n, shape),
      tensorInfo("int64", open),
      tensorInfo("int64", inverse),
      tensorInfo("int64", open),
    ];
  },
  work: (n) => ({
    otherOps: countOf(n.tensor(0)),
    elements: { elementwise: countOf(n.tensor(0)) },
  }),
};

export const indexing = {
  Gather: gather,
  GatherElements: { infer: (n) => like(n, n.shape(1)), picks, backward: keepsIndices },
  GatherND: gatherND,
  Scatter: scatter(2),
  ScatterElements: scatter(2),
  ScatterND: scatterND,
  TensorScatter: scatter(1),
  NonZero: nonZero,
  Compress: compress,
  OneHot: oneHot,
  Unique: unique,
} satisfies RuleTable;
