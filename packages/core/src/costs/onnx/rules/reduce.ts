/** Reductions along axes, and running ones. */

import { elementCount, type Shape } from "../../../tensor/index.js";
import { type BackwardRule, keepsInput, keepsNothing } from "../backward-rule.js";
import { type Info, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule, RuleTable } from "../rule.js";
import type { ElementCounts } from "../work.js";
import { perElement, same } from "./elementwise.js";

interface Reduction {
  readonly shape: Shape;
  /** Whether each axis of the input is reduced. */
  readonly gone: readonly boolean[];
}

function reduced(n: NodeView, since: number): Reduction {
  const x = n.shape(0);
  const given = n.axes(since);
  const all = !given || given.length === 0;
  if (all && n.int("noop_with_empty_axes")) return { shape: x, gone: x.map(() => false) };
  const axes = new Set(all ? x.keys() : given.map((a) => n.axis(a, x.length)));
  const gone = x.map((_, i) => axes.has(i));
  const keep = n.int("keepdims") ?? 1;
  const shape = keep ? x.map((d, i) => (gone[i] ? 1 : d)) : x.filter((_, i) => !gone[i]);
  return { shape, gone };
}

/** Elements of a known reduction; only shapes are computed so: a handful of numbers. */
function fold(
  n: NodeView,
  since: number,
  combine: (list: readonly number[]) => number,
): readonly number[] | undefined {
  const values = n.known(0);
  if (!values) return undefined;
  const { gone, shape } = reduced(n, since);
  if (gone.every((g) => !g)) return values;
  if (gone.every(Boolean)) return [combine(values)];
  const x = n.shape(0);
  const groups = Array.from({ length: elementCount(shape) }, (): number[] => []);
  values.forEach((v, index) => {
    let group = 0;
    let rest = index;
    let step = 1;
    for (let axis = x.length - 1; axis >= 0; axis--) {
      const at = rest % x[axis]!;
      rest = Math.floor(rest / x[axis]!);
      if (gone[axis]) continue;
      group += at * step;
      step *= x[axis]!;
    }
    groups[group]!.push(v);
  });
  return groups.map(combine);
}

const reduction = (options: {
  /** Opset from which the axes are an input. */
  readonly since: number;
  readonly ops: number;
  readonly combine?: (list: readonly number[]) => number;
  readonly elements?: (inputs: number, outputs: number) => ElementCounts;
  readonly backward?: BackwardRule;
}): OpRule => {
  const { since, ops, combine, elements, backward = keepsInput } = options;
  return {
    backward,
    infer: (n) => tensorInfo(n.tensor(0).elementType, reduced(n, since).shape),
    work: (n) => {
      const [inputs, outputs] = [elementCount(n.shape(0)), elementCount(n.out())];
      return {
        elements: elements ? elements(inputs, outputs) : { reduction: inputs },
        otherOps: ops * inputs,
      };
    },
    ...(combine ? { fold: (n) => fold(n, since, combine) } : {}),
  };
};

const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);

const arg: OpRule = {
  infer: (n) => {
    const x = n.shapeOfRank(0, 1);
    const axis = n.axis(n.int("axis") ?? 0, x.length);
    const keep = n.int("keepdims") ?? 1;
    const shape = keep ? x.map((d, i) => (i === axis ? 1 : d)) : x.filter((_, i) => i !== axis);
    return tensorInfo("int64", shape);
  },
  work: (n) => {
    const count = elementCount(n.shape(0));
    return { elements: { reduction: count }, otherOps: count };
  },
};

/** Values go back to where the indices say. */
const topK: OpRule = {
  backward: { keeps: [{ output: 1 }] },
  infer: (n): readonly Info[] => {
    const x = n.shapeOfRank(0, 1);
    const axis = n.axis(n.int("axis") ?? -1, x.length);
    const k = n.version < 10 ? n.int("k") : n.has(1) ? (n.known(1)?.[0] ?? Number.NaN) : 1;
    const shape = x.map((d, i) => (i === axis ? (k ?? Number.NaN) : d));
    return [tensorInfo(n.tensor(0).elementType, shape), tensorInfo("int64", shape)];
  },
  work: (n) => {
    const count = elementCount(n.shape(0));
    return { elements: { reduction: count }, otherOps: count };
  },
};

const running = (backward: BackwardRule): OpRule => ({
  infer: same,
  work: perElement("elementwise"),
  backward,
});

const keepsBoth: BackwardRule = { keeps: [{ input: 0 }, { output: 0 }] };

/** Means over axes are pools by another name. */
const mean = (inputs: number, outputs: number): ElementCounts => ({
  avgPoolIn: inputs,
  avgPoolOut: outputs,
});

export const reductions = {
  ReduceSum: reduction({ since: 13, ops: 1, combine: sum, backward: keepsNothing }),
  ReduceMean: reduction({
    since: 18,
    ops: 1,
    combine: (list) => sum(list) / list.length,
    elements: mean,
    backward: keepsNothing,
  }),
  ReduceMax: reduction({
    since: 18,
    ops: 1,
    combine: (list) => Math.max(...list),
    backward: keepsBoth,
  }),
  ReduceMin: reduction({
    since: 18,
    ops: 1,
    combine: (list) => Math.min(...list),
    backward: keepsBoth,
  }),
  ReduceProd: reduction({ since: 18, ops: 1, combine: (list) => list.reduce((a, b) => a * b, 1) }),
  ReduceL1: reduction({ since: 18, ops: 2 }),
  ReduceL2: reduction({ since: 18, ops: 2, backward: keepsBoth }),
  ReduceLogSum: reduction({ since: 18, ops: 1 }),
  ReduceLogSumExp: reduction({ since: 18, ops: 2, backward: keepsBoth }),
  ReduceSumSquare: reduction({ since: 18, ops: 2 }),
  ArgMax: arg,
  ArgMin: arg,
  TopK: topK,
  CumSum: running(keepsNothing),
  CumProd: running(keepsBoth),
} satisfies RuleTable;
