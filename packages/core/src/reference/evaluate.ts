/** The reference as an evaluator of host tensors: what constant folding calls. */

import type { Node } from "../graph/index.js";
import { fromNumbers, type HostTensor, tensor } from "../tensor/index.js";
import { evaluateNode, fromHost } from "./interpret.js";

/**
 * The outputs of one node, rounded to their element types.
 *
 * @example
 * evaluateHost(exp(x).node, [tensor("float32", [3], [0, 1, 2])])[0]!.data // Float32Array [1, 2.718, 7.389]
 */
export const evaluateHost = (node: Node, inputs: readonly HostTensor[]): HostTensor[] =>
  evaluateNode(node, inputs.map(fromHost)).map(({ dtype, shape, data }) =>
    tensor(dtype, shape, fromNumbers(dtype, data)),
  );
