/** Chooses among lowerings by measuring them: one small session per op and shape, remembered per machine. */

import { assert } from "@frugal/core/base";
import type { NodeTime } from "@frugal/core/engine";
import {
  buildGraph,
  createNode,
  describeType,
  input,
  type Layout,
  type Lowering,
  type Node,
  type Target,
  type Value,
  withOrigin,
} from "@frugal/core/graph";
import { applicableLowerings, fitsLayout, lowerGraph, type OnnxModel } from "@frugal/core/lowering";
import { randomStream } from "@frugal/core/random";
import { allocate, elementCount, type HostTensor, isFloat, tensor } from "@frugal/core/tensor";

/** Remembers the name of the fastest lowering of each node signature. */
export interface TuningCache {
  get(key: string): string | undefined;
  set(key: string, lowering: string): void;
  /** Called once after a round of measurements. */
  save(): void;
}

/** Runs a model `runs` times with profiling on. */
export type Measure = (
  model: OnnxModel,
  feeds: Readonly<Record<string, HostTensor>>,
  runs: number,
) => Promise<NodeTime[]>;

const RUNS = 8;
const WARM_UP = 2;
const MARGIN = 0.85;

/** Without measurements: the most specialised lowering that applies. */
export const recommended = (_: Node, candidates: readonly Lowering[]): Lowering =>
  candidates.at(-1)!;

/** What a choice depends on: op, attributes, shapes, and what there was to choose from, so that a new lowering is tried. */
const tuningKey = (node: Node, candidates: readonly Lowering[]): string =>
  [
    `${node.op.kind}(${node.inputs.map(describeType).join(", ")})`,
    JSON.stringify(node.attrs),
    candidates.map((c) => c.name).join("|"),
  ].join(" ");

function randomTensor(value: Value, index: number): HostTensor {
  const data = allocate(value.dtype, elementCount(value.shape));
  if (isFloat(value.dtype)) {
    const stream = randomStream(0, "tune", index);
    for (let i = 0; i < data.length; i++) data[i] = stream.uniform() - 0.5;
  }
  return tensor(value.dtype, value.shape, data as Float32Array);
}

/** The layout in which a value will most likely be at hand: as some candidate wishes, else blocked where it can be. */
const likelyLayout = (value: Value, wish: Layout | undefined, { blockSize }: Target): Layout => {
  const layout = wish ?? "blocked";
  return fitsLayout(value.shape, layout, blockSize) ? layout : "plain";
};

/**
 * Time of each candidate in microseconds, from inputs to outputs in the layouts that a network of blocked convolutions
 * has them in: a candidate that works in another one pays for the way there and back.
 */
async function timeCandidates(
  node: Node,
  candidates: readonly Lowering[],
  target: Target,
  measure: Measure,
): Promise<number[]> {
  const inputLayouts: Record<string, Layout> = {};
  const outputLayouts: Record<string, Layout> = {};
  const outputs: Record<string, Value> = {};
  const inputs: Value[] = [];
  const makes = candidates.find((c) => c.makes)?.makes;
  const wishes = candidates.map((c) => c.prefers?.(node) ?? []);
  // One copy of the node and its inputs per candidate; its number is its layer path, which the profile gives back.
  candidates.forEach((_, i) => {
    withOrigin({ path: String(i), phase: "forward" }, () => {
      const own = node.inputs.map((v, k) => {
        const name = `x${i}_${k}`;
        inputLayouts[name] = likelyLayout(
          v,
          wishes.map((w) => w[k]).find((w) => w),
          target,
        );
        return input(name, v.shape, v.dtype);
      });
      inputs.push(...own);
      createNode(node.op, own, node.attrs).forEach((v, k) => {
        outputLayouts[`y${i}_${k}`] = likelyLayout(v, k === 0 ? makes : undefined, target);
        outputs[`y${i}_${k}`] = v;
      });
    });
  });
  const model = lowerGraph(buildGraph(outputs, { inputs }), {
    target,
    inputLayouts,
    outputLayouts,
    reduceOutputs: true,
    choose: (copy) => candidates[Number(copy.path)]!,
  });
  const random = node.inputs.map((v, k) => randomTensor(v, k));
  const feeds = Object.fromEntries(
    candidates.flatMap((_, i) => random.map((t, k) => [`x${i}_${k}`, t])),
  );
  const times = await measure(model, feeds, RUNS);
  return candidates.map((_, i) => {
    const own = times.filter((t) => t.path === String(i));
    const perRun = own.length / RUNS;
    assert(Number.isInteger(perRun), "a run of the tuning model is incomplete");
    const totals = Array.from({ length: RUNS - WARM_UP }, (_unused, run) =>
      own
        .slice((run + WARM_UP) * perRun, (run + WARM_UP + 1) * perRun)
        .reduce((sum, t) => sum + t.durationUs, 0),
    );
    // The minimum: noise of a shared machine only ever adds.
    return Math.min(...totals);
  });
}

/**
 * A choice function for `lowerGraph`: the fastest lowering of every node that has several, measured where the
 * cache does not know it.
 */
export async function tuneLowerings(
  nodes: readonly Node[],
  options: { readonly target: Target; readonly cache: TuningCache; readonly measure: Measure },
): Promise<(node: Node, candidates: readonly Lowering[]) => Lowering> {
  const { target, cache, measure } = options;
  let measured = false;
  for (const node of nodes) {
    const candidates = applicableLowerings(node, target);
    const key = tuningKey(node, candidates);
    if (candidates.length < 2 || cache.get(key)) continue;
    const times = await timeCandidates(node, candidates, target, measure);
    // The last one is the most specialised: another must be clearly faster, not just luckier.
    const handicapped = times.map((t, i) => (i === times.length - 1 ? t * MARGIN : t));
    cache.set(key, candidates[handicapped.indexOf(Math.min(...handicapped))]!.name);
    measured = true;
  }
  if (measured) cache.save();
  return (node, candidates) => {
    const name = cache.get(tuningKey(node, candidates));
    return candidates.find((c) => c.name === name) ?? candidates[0]!;
  };
}
