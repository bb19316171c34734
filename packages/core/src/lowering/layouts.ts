/** Moves an image tensor between memory layouts. */

import { assert } from "../base/index.js";
import type { Emitter, Layout, Value } from "../graph/index.js";

export const NCHWC = "com.microsoft.nchwc";

/** Writes the nodes that turn `name`, which holds `value` in layout `from`, into layout `to`. */
export function convertLayout(
  e: Emitter,
  value: Value,
  name: string,
  from: Layout,
  to: Layout,
): string {
  if (from === to) return name;
  assert(value.shape.length === 4, `layout ${to} asked of a value of rank ${value.shape.length}`);
  const [n, c, h, w] = value.shape as [number, number, number, number];
  const b = e.target.blockSize;
  const reshape = (x: string, shape: readonly number[]) => e.emit("Reshape", [x, e.ints(shape)]);
  const transpose = (x: string, perm: readonly number[]) =>
    e.emit("Transpose", [x], { attrs: { perm } });
  const swapBlocks = (x: string) => (c === b ? x : transpose(x, [0, 2, 1, 3]));

  switch (`${from} ${to}`) {
    case "plain blocked":
      return reshape(e.emit("ReorderInput", [name], { domain: NCHWC }), [n, c / b, h * w, b]);
    case "blocked plain":
      return e.emit("ReorderOutput", [reshape(name, [n, c, h, w])], {
        domain: NCHWC,
        attrs: { channels: c },
      });
    case "plain rows":
      return reshape(transpose(name, [0, 2, 3, 1]), [n * h * w, c]);
    case "rows plain":
      return transpose(reshape(name, [n, h, w, c]), [0, 3, 1, 2]);
    case "blocked rows":
      return reshape(swapBlocks(name), [n * h * w, c]);
    default: {
      assert(from === "rows" && to === "blocked", `no way from layout ${from} to ${to}`);
      return c === b
        ? reshape(name, [n, 1, h * w, b])
        : transpose(reshape(name, [n, h * w, c / b, b]), [0, 2, 1, 3]);
    }
  }
}
