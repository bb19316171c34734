/** Peak of the memory that activations occupy at the same time, under a named schedule. */

import type { Body, GraphRun, Step } from "./analyse.js";
import type { Storage, Value } from "./value.js";

/**
 * - `file-order`: nodes run in the file's order, every value is released after its last reader, reshapes are views.
 * - `in-place`: the same, and elementwise operators write over their first input where nobody reads it later.
 */
export type Schedule = "file-order" | "in-place";

const bytesOf = (s: Storage): number => (Number.isNaN(s.bytes) ? 0 : s.bytes);

const isActivation = (v: Value | undefined): v is Value => v?.storage.kind === "activation";

const usedBy = (step: Step): readonly (Value | undefined)[] =>
  step.bodies.length === 0
    ? step.inputs
    : [...step.inputs, ...step.bodies.flatMap((b: Body) => b.run.captured)];

/** Peak bytes of live activations; graph inputs and weights are not among them. */
export function peakBytes(run: GraphRun, schedule: Schedule): number {
  const last = new Map<Storage, number>();
  run.steps.forEach((step, i) => {
    for (const v of step.outputs) if (isActivation(v)) last.set(v.storage, i);
    for (const v of usedBy(step)) if (isActivation(v)) last.set(v.storage, i);
  });
  for (const v of run.outputs) if (isActivation(v)) last.set(v.storage, run.steps.length);

  /** Storage that another one was written over. */
  const over = new Map<Storage, Storage>();
  const place = (s: Storage): Storage => {
    let found = s;
    for (let next = over.get(found); next; next = over.get(found)) found = next;
    return found;
  };
  const ends = run.steps.map((): Storage[] => []);
  for (const [storage, i] of last) ends[i]?.push(storage);
  const live = new Set<Storage>();
  let now = 0;
  let peak = 0;
  run.steps.forEach((step, i) => {
    const [first] = step.inputs;
    if (schedule === "in-place" && step.rule?.inPlace && isActivation(first)) {
      const target = place(first.storage);
      const made = step.outputs[0];
      if (
        made &&
        isActivation(made) &&
        last.get(target) === i &&
        bytesOf(made.storage) === bytesOf(target)
      ) {
        over.set(made.storage, target);
        const end = last.get(made.storage) ?? i;
        last.set(target, end);
        ends[end]?.push(target);
      }
    }
    for (const v of step.outputs) {
      if (!isActivation(v)) continue;
      const storage = place(v.storage);
      if (live.has(storage) || !last.has(storage)) continue;
      live.add(storage);
      now += bytesOf(storage);
    }
    const inner = step.bodies.reduce((most, b) => Math.max(most, peakBytes(b.run, schedule)), 0);
    peak = Math.max(peak, now + inner);
    for (const storage of ends[i] ?? []) {
      if (last.get(storage) !== i || !live.delete(storage)) continue;
      now -= bytesOf(storage);
    }
  });
  return peak;
}
