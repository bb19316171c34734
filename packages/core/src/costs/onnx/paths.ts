/** Layer paths of nodes, as exporters write them. */

import type { OutlineNode } from "../../formats/index.js";
import type { Phase } from "../../graph/index.js";

const TORCH_SCOPES = "pkg.torch.onnx.name_scopes";

/** PyTorch writes a list in Python's notation; the last entry is the operator itself. */
function torchScope(text: string): string | undefined {
  const names = [...text.matchAll(/'([^']*)'/g)].map((m) => m[1]!);
  return names.length > 1 ? names.at(-2) : undefined;
}

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
export const phaseOf = (node: OutlineNode): Phase =>
  (OWN_NAME.exec(node.name)?.[1] as Phase | undefined) ?? "forward";

/** The layer that a node belongs to; its own name where the file has no layers, else what it computes. */
export function pathOf(node: OutlineNode, outer: string): string {
  const scopes = node.metadata.get(TORCH_SCOPES);
  const own =
    OWN_NAME.exec(node.name)?.[2] ??
    (scopes === undefined ? undefined : torchScope(scopes)) ??
    (node.name.includes("/") ? slashes(node.name) : node.name || node.outputs[0] || node.opType);
  if (outer === "") return own;
  return own === "" || own === outer || own.startsWith(`${outer}.`)
    ? own || outer
    : `${outer}.${own}`;
}
