/** How weights are used: how often each is read, how much of it one run touches, how much of it is zero. */

import type { GraphRun, Step } from "./analyse.js";
import { roleOf } from "./roots.js";
import type { Root } from "./value.js";

export interface WeightUse {
  /** Elements of parameters summed over every use, loop trips included. */
  readonly uses: number;
  /** Elements that one run touches, each counted once. */
  readonly active: number;
}

const known = (n: number): number => (Number.isNaN(n) ? 0 : n);

/** What a step reads of its input at `index`: all of the weight, or the part that it picks. */
function readOf(step: Step, root: Root, index: number): number {
  const picked = step.rule?.picks?.[index]?.(step.view);
  return Math.min(root.elements, known(picked ?? root.elements));
}

interface Touched {
  uses: number;
  readonly active: Map<Root, number>;
}

function touch(run: GraphRun, times: number, to: Touched): void {
  for (const step of run.steps) {
    // A weight in another form is no use of it: who reads the form uses it.
    const passesOn = step.outputs[0]?.root !== undefined;
    if (!passesOn && times > 0) {
      step.inputs.forEach((v, index) => {
        if (!v?.root || roleOf(v.root) !== "parameter" || index === step.rule?.typeInput) return;
        to.uses += v.root.elements * times;
        const read = readOf(step, v.root, index) * times;
        const before = to.active.get(v.root) ?? 0;
        to.active.set(v.root, Math.min(v.root.elements, before + read));
      });
    }
    for (const b of step.bodies) touch(b.run, times * b.times, to);
  }
}

/**
 * Uses of the parameters of a run. A body is read as often as it runs; of branches only the one that is counted; of a
 * table that is picked from, as many rows as are picked, or all of them if that is less: which ones depends on data, so
 * picks are taken to be different.
 */
export function weightUse(run: GraphRun): WeightUse {
  const touched: Touched = { uses: 0, active: new Map() };
  touch(run, 1, touched);
  return {
    uses: touched.uses,
    active: [...touched.active.values()].reduce((n, count) => n + count, 0),
  };
}

/** Elements that are exactly 0 over all parameters; undefined where some of them are not in the file. */
export function zeroElements(roots: Iterable<Root>): number | undefined {
  let zeros = 0;
  for (const root of roots) {
    if (roleOf(root) !== "parameter" || root.elements === 0) continue;
    const found = root.zeros?.();
    if (found === undefined) return undefined;
    zeros += found;
  }
  return zeros;
}
