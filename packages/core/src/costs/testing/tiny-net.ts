/** A network small enough to price by hand, and one set of decisions on it. */

import { buildGraph, input, withPath } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import type { RefTensor } from "../../reference/index.js";
import { fromHost } from "../../reference/index.js";
import { tensor } from "../../tensor/index.js";
import { ledgerOf } from "../graph-ledger.js";
import { type Ledger, withShares } from "../ledger.js";

/**
 *              MACs   on data   reads   weights   writes   bytes alive
 *   conv       1152   800       128     288       256      256           4 * 16 results of 2 * 9 products
 *   relu       -      -         256     -         256      512
 *   depthwise  144    100       256     144       64       320           4 * 4 results of 9 products
 *   mix1       256    256       64      1024      64       128           16 x 16
 *   mix2       256    256       64      1024      64       128           the weight of mix1 once more
 *   head       48     48        64      192       12       76            16 x 3
 *
 * On data: of the 3 * 4 taps along an axis of the first convolution 10 lie on the image, 10 * 10 * 2 * 4; of the second
 * one, with stride 2, 5 of 6. Stage `first` ends with the depthwise convolution; the mixers are expert `mixer`, the head
 * is expert `head`.
 */
export function tinyLedger(): Ledger {
  const x = input("x", [1, 2, 4, 4]);
  const w = input("w", [4, 2, 3, 3]);
  const d = input("d", [4, 1, 3, 3]);
  const v = input("v", [16, 16]);
  const u = input("u", [16, 3]);
  const first = withPath("conv", () => f.conv(x, w, { pads: 1 }));
  const active = withPath("relu", () => f.relu(first));
  const small = withPath("depthwise", () => f.conv(active, d, { pads: 1, strides: 2, groups: 4 }));
  const row = withPath("mix1", () => f.reshape(small, [1, 16]));
  const once = withPath("mix1", () => f.matmul(row, v));
  const twice = withPath("mix2", () => f.matmul(once, v));
  const y = withPath("head", () => f.matmul(twice, u));
  return ledgerOf(buildGraph({ y }), {
    parameters: [w, d, v, u],
    stage: ({ path }) => (["conv", "relu", "depthwise"].includes(path) ? "first" : "second"),
    expert: ({ path }) => (path.startsWith("mix") ? "mixer" : path === "head" ? "head" : undefined),
  });
}

const half = input("half", [], "float64");
const most = input("most", [], "float64");
const few = input("few", [], "float64");

/**
 * Stage `second` runs in half of the cases; the convolution keeps three of its four channels, and so does what follows;
 * half of what relu writes is not zero, a quarter of the head's weights.
 */
const decisions = {
  conv: { channels: { out: most } },
  relu: { channels: { in: most, out: most }, density: { out: half } },
  depthwise: { channels: { in: most, out: most }, density: { in: half } },
  mix1: { activity: half, channels: { in: most } },
  mix2: { activity: half },
  head: { activity: half, density: { weights: few } },
} as const;

export const decidedLedger = (): Ledger =>
  withShares(tinyLedger(), ({ path }) => decisions[path as keyof typeof decisions]);

export const decidedFeeds: Readonly<Record<string, RefTensor>> = Object.fromEntries(
  Object.entries({ half: 0.5, most: 0.75, few: 0.25 }).map(([name, share]) => [
    name,
    fromHost(tensor("float64", [], [share])),
  ]),
);
