/** Chooses the channels that are kept: the largest network under the budget, in the order that the decider wants. */

import { UserError } from "@frugal/core/base";
import { type Widths, withWidths } from "@frugal/core/nn";
import { type Counts, fillBudget, keptOf } from "./fill.js";
import { type BudgetPlan, costOf, ledgerOfNetwork } from "./plan.js";

/** Channels lost, by layer, for every channel that a group loses. */
interface Producer {
  readonly group: string;
  readonly size: number;
  readonly layer: string;
  readonly repeat: number;
}

interface Layers {
  readonly producers: readonly Producer[];
  /** Outputs of the whole network's layers. */
  readonly declared: Widths;
}

function layersOf({ gating }: BudgetPlan): Layers {
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

/** What the network with so many channels costs, over the limits, at the tightest one: counted, not estimated. */
function loadOf(plan: BudgetPlan): (counts: Counts) => number {
  const { model, limits, trace } = plan;
  const layers = layersOf(plan);
  return (counts) => {
    const small = withWidths(model, widthsOf(layers, counts), { partial: true });
    const ledger = ledgerOfNetwork(trace(small, { batchSize: 1, training: false }));
    return Math.max(...limits.map(({ cost, limit }) => costOf(cost, ledger) / limit));
  };
}

export interface ChooseOptions {
  readonly multiple: number;
  /** Of the channels of every group: the larger, the sooner one is kept. */
  readonly scores: Readonly<Record<string, readonly number[]>>;
}

/**
 * For every group, which channels are kept.
 *
 * @throws UserError E_CONFIG where even the smallest network of this multiple is above the budget.
 */
export function chooseChannels(
  plan: BudgetPlan,
  { multiple, scores }: ChooseOptions,
): Record<string, boolean[]> {
  const groups = plan.gating.gates.map(({ name, size }) => ({ name, size, scores: scores[name]! }));
  const counts = fillBudget(groups, { multiple, load: loadOf(plan) });
  if (counts) return keptOf(groups, counts);
  throw new UserError("E_CONFIG", "no network with a multiple of channels is below the budget", {
    where: "objective.budget",
    next: "raise the budget or lower channels.multiple",
  });
}
