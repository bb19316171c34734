/**
 * Chains of elementwise ops over large tensors, tile by tile: each tile stays in the processor's cache from the first op of
 * the chain to the last, where op by op the whole tensor would pass through memory every time. Written as a Scan, which
 * hands its body views of its inputs and lets it write into its output: nothing is copied.
 */

import type { Emitter, Node, Target } from "../graph/index.js";
import { elementCount, type Shape } from "../tensor/index.js";

/** Elements of a tile: 512 kB of float32. Smaller ones cost more in starting ops than the cache saves. */
const TILE = 1 << 17;

/** Below this everything fits into the cache anyway. */
const LARGE = 1 << 18;

/** Into how many equal tiles so many elements fall; undefined if into none of a sensible size. */
function tileCount(elements: number): number | undefined {
  const least = Math.ceil(elements / TILE);
  for (let count = least; count <= 2 * least; count++) if (elements % count === 0) return count;
  return undefined;
}

/** Whether a chain over the first input of a node is worth tiles, and can have them. */
export function isTileable({ inputs: [x] }: Node, { blockSize }: Target): boolean {
  const elements = elementCount(x!.shape);
  const fits = elements >= LARGE && tileCount(elements) !== undefined;
  return blockSize > 0 && x!.dtype === "float32" && fits;
}

export interface TiledChain {
  /** Names of tensors of so many elements each, lying alike. */
  readonly images: readonly string[];
  readonly elements: number;
  /** The shape of each thing that the body makes of a tile: a tile, or something small. */
  readonly results: readonly (Shape | "tile")[];
  /** Writes the chain for one tile of each image, gives the names of the results. */
  readonly body: (tiles: readonly string[]) => readonly string[];
}

/** What the chain makes of all tiles, stacked: [tiles, ...result]. */
export function emitTiled(
  e: Emitter,
  { images, elements, results, body }: TiledChain,
): readonly string[] {
  const count = tileCount(elements)!;
  const size = elements / count;
  const tiled = images.map((name) => e.emit("Reshape", [name, e.ints([count, size])]));
  const shapes = results.map((r) => (r === "tile" ? [size] : r));
  return e.scan(tiled, { tile: [size], results: shapes, dtype: "float32" }, body);
}
