/** The whole network with all its exits as one executable, weights built in. */

import type { Executable } from "../../engine/index.js";
import { type Graph, inputName } from "../../graph/index.js";
import { exitGraph } from "../trace-exits.js";
import { pickState } from "./check.js";
import type { ExecutorOptions } from "./executor.js";

/**
 * `traced` must be traced for inference. Feed "input"; outputs are named as in `exitGraph`.
 *
 * @example
 * const { executable } = await compileExits({ engine, traced: forInference(traced, 8), state });
 * const outputs = await executable.run({ input: zeros("float32", [8, 4]) });
 * outputs["logits.final"]!.shape // [8, 3]
 */
export async function compileExits({
  engine,
  traced,
  state,
  tune = true,
}: Omit<ExecutorOptions, "clock">): Promise<{
  readonly executable: Executable;
  readonly graph: Graph;
}> {
  const graph = exitGraph(traced);
  const weights = graph.inputs.map(inputName).filter((name) => name !== "input");
  const executable = await engine.compile(graph, {
    frozen: pickState(weights, state),
    symbolicBatch: { inputs: ["input"], outputs: Object.keys(graph.outputs) },
    tune,
  });
  return { executable, graph };
}
