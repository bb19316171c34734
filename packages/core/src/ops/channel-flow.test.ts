/** The channel rules of all ops against what the ops compute. */

import { describe, expect, it } from "vitest";
import type { Axis, ChannelFlow, Node, Value } from "../graph/index.js";
import { input } from "../graph/index.js";
import { evaluateHost } from "../reference/index.js";
import { type HostTensor, isFloat, tensor, toNumbers } from "../tensor/index.js";
import { functions as f, ops } from "./index.js";
import { rows, traceCase } from "./testing/index.js";

interface Entry extends Axis {
  readonly index: number;
}

const sizeOf = ({ value, axis }: Axis): number => value.shape[axis]!;

/** The entries of inputs that belong to an entry of an output. */
function linkedEntries({ links }: ChannelFlow, out: Entry, inputs: readonly Value[]): Entry[] {
  const found: Entry[] = [];
  for (const { whole, parts } of links) {
    let start = 0;
    for (const part of parts) {
      const repeat = part.repeat ?? 1;
      const length = sizeOf(part) * repeat;
      if (whole.value === out.value && whole.axis === out.axis && inputs.includes(part.value)) {
        const at = out.index - start;
        if (at >= 0 && at < length) found.push({ ...part, index: Math.floor(at / repeat) });
      }
      if (part.value === out.value && part.axis === out.axis && inputs.includes(whole.value)) {
        for (let i = 0; i < repeat; i++) {
          found.push({ ...whole, index: start + out.index * repeat + i });
        }
      }
      start += length;
    }
  }
  return found;
}

const positionsAt = (shape: readonly number[], axis: number, index: number): number[] => {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const total = shape.reduce((a, b) => a * b, 1);
  return Array.from({ length: total }, (_, i) => i).filter(
    (i) => Math.floor(i / inner) % shape[axis]! === index,
  );
};

function withZeros(host: HostTensor, entries: readonly Entry[]): HostTensor {
  const data = toNumbers(host);
  for (const { axis, index } of entries) {
    for (const i of positionsAt(host.shape, axis, index)) data[i] = 0;
  }
  return tensor(host.dtype as "float32", host.shape, data);
}

/** One choice from every list. */
const choices = (lists: readonly (readonly number[])[]): number[][] =>
  lists.reduce<number[][]>((all, list) => all.flatMap((c) => list.map((i) => [...c, i])), [[]]);

const cases = Object.entries(rows).flatMap(([kind, list]) =>
  list.flatMap((row) => {
    const { outputs, feeds } = traceCase(kind, row);
    const node = outputs[0]!.node;
    if (node.op.kind !== kind || !node.op.channels || !outputs.every((v) => isFloat(v.dtype))) {
      return [];
    }
    const isFed = node.inputs.every((v) => (v.node.attrs as { name?: string }).name !== undefined);
    return isFed ? [{ title: `${kind} ${row.name}`, node, feeds }] : [];
  }),
);

const hostOf = (v: Value, feeds: Readonly<Record<string, HostTensor>>): HostTensor =>
  feeds[(v.node.attrs as { name: string }).name]!;

/** Checks that closing one channel, in every way the rule allows, leaves zeros; returns how many ways. */
function closeOne(node: Node, feeds: Readonly<Record<string, HostTensor>>): number {
  const flow = node.op.channels!(node);
  let checked = 0;
  for (const [o, value] of node.outputs.entries()) {
    for (const axis of value.shape.keys()) {
      const index = value.shape[axis]! - 1;
      if (index < 0 || !flow.zeroWhen) continue;
      const entries = linkedEntries(flow, { value, axis, index }, node.inputs);
      const isClosable = (i: number) => entries.some((e) => e.value === node.inputs[i]);
      for (const choice of choices(flow.zeroWhen)) {
        // Of a concatenation only the part that holds the channel is asked.
        const asked = flow.zeroWhen.length > 1 ? choice.filter(isClosable) : choice;
        if (asked.length === 0 || !asked.every(isClosable)) continue;
        if (node.op.kind !== "Concat" && asked.length !== choice.length) continue;
        const hosts = node.inputs.map((v, i) =>
          asked.includes(i)
            ? withZeros(
                hostOf(v, feeds),
                entries.filter((e) => e.value === v),
              )
            : hostOf(v, feeds),
        );
        const y = toNumbers(evaluateHost(node, hosts)[o]!);
        const left = positionsAt(value.shape, axis, index).filter((i) => y[i] !== 0);
        expect(left, `output ${o}, axis ${axis}, inputs ${asked}`).toEqual([]);
        checked++;
      }
    }
  }
  return checked;
}

describe("channel rules", () => {
  it("link axes that are as long as their parts together", () => {
    for (const { title, node } of cases) {
      for (const { whole, parts } of node.op.channels!(node).links) {
        const length = parts.reduce((n, p) => n + sizeOf(p) * (p.repeat ?? 1), 0);
        expect(sizeOf(whole), title).toBe(length);
      }
    }
  });

  it.each(cases.filter(({ node }) => node.op.channels!(node).zeroWhen))(
    "$title: a channel that is closed by the rule is 0",
    ({ node, feeds }) => {
      closeOne(node, feeds);
    },
  );

  it("are tried where they matter", () => {
    const tried = new Map<string, number>();
    for (const { node, feeds } of cases) {
      tried.set(node.op.kind, (tried.get(node.op.kind) ?? 0) + closeOne(node, feeds));
    }
    for (const kind of ["Conv", "Gemm", "Relu", "Add", "Concat", "MaxPool", "BatchNormalization"]) {
      expect(tried.get(kind), kind).toBeGreaterThan(0);
    }
  });

  it("repeat a channel for every pixel where an image is flattened, and undo it the other way", () => {
    const links = (shape: number[], to: number[]) => {
      const { node } = f.reshape(input("x", shape), to);
      return node.op.channels!(node).links.map(({ whole, parts: [part] }) => ({
        whole: `${whole.value === node.inputs[0] ? "in" : "out"}${whole.axis}`,
        part: `${part!.value === node.inputs[0] ? "in" : "out"}${part!.axis}`,
        repeat: part!.repeat,
      }));
    };
    expect(links([2, 16, 5, 5], [2, 400])).toEqual([
      { whole: "out0", part: "in0", repeat: 1 },
      { whole: "out1", part: "in1", repeat: 25 },
    ]);
    expect(links([2, 400], [2, 16, 5, 5])[1]).toEqual({ whole: "in1", part: "out1", repeat: 25 });
    // Channels torn apart belong to nobody.
    expect(links([2, 6, 4], [2, 4, 6])).toEqual([{ whole: "out0", part: "in0", repeat: 1 }]);
  });

  it("do not let grouped convolutions be narrowed, and say so", () => {
    const { node } = f.conv(input("x", [1, 8, 4, 4]), input("w", [8, 2, 3, 3]), { groups: 4 });
    const flow = node.op.channels!(node);
    expect(flow.reason).toBe("4 groups of channels");
    expect(flow.links.map(({ whole }) => whole.axis)).toEqual([0]);
  });

  it("are missing where an op mixes channels", () => {
    for (const kind of ["Softmax", "LayerNormalization", "Gather"] as const) {
      expect("channels" in ops[kind], kind).toBe(false);
    }
  });
});
