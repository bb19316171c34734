/** The part of a layer's output that belongs to the first images of a batch. */

import {
  buildGraph,
  createNode,
  type LayerKind,
  type Node,
  type Value,
} from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { isOfSamples, readersOf } from "./leaves.js";

export interface SampleOptions {
  /** The end of the network. */
  readonly output: Value;
  /** How many images of the batch. */
  readonly images: number;
}

const layerOf = ({ node }: Value): LayerKind | undefined => node.op.layer?.(node);

/**
 * Gives the first images' part of a layer's output; the output itself where that is all.
 *
 * An activation right after a normalisation is computed again from the normalisation's first images, and a normalisation
 * whose output is summed from the first images of what it reads: what comes back from both is then added to one gradient,
 * not to one each.
 */
export function sampler({ output, images }: SampleOptions): (value: Value) => Value {
  const batch = output.shape[0]!;
  const readers = readersOf(buildGraph({ output }).nodes);
  const known = new Map<Value, Value>();

  /** x under the name by which most of its readers know it. */
  const handedOn = (x: Value): Value => {
    const passes = (node: Node) => node.op.work(node).isView && node.inputs[0] === x;
    const view = (readers.get(x) ?? []).find(passes)?.outputs[0];
    return view && view.shape.length === x.shape.length ? view : x;
  };
  const again = ({ node }: Value): Value => {
    const inputs = node.inputs.map((x) => (isOfSamples(x, batch) ? part(x) : x));
    return createNode(node.op, inputs, node.attrs)[0]!;
  };
  /** A normalisation whose gradient is another's too, as that of a residual sum: to add to it would copy it. */
  const isJoined = (value: Value): boolean => {
    const reading = readers.get(value) ?? [];
    const isOwn = reading.length === 1 && reading[0]!.op.layer?.(reading[0]!) === "activation";
    return layerOf(value) === "norm" && !isOwn;
  };
  // Sequences may have a row for every word.
  const head = (x: Value): Value => f.headRows(handedOn(x), (images * x.shape[0]!) / batch);

  function part(value: Value): Value {
    const [x] = value.node.inputs;
    const isAlone = layerOf(value) === "activation" && value.node.inputs.length === 1;
    const isCheap = isJoined(value) || (isAlone && layerOf(x!) === "norm");
    const before = handedOn(value);
    const made = known.get(before) ?? (isCheap ? again(value) : head(value));
    known.set(before, made);
    return made;
  }
  return (value) => (images === batch ? value : part(value));
}
