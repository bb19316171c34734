/** The network with fewer channels: how wide its layers are, and what one sample costs. */

import { type ChannelGating, exitLedger, type TracedExits } from "@frugal/core/adaptive";
import type { Ledger } from "@frugal/core/costs";
import { type Model, type Widths, withWidths } from "@frugal/core/nn";
import type { Counts } from "./fill.js";

/** Channels lost, by layer, for every channel that a group loses. */
interface Producer {
  readonly group: string;
  readonly size: number;
  readonly layer: string;
  readonly repeat: number;
}

export interface Layers {
  readonly producers: readonly Producer[];
  /** Outputs of the whole network's layers. */
  readonly declared: Widths;
}

/** What each group of channels is made by. */
export function layersOf(gating: ChannelGating): Layers {
  const shapes = new Map(gating.plain.traced.parameters.map((p) => [p.path, p.value.shape]));
  const gated = new Set(gating.gates.map((g) => g.name));
  const found = gating.groups
    .filter((g) => gated.has(g.name))
    .flatMap(({ name: group, size, producers }) =>
      producers.map(({ path, axis, repeat }) => ({
        group,
        size,
        repeat,
        layer: path.split(".").slice(0, -1).join("."),
        outputs: shapes.get(path)![axis]!,
      })),
    );
  return { producers: found, declared: Object.fromEntries(found.map((p) => [p.layer, p.outputs])) };
}

/** Widths of the layers that are narrowed. */
function widthsOf({ producers, declared }: Layers, counts: Counts): Widths {
  const widths: Record<string, number> = { ...declared };
  for (const { group, size, layer, repeat } of producers) {
    widths[layer] = widths[layer]! - (size - counts[group]!) * repeat;
  }
  return Object.fromEntries(Object.entries(widths).filter(([layer, w]) => w < declared[layer]!));
}

export interface Narrowable {
  readonly model: Model;
  trace(model: Model, options: { batchSize: number; training: boolean }): TracedExits;
}

/** One sample through the network with so many channels of each group: counted, not estimated. */
export function narrowedLedger(
  { model, trace }: Narrowable,
  layers: Layers,
  counts: Counts,
): Ledger {
  const small = withWidths(model, widthsOf(layers, counts), { partial: true });
  return exitLedger(trace(small, { batchSize: 1, training: false }));
}
