/** How channels pass through ops: the rules that many of them share. */

import type { ChannelFlow, ChannelLink, Node, Value } from "../graph/index.js";
import type { Shape } from "../tensor/index.js";

/** One to one. */
export const linked = (
  [from, axis]: readonly [Value, number],
  [to, toAxis]: readonly [Value, number],
): ChannelLink => ({
  whole: { value: to, axis: toAxis },
  parts: [{ value: from, axis }],
});

/** The same axes of two values, one to one. */
export const sameAxes = (from: Value, to: Value, axes: readonly number[]): ChannelLink[] =>
  axes.map((axis) => linked([from, axis], [to, axis]));

/** Every axis of inputs that are broadcast to the output, but for those that are stretched. */
export function broadcastLinks(node: Node, inputs: readonly Value[] = node.inputs): ChannelLink[] {
  const to = node.outputs[0]!;
  return inputs.flatMap((from) => {
    const added = to.shape.length - from.shape.length;
    return from.shape.flatMap((d, axis) =>
      d === to.shape[axis + added] ? [linked([from, axis], [to, axis + added])] : [],
    );
  });
}

/** An op on one image whose channels stay apart: batch and channels pass, positions do not. 0 gives 0. */
export const imageFlow = (node: Node): ChannelFlow => ({
  links: sameAxes(node.inputs[0]!, node.outputs[0]!, [0, 1]),
  zeroWhen: [[0]],
});

/** Runs of axes on both sides that hold equally many elements; axes of length 1 are in none. */
function* matchingRuns(from: Shape, to: Shape): Generator<[number[], number[]]> {
  const long = (shape: Shape) => shape.flatMap((d, axis) => (d === 1 ? [] : [axis]));
  const [a, b] = [long(from), long(to)];
  while (a.length > 0 && b.length > 0) {
    const run: [number[], number[]] = [[a.shift()!], [b.shift()!]];
    let [p, q] = [from[run[0][0]!]!, to[run[1][0]!]!];
    while (p !== q) {
      const [side, shape, rest] = p < q ? ([0, from, a] as const) : ([1, to, b] as const);
      const next = rest.shift();
      if (next === undefined) return;
      run[side].push(next);
      if (side === 0) p *= shape[next]!;
      else q *= shape[next]!;
    }
    yield run;
  }
}

/** A change of shape: an axis that is merged with those after it is repeated by them, and the other way round. */
export function reshapeFlow(node: Node): ChannelFlow {
  const [x, y] = [node.inputs[0]!, node.outputs[0]!];
  const links: ChannelLink[] = [];
  if (x.shape.includes(0)) return { links };
  for (const [from, to] of matchingRuns(x.shape, y.shape)) {
    const [first, ...merged] = from;
    const [start, ...split] = to;
    if (merged.length > 0 && split.length > 0) continue;
    const many = split.length > 0;
    const [whole, part] = many
      ? [
          { value: x, axis: first! },
          { value: y, axis: start! },
        ]
      : [
          { value: y, axis: start! },
          { value: x, axis: first! },
        ];
    const size = whole.value.shape[whole.axis]!;
    links.push({ whole, parts: [{ ...part, repeat: size / part.value.shape[part.axis]! }] });
  }
  return { links, zeroWhen: [[0]] };
}

/** A bias alone is added where a product ends; every output channel has one. */
export const biasLinks = (bias: Value | undefined, y: Value, axis: number): ChannelLink[] =>
  bias?.shape.length === 1 && bias.shape[0] === y.shape[axis] ? [linked([bias, 0], [y, axis])] : [];
