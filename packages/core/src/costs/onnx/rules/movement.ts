/** Operators that view, move, cut, join or repeat data. */

import { elementCount, type Shape, stridesOf } from "../../../tensor/index.js";
import { keepsNothing } from "../backward-rule.js";
import { broadcastKnown, bytesOfInfo, countOf, type Info, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule, RuleTable } from "../rule.js";
import { imageBlocks } from "./blocks.js";
import { perElement, same } from "./elementwise.js";
import { reshapes } from "./reshapes.js";

const passOn = (n: NodeView) => n.known(0);
const like = (n: NodeView, shape: Shape): Info => tensorInfo(n.tensor(0).elementType, shape);

/** Reads input 0 at the positions that `at` gives for each output element. */
const gatherAt =
  (at: (n: NodeView) => (out: readonly number[]) => number) =>
  (n: NodeView): readonly number[] | undefined => {
    const values = n.known(0);
    if (!values) return undefined;
    const out = n.out();
    const strides = stridesOf(out);
    const position = at(n);
    return Array.from({ length: elementCount(out) }, (_, i) => {
      const index = out.map((d, axis) => Math.floor(i / strides[axis]!) % d);
      return values[position(index)]!;
    });
  };

const same0: OpRule["strides"] = (_, { strides }) => strides;

function permutation(n: NodeView, rank: number): readonly number[] {
  const perm = n.list("perm") ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  if (
    perm.length !== rank ||
    new Set(perm).size !== rank ||
    perm.some((p) => !(p >= 0 && p < rank))
  ) {
    n.refuse(`perm [${perm.join(", ")}] of ${rank} axes`);
  }
  return perm;
}

const transpose: OpRule = {
  backward: keepsNothing,
  infer: (n) => {
    const x = n.shape(0);
    return like(
      n,
      permutation(n, x.length).map((p) => x[p]!),
    );
  },
  fold: gatherAt((n) => {
    const x = n.shape(0);
    const strides = stridesOf(x);
    const perm = permutation(n, x.length);
    return (index) => perm.reduce((sum, p, i) => sum + index[i]! * strides[p]!, 0);
  }),
  keeps: true,
};

const concat: OpRule = {
  backward: keepsNothing,
  infer: (n) => {
    const first = n.shapeOfRank(0, 1);
    const axis = n.axis(n.int("axis") ?? (n.version < 4 ? 1 : 0), first.length);
    const result = [...first];
    for (let i = 1; i < n.inputs.length; i++) {
      const other = n.shapeOfRank(i, first.length, first.length);
      other.forEach((d, k) => {
        if (k === axis) result[k] = result[k]! + d;
        else if (Number.isNaN(result[k]!)) result[k] = d;
        else if (d !== result[k] && !Number.isNaN(d))
          n.refuse(`axis ${k} is ${result[k]} and ${d}`);
      });
    }
    return like(n, result);
  },
  fold: (n) => {
    const axis = n.axis(n.int("axis") ?? 0, n.shape(0).length);
    const parts = n.inputs.map((_, i) => ({ values: n.known(i), shape: n.shape(i) }));
    const outer = elementCount(n.out().slice(0, axis));
    const joined: number[] = [];
    for (let row = 0; row < outer; row++) {
      for (const { values, shape } of parts) {
        if (!values) return undefined;
        const length = elementCount(shape.slice(axis));
        for (let i = 0; i < length; i++) joined.push(values[row * length + i]!);
      }
    }
    return joined;
  },
};

function splitSizes(n: NodeView, length: number): readonly number[] {
  const given = n.version < 13 ? n.list("split") : n.ints(1);
  if (given) {
    if (given.length < n.node.outputs.length) n.refuse(`${given.length} sizes`);
    return given;
  }
  const parts = n.int("num_outputs") ?? n.node.outputs.length;
  if (!(parts >= 1 && parts <= 1 << 20)) n.refuse(`${parts} parts`);
  const chunk = Math.ceil(length / parts);
  return Array.from({ length: parts }, (_, i) => {
    const rest = length - i * chunk;
    return Number.isNaN(rest) ? rest : Math.max(0, Math.min(chunk, rest));
  });
}

const split: OpRule = {
  backward: keepsNothing,
  infer: (n): readonly Info[] => {
    const x = n.shapeOfRank(0, 1);
    const axis = n.axis(n.int("axis") ?? 0, x.length);
    const sizes = splitSizes(n, x[axis]!);
    const values = x.length === 1 ? n.known(0) : undefined;
    let start = 0;
    return sizes.map((size) => {
      const shape = x.map((d, i) => (i === axis ? size : d));
      const part = values?.slice(start, start + size);
      start += size;
      return tensorInfo(n.tensor(0).elementType, shape, part);
    });
  },
};

