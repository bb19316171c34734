/**
 * Chains of elementwise ops over large tensors, tile by tile: each tile stays in the processor's cache from the first op of
 * the chain to the last, where op by op the whole tensor would pass through memory every time. Written as a Scan, which
 * hands its body views of its inputs and lets it write into its output: nothing is copied.
 */

import type { Emitter, Node, Target } from "../graph/index.js";

/** Elements of a tile: 256 kB of float32, a part of any second-level cache. */
const TILE = 1 << 16;

/** Below this everything fits into the cache anyway. */
const LARGE = 1 << 19;

/** Into how many equal tiles so many elements fall; undefined if into none of a sensible size. */
function tileCount(elements: number): number | undefined {
  const least = Math.ceil(elements / TILE);
  for (let count = least; count <= 2 * least; count++) if (elements % count === 0) return count;
  return undefined;
}

/** Whether a node's chain over so many elements is worth tiles, and can have them. */
export const isTileable = (node: Node, { blockSize }: Target, elements: number): boolean =>
  blockSize > 0 &&
  node.inputs[0]!.dtype === "float32" &&
  elements >= LARGE &&
  tileCount(elements) !== undefined;

export interface TiledChain {
  /** Names of tensors of so many elements each, lying alike. */
  readonly images: readonly string[];
  readonly elements: number;
  /** The body makes one number of each tile, not a tile. */
  readonly reduced?: boolean;
  /** Writes the chain for one tile of each image; gives the name of the result. */
  readonly body: (tiles: readonly string[]) => string;
}

/** What the chain makes of all tiles: [tiles, elements of a tile], or [tiles] where it reduces. */
export function emitTiled(e: Emitter, { images, elements, reduced, body }: TiledChain): string {
  const count = tileCount(elements)!;
  const size = elements / count;
  const tiled = images.map((name) => e.emit("Reshape", [name, e.ints([count, size])]));
  return e.scan(tiled, { tile: [size], result: reduced ? [] : [size], dtype: "float32" }, body);
}
