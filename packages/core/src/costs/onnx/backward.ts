/** What a training step needs beyond the forward pass: products done again, and tensors kept until then. */

import type { GraphRun, Step } from "./analyse.js";
import type { BackwardRule, Kept } from "./backward-rule.js";
import { EagerMemory } from "./eager.js";
import { ifKnown } from "./node-view.js";
import { roleOf } from "./roots.js";
import type { Storage, Value } from "./value.js";

/** What training needs of one step. */
export interface StepBackward {
  /** How often the step's products are done again: once for each factor that gets a gradient, or a part of it. */
  readonly gradients: number;
  /** Memory that stays until the backward pass; what is made for it alone is new here. */
  readonly kept: readonly Storage[];
}

const nothing: StepBackward = { gradients: 0, kept: [] };

/** Of an operator that nobody has described: what it reads and what it makes, and a product with two factors. */
const unknownBackward: BackwardRule = {
  keeps: [{ input: 0 }, { output: 0 }],
  factors: [[0], [1]],
};

const isReal = (v: Value): boolean =>
  v.info.kind !== "tensor" ||
  /float/.test(v.info.elementType) ||
  v.info.elementType.startsWith("complex");

/** Follows gradients through a run: a value gets one where a trained weight lies before it. */
class Follower {
  readonly found = new Map<Step, StepBackward>();
  private readonly needing = new Set<Value>();

  needs(v: Value | undefined): boolean {
    if (!v || !isReal(v)) return false;
    return (v.root !== undefined && roleOf(v.root) === "parameter") || this.needing.has(v);
  }

  follow(run: GraphRun): void {
    const memory = new EagerMemory(run);
    for (const step of run.steps) {
      // What only lends its type or its shape gets no gradient.
      const needs = step.inputs.map((v, i) => i !== step.rule?.typeInput && this.needs(v));
      for (const body of step.bodies) this.enter(body.run, needs.includes(true));
      const inside = step.bodies.some((b) => b.run.outputs.some((v) => this.needs(v)));
      if (!needs.includes(true) && !inside) continue;
      for (const v of step.outputs) if (isReal(v)) this.needing.add(v);
      this.found.set(step, backwardOf(step, needs, memory));
    }
  }

  /** What comes into a body from outside or from the trip before gets a gradient if anything there does. */
  private enter(run: GraphRun, outside: boolean): void {
    const made = new Set(run.steps.flatMap((s) => s.outputs));
    const isTrained = (v: Value | undefined) => this.needs(v);
    const trains = outside || run.steps.some((s) => s.inputs.some(isTrained));
    if (trains) {
      for (const { inputs } of run.steps) {
        for (const v of inputs) if (v && !v.stored && !made.has(v)) this.needing.add(v);
      }
    }
    this.follow(run);
  }
}

function backwardOf(step: Step, needs: readonly boolean[], memory: EagerMemory): StepBackward {
  const rule = step.rule?.backward ?? unknownBackward;
  const wanted = (k: Kept) => k.for === undefined || needs[k.for] === true;
  const kept = rule.keeps.filter(wanted).flatMap((k): Storage[] => {
    if ("bytes" in k) {
      const bytes = ifKnown(() => k.bytes(step.view)) ?? 0;
      return bytes > 0 ? [{ bytes, kind: "activation" }] : [];
    }
    const value = "input" in k ? step.inputs[k.input] : step.outputs[k.output];
    if (!value || value.storage.kind === "stored" || memory.isAbsorbed(value)) return [];
    if (!("input" in k) || !k.joined) return [memory.of(value)];
    // With a stored matrix every axis but the last is joined, otherwise all but two.
    const inner = step.inputs.some((v) => v?.stored) ? 1 : 2;
    return [memory.joined(value, inner)];
  });
  return { gradients: gradientsOf(step, rule, needs), kept };
}

function gradientsOf(step: Step, rule: BackwardRule, needs: readonly boolean[]): number {
  const { macs } = step.work;
  if (!macs) return 0;
  if (rule.macs) return (ifKnown(() => rule.macs?.(step.view, needs)) ?? 2 * macs) / macs;
  const factors = rule.factors?.filter((group) => group.some((i) => needs[i])).length ?? 0;
  return Math.min(2, factors);
}

/** Backward pass of a run and of the bodies in it; steps that are not listed need none. */
export function followGradients(run: GraphRun): ReadonlyMap<Step, StepBackward> {
  const follower = new Follower();
  follower.follow(run);
  return follower.found;
}

/** Operators with a gradient that nobody has described, with their nodes. */
export function undescribed(
  backward: ReadonlyMap<Step, StepBackward>,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const { kind, rule, bodies, outputs } of backward.keys()) {
    if (rule?.backward || bodies.length > 0 || !outputs.some(isReal)) continue;
    found.set(kind, (found.get(kind) ?? 0) + 1);
  }
  return found;
}

export interface TrainingCounts {
  /** Forward and backward. */
  readonly macs: number;
  /** Of distinct pieces of memory. */
  readonly keptBytes: number;
}

/**
 * Counts of one training step:
 *
 *   macs = sum over steps of macs * (1 + factors that get a gradient)
 *
 * which is 3 * forward, less once the MACs of layers whose input is data.
 */
export function trainingCounts(
  run: GraphRun,
  backward: ReadonlyMap<Step, StepBackward>,
): TrainingCounts {
  const kept = new Set<Storage>();
  let [macs, keptBytes] = [0, 0];
  const walk = ({ steps }: GraphRun, times: number): void => {
    for (const step of steps) {
      const found = backward.get(step) ?? nothing;
      const forward = step.work.macs ?? 0;
      macs += times * (forward + Math.round(forward * found.gradients));
      for (const storage of found.kept) {
        if (kept.has(storage)) continue;
        kept.add(storage);
        keptBytes += times * (Number.isNaN(storage.bytes) ? 0 : storage.bytes);
      }
      for (const b of step.bodies) walk(b.run, times * b.times);
    }
  };
  walk(run, 1);
  return { macs, keptBytes };
}
