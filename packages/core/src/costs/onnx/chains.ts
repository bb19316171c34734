/** How much of a run has to wait: kernels, and the longest chains of nodes that depend on one another. */

import type { GraphRun, Step } from "./analyse.js";
import { isView } from "./rule.js";
import type { Value } from "./value.js";

export interface Chains {
  /** Nodes that do work, loop trips included. */
  readonly kernels: number;
  /** Of the chain with the most kernels. */
  readonly depth: number;
  /** Of the chain with the most multiply-accumulates. */
  readonly macs: number;
}

/** A node that runs: no view, and not known beforehand. Operators with bodies count as what their bodies do. */
export const isKernel = (step: Step): boolean =>
  !isView(step.rule, step.view) && step.bodies.length === 0 && !step.outputs.every((v) => v.stored);

const nothing: Chains = { kernels: 0, depth: 0, macs: 0 };

/** What one step adds: its own kernel, or the chains of its bodies, one trip after the other. */
function ownOf(step: Step): Chains {
  if (step.bodies.length === 0) {
    const kernel = Number(isKernel(step));
    return { kernels: kernel, depth: kernel, macs: step.work.macs ?? 0 };
  }
  return step.bodies.reduce((sum, { run, times }) => {
    const inner = chainsOf(run);
    return {
      kernels: sum.kernels + times * inner.kernels,
      depth: sum.depth + times * inner.depth,
      macs: sum.macs + times * inner.macs,
    };
  }, nothing);
}

/** Kernels and longest chains: for each value, the longest way to it. Linear in nodes and edges. */
export function chainsOf(run: GraphRun): Chains {
  const depths = new Map<Value, number>();
  const work = new Map<Value, number>();
  let [kernels, deepest, heaviest] = [0, 0, 0];
  for (const step of run.steps) {
    const own = ownOf(step);
    let [depth, macs] = [0, 0];
    const wait = (v: Value | undefined) => {
      if (!v) return;
      depth = Math.max(depth, depths.get(v) ?? 0);
      macs = Math.max(macs, work.get(v) ?? 0);
    };
    step.inputs.forEach(wait);
    for (const body of step.bodies) body.run.captured.forEach(wait);
    depth += own.depth;
    macs += own.macs;
    for (const v of step.outputs) {
      depths.set(v, depth);
      work.set(v, macs);
    }
    kernels += own.kernels;
    deepest = Math.max(deepest, depth);
    heaviest = Math.max(heaviest, macs);
  }
  return { kernels, depth: deepest, macs: heaviest };
}
