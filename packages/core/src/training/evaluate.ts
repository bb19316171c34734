/** Running a model over a data set: an evaluation graph, and its outputs sample by sample. */

import { UserError } from "../base/index.js";
import type { Executable, Feeds, StateBinding } from "../engine/index.js";
import { buildGraph, type Graph, inputName, type Value } from "../graph/index.js";
import type { Traced } from "../nn/index.js";
import { allocate, elementCount, type HostTensor, tensor } from "../tensor/index.js";
import { readOnlyState } from "./state.js";
import type { BatchSource, ModelState } from "./types.js";

export interface EvaluationOptions extends Pick<Traced, "parameters" | "buffers"> {
  /** Values whose first axis is the batch. */
  readonly outputs: Readonly<Record<string, Value>>;
  readonly weights: ModelState;
}

export interface EvaluationGraph {
  readonly graph: Graph;
  /** Weights; replace them with `Executable.writeState`. */
  readonly state: readonly StateBinding[];
}

/**
 * A graph that computes `outputs` from "input" (and "labels", where they are used) with weights kept in the engine.
 *
 * @example
 * const weights = { parameters: state, buffers: {} };
 * const small = forInference(traced, 16);
 * const evaluation = buildEvaluation({ ...small, outputs: { logits: small.output }, weights });
 * const executable = await engine.compile(evaluation.graph, { state: evaluation.state });
 * const { logits } = await collect(executable, { source, graph: evaluation.graph });
 * logits.shape // [32, 3]
 */
export function buildEvaluation(options: EvaluationOptions): EvaluationGraph {
  const { parameters, buffers, outputs, weights } = options;
  for (const [name, value] of Object.entries(outputs)) {
    if (value.shape.length > 0) continue;
    throw new UserError("E_SHAPE", `the output "${name}" is a scalar`, {
      where: "buildEvaluation",
      allowed: "values for each sample: the mean over a filled-up batch would count the filling",
    });
  }
  return {
    graph: buildGraph(outputs),
    state: readOnlyState([...parameters, ...buffers], {
      ...weights.parameters,
      ...weights.buffers,
    }),
  };
}

/** `t` with `rows` rows: itself, or a copy that zeros fill up. */
function filled(t: HostTensor, rows: number): HostTensor {
  if (t.shape[0] === rows) return t;
  const shape = [rows, ...t.shape.slice(1)];
  const data = allocate(t.dtype, elementCount(shape));
  (data as Float32Array).set(t.data as Float32Array);
  return tensor(t.dtype, shape, data);
}

function concatenate(parts: readonly HostTensor[]): HostTensor {
  const [first] = parts;
  const rows = parts.reduce((n, p) => n + p.shape[0]!, 0);
  const shape = [rows, ...first!.shape.slice(1)];
  const data = allocate(first!.dtype, elementCount(shape));
  let offset = 0;
  for (const part of parts) {
    (data as Float32Array).set(part.data as Float32Array, offset);
    offset += part.data.length;
  }
  return tensor(first!.dtype, shape, data);
}

/**
 * The outputs for every real sample of `source`, in order, as tensors [samples, ...].
 *
 * A short last batch is filled up; what is computed for the filling is left out.
 *
 * @example
 * const small = forInference(traced, 16);
 * const weights = { parameters: state, buffers: {} };
 * const evaluation = buildEvaluation({ ...small, outputs: { logits: small.output }, weights });
 * const executable = await engine.compile(evaluation.graph, { state: evaluation.state });
 * const { logits } = await collect(executable, { source, graph: evaluation.graph });
 * // Two batches of 16.
 * logits!.shape // [32, 3]
 */
export async function collect(
  executable: Executable,
  options: { readonly source: BatchSource; readonly graph: Graph },
): Promise<Record<string, HostTensor>> {
  const { source, graph } = options;
  const needed = new Map(graph.inputs.map((v) => [inputName(v), v]));
  const parts = new Map<string, HostTensor[]>();
  for (let step = 0; step < source.stepsPerEpoch; step++) {
    const { input, labels, n = input.shape[0]! } = source.batch(0, step);
    const feeds: Record<string, HostTensor> = {};
    for (const [name, given] of Object.entries({ input, labels })) {
      const value = needed.get(name);
      if (value) feeds[name] = filled(given, value.shape[0]!);
    }
    const outputs = await executable.run(feeds as Feeds);
    for (const [name, t] of Object.entries(outputs)) {
      const size = elementCount(t.shape.slice(1));
      const data = t.data.slice(0, n * size) as Float32Array;
      const list = parts.get(name) ?? [];
      list.push(tensor(t.dtype as "float32", [n, ...t.shape.slice(1)], data));
      parts.set(name, list);
    }
  }
  return Object.fromEntries([...parts].map(([name, list]) => [name, concatenate(list)]));
}

/**
 * The mean of a collected output over all samples.
 *
 * @example
 * mean(tensor("float32", [3], [1, 2, 6])) // 3
 */
export function mean(t: HostTensor): number {
  let sum = 0;
  for (const v of t.data) sum += Number(v);
  return sum / t.data.length;
}
