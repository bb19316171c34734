/** Which layer paths are layers and which hold layers: what a counter that hooks modules can see. */

import type { LedgerEntry } from "../entry.js";

export interface Sites {
  /** No other path lies below it, and it mixes no activations: what runs there is one layer. */
  isLayer(path: string): boolean;
  /** Products of activations run here or right above, and there is a softmax: an attention block. */
  isAttention(path: string): boolean;
}

const parentsOf = function* (path: string): Generator<string> {
  for (let at = path.lastIndexOf("."); at > 0; at = path.lastIndexOf(".", at - 1)) {
    yield path.slice(0, at);
  }
  if (path !== "") yield "";
};

export function sitesOf(entries: readonly LedgerEntry[]): Sites {
  const holders = new Set<string>();
  const mixing = new Set<string>();
  // A product of activations without a softmax anywhere is no attention.
  const hasSoftmax = entries.some((e) => (e.detail?.elements.softmax ?? 0) > 0);
  for (const { path, detail } of entries) {
    for (const parent of parentsOf(path)) {
      if (holders.has(parent)) break;
      holders.add(parent);
    }
    if (detail?.macKind === "matmul") mixing.add(path);
  }
  const parentOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf(".")));
  return {
    isLayer: (path) => !holders.has(path) && !mixing.has(path),
    isAttention: (path) =>
      hasSoftmax && (mixing.has(path) || (path.includes(".") && mixing.has(parentOf(path)))),
  };
}
