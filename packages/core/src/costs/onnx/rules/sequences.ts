/** Sequences and optionals: they hold tensors and compute nothing. */

import { elementTypeOf } from "../../../formats/index.js";
import { keepsNothing } from "../backward-rule.js";
import { type Info, type SequenceInfo, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule, RuleTable } from "../rule.js";

function sequence(n: NodeView, index = 0): SequenceInfo {
  const { info } = n.value(index);
  return info.kind === "sequence" ? info : n.refuse(`input ${index} is no sequence`);
}

const of = (items: readonly Info[]): SequenceInfo => ({
  kind: "sequence",
  of: items[0],
  items,
});

/** What is known of a member when it is not known which. */
function member(s: SequenceInfo): Info {
  const first = s.items?.[0] ?? s.of;
  if (first?.kind !== "tensor") return first ?? tensorInfo("undefined", undefined);
  const ranks = new Set((s.items ?? [first]).map((i) => i.kind === "tensor" && i.shape?.length));
  if (ranks.size > 1 || !first.shape) return tensorInfo(first.elementType, undefined);
  const shape = first.shape.map((d, axis) =>
    (s.items ?? [first]).every((i) => i.kind === "tensor" && i.shape?.[axis] === d)
      ? d
      : Number.NaN,
  );
  return tensorInfo(first.elementType, shape);
}

const position = (n: NodeView, index: number, length: number): number | undefined => {
  if (!n.has(index)) return undefined;
  const at = n.known(index)?.[0] ?? n.unknown("which member is meant depends on data");
  return at < 0 ? at + length : at;
};

const at: OpRule = {
  backward: keepsNothing,
  infer: (n) => {
    const s = sequence(n);
    const index = n.known(1)?.[0];
    if (!s.items || index === undefined) return member(s);
    return s.items.at(index) ?? n.refuse(`member ${index} of ${s.items.length}`);
  },
};

const insert: OpRule = {
  backward: keepsNothing,
  infer: (n) => {
    const s = sequence(n);
    if (!s.items) return { kind: "sequence", of: n.value(1).info };
    const items = [...s.items];
    items.splice(position(n, 2, items.length) ?? items.length, 0, n.value(1).info);
    return of(items);
  },
};

const erase: OpRule = {
  backward: keepsNothing,
  infer: (n) => {
    const s = sequence(n);
    if (!s.items) return s;
    const items = [...s.items];
    items.splice(position(n, 1, items.length) ?? items.length - 1, 1);
    return { ...of(items), of: s.of };
  },
};

const splitToSequence: OpRule = {
  backward: keepsNothing,
  infer: (n) => {
    const { elementType } = n.tensor(0);
    const x = n.shapeOfRank(0, 1);
    const axis = n.axis(n.int("axis") ?? 0, x.length);
    const keep = n.has(1) || (n.int("keepdims") ?? 1) === 1;
    const part = (size: number) =>
      tensorInfo(
        elementType,
        keep ? x.map((d, i) => (i === axis ? size : d)) : x.filter((_, i) => i !== axis),
      );
    const length = x[axis]!;
    const given = n.ints(1);
    const scalar = n.has(1) && n.shape(1).length === 0;
    if (Number.isNaN(length)) return { kind: "sequence", of: part(Number.NaN) };
    const chunk = given ? (scalar ? given[0]! : undefined) : 1;
    if (chunk === undefined) return of(given!.map(part));
    if (!(chunk >= 1) || length / chunk > 1 << 16)
      return { kind: "sequence", of: part(Number.NaN) };
    const count = Math.ceil(length / chunk);
    return of(Array.from({ length: count }, (_, i) => part(Math.min(chunk, length - i * chunk))));
  },
};

const concat: OpRule = {
  backward: keepsNothing,
  infer: (n) => {
    const { items } = sequence(n);
    if (!items || items.length === 0) return n.unknown("the members depend on data");
    const shapes = items.map((i) =>
      i.kind === "tensor" && i.shape ? i.shape : n.unknown("a member's shape is not known"),
    );
    const first = shapes[0]!;
    const type = items[0]?.kind === "tensor" ? items[0].elementType : "undefined";
    if (n.int("new_axis") === 1) {
      const axis = n.axis(n.int("axis") ?? 0, first.length + 1);
      return tensorInfo(type, [...first.slice(0, axis), items.length, ...first.slice(axis)]);
    }
    const axis = n.axis(n.int("axis") ?? 0, first.length);
    const total = shapes.reduce((sum, s) => sum + s[axis]!, 0);
    return tensorInfo(
      type,
      first.map((d, i) => (i === axis ? total : d)),
    );
  },
};

const optional: OpRule = {
  backward: keepsNothing,
  infer: (n) => {
    const declared = n.attribute("type");
    if (!n.has(0)) return { kind: "opaque", type: declared ? "an empty optional" : "optional" };
    return { kind: "opaque", type: "optional", of: n.value(0).info };
  },
};

const element: OpRule = {
  backward: keepsNothing,
  infer: (n) => {
    const { info } = n.value(0);
    return info.kind === "opaque" ? (info.of ?? n.unknown("the optional is empty")) : info;
  },
};

const hasElement: OpRule = {
  backward: keepsNothing,
  infer: (n) => {
    if (!n.has(0)) return tensorInfo("bool", [], [0]);
    const { info } = n.value(0);
    if (info.kind !== "opaque") return tensorInfo("bool", [], [1]);
    if (info.of) return tensorInfo("bool", [], [1]);
    return tensorInfo("bool", [], info.type === "an empty optional" ? [0] : undefined);
  },
};

export const sequences = {
  SequenceConstruct: {
    infer: (n) => of(n.inputs.map((_, i) => n.value(i).info)),
    backward: keepsNothing,
  },
  SequenceEmpty: {
    infer: (n) => ({
      kind: "sequence",
      of: tensorInfo(elementTypeOf(n.int("dtype") ?? 1), undefined),
      items: [],
    }),
  },
  SequenceAt: at,
  SequenceInsert: insert,
  SequenceErase: erase,
  SequenceLength: {
    infer: (n) => {
      const { items } = sequence(n);
      return tensorInfo("int64", [], items && [items.length]);
    },
  },
  SplitToSequence: splitToSequence,
  ConcatFromSequence: concat,
  Optional: optional,
  OptionalGetElement: element,
  OptionalHasElement: hasElement,
} satisfies RuleTable;
