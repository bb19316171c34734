/** Decides in which memory layout each state tensor is kept between runs, so that no run has to reorder it. */

import type { StateBinding } from "@frugal/core/engine";
import {
  type Graph,
  inputName,
  isInput,
  type Layout,
  type Lowering,
  type Node,
  type Target,
  type Value,
} from "@frugal/core/graph";
import { applicableLowerings, fitsLayout } from "@frugal/core/lowering";
import { sameShape } from "@frugal/core/tensor";

export type Choose = (node: Node, candidates: readonly Lowering[]) => Lowering;

/** Disjoint sets of values that elementwise ops tie to one layout. */
class Ties {
  private readonly parent = new Map<Value, Value>();

  root(value: Value): Value {
    let at = value;
    for (let up = this.parent.get(at); up && up !== at; up = this.parent.get(at)) at = up;
    return at;
  }

  tie(a: Value, b: Value): void {
    this.parent.set(this.root(a), this.root(b));
  }
}

/**
 * Layouts of state inputs and of the outputs that replace them, by name; those that stay plain are left out.
 *
 * A weight takes the layout that its readers prefer if they agree; what elementwise ops combine with it (its gradient,
 * its momentum, its next value) takes the same one.
 */
export function planStateLayouts(
  graph: Graph,
  state: readonly StateBinding[],
  target: Target,
  choose: Choose,
): { inputs: Record<string, Layout>; outputs: Record<string, Layout> } {
  const ties = new Ties();
  const wishes: [Value, Layout][] = [];
  for (const node of graph.nodes) {
    if (node.inputs.length === 0) continue;
    const candidates = applicableLowerings(node, target);
    const lowering = candidates.length > 1 ? choose(node, candidates) : candidates[0]!;
    if (lowering.keepsLayout) {
      const out = node.outputs[0]!;
      for (const v of node.inputs) if (sameShape(v.shape, out.shape)) ties.tie(v, out);
    }
    lowering.prefers?.(node).forEach((layout, i) => {
      if (layout) wishes.push([node.inputs[i]!, layout]);
    });
  }
  const wanted = new Map<Value, Set<Layout>>();
  for (const [value, layout] of wishes) {
    const root = ties.root(value);
    wanted.set(root, (wanted.get(root) ?? new Set()).add(layout));
  }
  const layoutOf = (value: Value): Layout | undefined => {
    const layouts = [...(wanted.get(ties.root(value)) ?? [])];
    const [layout] = layouts;
    return layouts.length === 1 && fitsLayout(value.shape, layout!, target.blockSize)
      ? layout
      : undefined;
  };

  const inputs: Record<string, Layout> = {};
  const outputs: Record<string, Layout> = {};
  const byName = new Map(graph.inputs.filter(isInput).map((v) => [inputName(v), v]));
  for (const { input, output } of state) {
    const value = byName.get(input);
    const layout = value && layoutOf(value);
    if (!layout) continue;
    inputs[input] = layout;
    if (output) outputs[output] = layout;
  }
  return { inputs, outputs };
}
