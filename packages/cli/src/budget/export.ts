/** The network as a plain ONNX file: standard operators, weights inside, any batch. */

import { forInference, type State, type TracedExits } from "@frugal/core/adaptive";
import { encodeOnnx } from "@frugal/core/formats";
import { buildGraph, inputName } from "@frugal/core/graph";
import { lowerGraph } from "@frugal/core/lowering";

/** The name of the open dimension. */
export const BATCH = "batch";

/** Outputs "logits" [batch, classes] from "input" [batch, ...]. */
export function exportOnnx(traced: TracedExits, state: State): Uint8Array {
  const { input, output } = forInference(traced, 1);
  const graph = buildGraph({ logits: output }, { inputs: [input] });
  const weights = graph.inputs.map(inputName).filter((name) => name !== inputName(input));
  const model = lowerGraph(graph, {
    symbolicBatch: { name: BATCH, inputs: [inputName(input)], outputs: ["logits"] },
    bind: Object.fromEntries(weights.map((name) => [name, state[name]!])),
  });
  return encodeOnnx(model);
}
