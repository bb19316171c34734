/** What each exit costs per sample: trunk, and every head and gate evaluated on the way. */

import { type Macs, macs } from "../base/index.js";
import { type Ledger, ledgerOf, ofStage } from "../costs/index.js";
import { type Node, topologicalOrder, type Value } from "../graph/index.js";
import type { ExitPoint } from "./head.js";
import { forInference, type TracedExits } from "./trace-exits.js";

/**
 * The nodes that each exit needs and no earlier exit has computed.
 *
 * @example
 * stageNodes(traced.exits).length // 2
 */
export function stageNodes(exits: readonly ExitPoint[]): Node[][] {
  const done = new Set<Node>();
  return exits.map(({ logits, hazard }) => {
    const roots: Value[] = hazard ? [logits, hazard] : [logits];
    const fresh = topologicalOrder(roots).filter((node) => !done.has(node));
    for (const node of fresh) done.add(node);
    return fresh;
  });
}

/**
 * The ledger of one sample through the whole network at inference; each entry's stage is the exit it first serves.
 * Traced anew with batch size 1, so nothing is divided and nothing that only training does is counted.
 *
 * @example
 * exitLedger(traced).total.macs // 153
 */
export function exitLedger(traced: TracedExits): Ledger {
  const single = forInference(traced, 1);
  const stageOf = new Map<Node, string>();
  stageNodes(single.exits).forEach((nodes, k) => {
    for (const node of nodes) stageOf.set(node, single.exits[k]!.name);
  });
  return ledgerOf([...stageOf.keys()], {
    parameters: single.parameters.map((p) => p.value),
    buffers: single.buffers.map((b) => b.value),
    stage: (node) => stageOf.get(node),
  });
}

export interface ExitCost {
  readonly name: string;
  /** Cumulative, per sample. */
  readonly macs: Macs;
  /** Beyond the previous exit. */
  readonly stageMacs: Macs;
  /** Cumulative. */
  readonly parameters: number;
}

/**
 * Cumulative MACs per sample at each exit.
 *
 * @example
 * // 4 inputs, 8, 8, 3 classes; head and gate of the exit 8 x 3 and 9 x 1.
 * exitCosts(traced).map((e) => e.macs) // [65, 153]
 */
export function exitCosts(traced: TracedExits): ExitCost[] {
  const ledger = exitLedger(traced);
  let total = 0;
  let parameters = 0;
  return traced.exits.map(({ name }) => {
    const stage = ofStage(ledger, name).total;
    total += stage.macs;
    parameters += stage.parameters;
    return { name, macs: macs(total), stageMacs: stage.macs, parameters };
  });
}

/**
 * MACs per sample of the network without any exits: what a budget is a share of.
 *
 * @example
 * // 4 x 8 + 8 x 8 + 8 x 3
 * plainMacs(traced) // 120
 */
export function plainMacs(traced: TracedExits): Macs {
  const plain = forInference({ ...traced, options: { ...traced.options, exits: [] } }, 1);
  return ledgerOf(topologicalOrder([plain.output])).total.macs;
}