interface Cut {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** Start, step and number of the elements taken on each axis, bounds clamped as numpy clamps them. */
function cuts(n: NodeView): readonly Cut[] {
  const x = n.shape(0);
  const old = n.version < 10;
  const starts = old ? n.list("starts") : n.ints(1);
  const ends = old ? n.list("ends") : n.ints(2);
  if (!starts || !ends || starts.length !== ends.length) return n.refuse("starts and ends differ");
  const axes = (old ? n.list("axes") : n.ints(3)) ?? starts.map((_, i) => i);
  const steps = (old ? undefined : n.ints(4)) ?? starts.map(() => 1);
  const result: Cut[] = x.map((length) => ({ start: 0, step: 1, length }));
  axes.forEach((given, i) => {
    const axis = n.axis(given, x.length);
    const [length, step] = [x[axis]!, steps[i] ?? 1];
    if (step === 0) n.refuse("a step of 0");
    const clamp = (v: number, low: number, high: number) =>
      Math.min(high, Math.max(low, v < 0 ? v + length : v));
    const start = step > 0 ? clamp(starts[i]!, 0, length) : clamp(starts[i]!, 0, length - 1);
    const end = step > 0 ? clamp(ends[i]!, 0, length) : clamp(ends[i]!, -1, length - 1);
    result[axis] = { start, step, length: Math.max(0, Math.ceil((end - start) / step)) };
  });
  return result;
}

const slice: OpRule = {
  strides: (n, { strides }) => cuts(n).map((c, axis) => c.step * strides[axis]!),
  backward: keepsNothing,
  picks: { 0: (n) => countOf(n.outputs[0]) },
  infer: (n) =>
    like(
      n,
      cuts(n).map((c) => c.length),
    ),
  fold: gatherAt((n) => {
    const strides = stridesOf(n.shape(0));
    const list = cuts(n);
    return (index) =>
      list.reduce((sum, c, axis) => sum + (c.start + index[axis]! * c.step) * strides[axis]!, 0);
  }),
};

const pad: OpRule = {
  backward: keepsNothing,
  infer: (n) => {
    const x = n.shape(0);
    const old = n.version < 11;
    const pads = (old ? (n.list("pads") ?? n.list("paddings")) : n.ints(1)) ?? n.refuse("no pads");
    const axes = n.ints(3)?.map((a) => n.axis(a, x.length)) ?? [...x.keys()];
    if (pads.length !== 2 * axes.length) n.refuse(`${pads.length} pads for ${axes.length} axes`);
    const result = [...x];
    axes.forEach((axis, i) => {
      result[axis] = x[axis]! + pads[i]! + pads[i + axes.length]!;
    });
    if (result.some((d) => d < 0)) n.refuse("the pads remove more than there is");
    return like(n, result);
  },
  roles: { 2: "constant" },
};

const expand: OpRule = {
  backward: keepsNothing,
  infer: (n) => {
    const asked = n.ints(1) ?? n.refuse("its shape is missing");
    return like(n, broadcastKnown(n.shape(0), asked) ?? n.refuse(`cannot become [${asked}]`));
  },
  fold: gatherAt((n) => {
    const x = n.shape(0);
    const strides = stridesOf(x);
    return (index) => {
      const shift = index.length - x.length;
      return x.reduce((sum, d, i) => sum + (d === 1 ? 0 : index[i + shift]! * strides[i]!), 0);
    };
  }),
};

const tile: OpRule = {
  backward: keepsNothing,
  infer: (n) => {
    const x = n.shape(0);
    const repeats = n.ints(1) ?? n.refuse("its repeats are missing");
    if (n.version < 6) {
      const axis = n.ints(2)?.[0] ?? 0;
      return like(
        n,
        x.map((d, i) => (i === axis ? d * repeats[0]! : d)),
      );
    }
    if (repeats.length !== x.length) n.refuse(`${repeats.length} repeats`);
    return like(
      n,
      x.map((d, i) => d * repeats[i]!),
    );
  },
  fold: gatherAt((n) => {
    const x = n.shape(0);
    const strides = stridesOf(x);
    return (index) => x.reduce((sum, d, i) => sum + (index[i]! % d) * strides[i]!, 0);
  }),
};

const copy: OpRule = { infer: same, backward: keepsNothing };

/** Until opset 11 dropout stood in files as a reminder that training had it. */
const dropsOut = (n: NodeView): boolean =>
  n.version >= 12 && n.known(2)?.[0] === 1 && n.known(1)?.[0] !== 0;

/** In training a random factor for each element, which PyTorch keeps in the type of the data. */
const dropout: OpRule = {
  infer: (n): readonly Info[] => [same(n), tensorInfo("bool", n.tensor(0).shape)],
  work: (n) => (dropsOut(n) ? perElement("mul", 2)(n) : {}),
  fold: (n) => (dropsOut(n) ? undefined : n.known(0)),
  view: (n) => !dropsOut(n),
  strides: (n, { strides }) => (dropsOut(n) ? undefined : strides),
  keeps: true,
  backward: { keeps: [{ bytes: (n) => (dropsOut(n) ? bytesOfInfo(n.outputs[0]) : 0) }] },
};

export const movement = {
  Identity: {
    strides: same0,
    backward: keepsNothing,
    infer: (n) => n.value(0).info,
    fold: passOn,
    view: true,
    keeps: true,
  },
  ...reshapes,
  Dropout: dropout,
  Transpose: {
    ...transpose,
    strides: (n, { strides }) => permutation(n, strides.length).map((axis) => strides[axis]!),
  },
  Concat: concat,
  Split: { ...split, strides: same0 },
  Slice: slice,
  Pad: pad,
  Expand: {
    ...expand,
    strides: (n, { strides, shape }) => {
      const x = n.shape(0);
      const more = shape.length - x.length;
      return shape.map((d, i) =>
        i < more || (x[i - more] === 1 && d !== 1) ? 0 : strides[i - more]!,
      );
    },
  },
  Tile: tile,
  ...imageBlocks,
  ReverseSequence: copy,
  Trilu: copy,
} satisfies RuleTable;
