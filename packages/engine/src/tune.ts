/** Chooses among lowerings by measuring them: one small session per op and shape, remembered per machine. */

import { assert } from "@frugal/core/base";
import type { NodeTime } from "@frugal/core/engine";
import {
  buildGraph,
  createNode,
  describeType,
  input,
  inputName,
  type Lowering,
  type Node,
  type Target,
  type Value,
  withOrigin,
} from "@frugal/core/graph";
import { applicableLowerings, lowerGraph, type OnnxModel } from "@frugal/core/lowering";
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

const RUNS = 6;
const WARM_UP = 2;

/** What decides how fast a lowering is: op, attributes, shapes. */
export const tuningKey = (node: Node): string =>
  `${node.op.kind}(${node.inputs.map(describeType).join(", ")}) ${JSON.stringify(node.attrs)}`;

function randomTensor(value: Value): HostTensor {
  const data = allocate(value.dtype, elementCount(value.shape));
  if (isFloat(value.dtype)) {
    const stream = randomStream(0, "tune", inputName(value));
    for (let i = 0; i < data.length; i++) data[i] = stream.uniform() - 0.5;
  }
  return tensor(value.dtype, value.shape, data as Float32Array);
}

/** Time of each candidate in microseconds, without the layout changes that a neighbour would save. */
async function timeCandidates(
  node: Node,
  candidates: readonly Lowering[],
  target: Target,
  measure: Measure,
): Promise<number[]> {
  const inputs = node.inputs.map((v, i) => input(`x${i}`, v.shape, v.dtype));
  // One copy of the node per candidate; its number is its layer path, which the profile gives back.
  const copies = candidates.map((_, i) =>
    withOrigin({ path: String(i), phase: "forward" }, () =>
      createNode(node.op, inputs, node.attrs),
    ),
  );
  const outputs = Object.fromEntries(
    copies.flatMap((values, i) => values.map((v, k) => [`y${i}_${k}`, v])),
  );
  const model = lowerGraph(buildGraph(outputs, { inputs }), {
    target,
    reduceOutputs: true,
    choose: (copy, all) => {
      const wanted = candidates[Number(copy.path)];
      return copy.op.kind === node.op.kind && wanted ? wanted : all[0]!;
    },
  });
  const feeds = Object.fromEntries(inputs.map((v) => [inputName(v), randomTensor(v)]));
  const times = await measure(model, feeds, RUNS);
  return candidates.map((_, i) => {
    const own = times.filter((t) => t.path === String(i) && t.op === node.op.kind);
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
    const key = tuningKey(node);
    if (candidates.length < 2 || candidates.some((c) => c.name === cache.get(key))) continue;
    const times = await timeCandidates(node, candidates, target, measure);
    cache.set(key, candidates[times.indexOf(Math.min(...times))]!.name);
    measured = true;
  }
  if (measured) cache.save();
  return (node, candidates) => {
    const name = cache.get(tuningKey(node));
    return candidates.find((c) => c.name === name) ?? candidates[0]!;
  };
}
