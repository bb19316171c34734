/** Layer paths of nodes, as exporters write them. */

import type { OnnxFileNode } from "../../formats/index.js";
import type { Phase } from "../../graph/index.js";

const TORCH_SCOPES = "pkg.torch.onnx.name_scopes";

/** Layers around a node, outermost first. PyTorch writes a list in Python's notation, the operator itself last. */
export const torchScopes = (node: OnnxFileNode): readonly string[] =>
  [...(node.metadata.get(TORCH_SCOPES) ?? "").matchAll(/'([^']*)'/g)]
    .map((m) => m[1]!)
    .slice(0, -1);

/** "/layer1/layer1.0/conv1/Conv" is `layer1.0.conv1`: some levels repeat the ones before. */
function slashes(name: string): string {
  let path = "";
  for (const part of name.split("/").slice(0, -1)) {
    if (part === "") continue;
    path = path === "" || part.startsWith(`${path}.`) ? part : `${path}.${part}`;
  }
  return path;
}

/** Our own files name nodes `phase|layer path|op|number`. */
const OWN_NAME = /^(forward|backward|update)\|([^|]*)\|[^|]+\|\d+$/;

/** Which part of a training step a node belongs to, where the file says so. */
export const phaseOf = (node: OnnxFileNode): Phase =>
  (OWN_NAME.exec(node.name)?.[1] as Phase | undefined) ?? "forward";

/**
 * The layer path that the ledger of a file gives to one of its nodes.
 *
 * @example
 * const { graph } = decodeOnnx(encodeOnnx(lowerGraph(buildGraph({ y: relu(input("x", [2])) }))));
 * graph.nodes.map(layerPathOf).length // 1
 */
export const layerPathOf = (node: OnnxFileNode): string => pathOf(node, "");

/** The layer that a node belongs to; its own name where the file has no layers, else what it computes. */
export function pathOf(node: OnnxFileNode, outer: string): string {
  const own =
    OWN_NAME.exec(node.name)?.[2] ??
    torchScopes(node).at(-1) ??
    (node.name.includes("/") ? slashes(node.name) : node.name || node.outputs[0] || node.opType);
  if (outer === "") return own;
  return own === "" || own === outer || own.startsWith(`${outer}.`)
    ? own || outer
    : `${outer}.${own}`;
}
