/** Memory of activations under a named schedule: the most that is alive at the same time, and the sum of all. */

import type { Body, GraphRun, Step } from "./analyse.js";
import { EagerMemory } from "./eager.js";
import { ifKnown } from "./node-view.js";
import { framesOf, isAugmented } from "./source-lines.js";
import { hasLines, holdVariables } from "./statements.js";
import type { Storage, Value } from "./value.js";

/**
 * - `file-order`: nodes run in the file's order, every value is released after its last reader, reshapes are views.
 * - `in-place`: the same, and elementwise operators write over their first input where nobody reads it later.
 * - `modules`: as eager PyTorch runs a network whose activations work in place. Who calls a layer holds its argument
 *   until the layer returns, so what a module reads from outside lives until the module's last node.
 *   Transposes and slices are views.
 * - `functional`: the same for a network whose activations are all new tensors.
 * - `statements`: as `functional`, and what a line of the Python source binds to a name lives until the name is bound
 *   again or its call returns; `y += x` writes over y. For files that say which line made each node, as PyTorch's do.
 * - `statements-in-place`: the same for a network whose activations work in place.
 */
export type Schedule = keyof typeof schedules;

interface Rules {
  /** Values lie where eager PyTorch has them, and calls hold their arguments. */
  readonly isEager: boolean;
  readonly hasVariables: boolean;
  /** Whether an elementwise step writes over its first input. */
  writesOver(step: Step): boolean;
}

const isActivationFunction = ({ work }: Step): boolean => (work.elements?.activation ?? 0) > 0;

const isAugmentedLine = ({ view }: Step): boolean =>
  isAugmented(framesOf(view.node).at(-1)?.text ?? "");

const schedules = {
  "file-order": { isEager: false, hasVariables: false, writesOver: () => false },
  "in-place": { isEager: false, hasVariables: false, writesOver: () => true },
  modules: { isEager: true, hasVariables: false, writesOver: () => true },
  functional: { isEager: true, hasVariables: false, writesOver: () => false },
  statements: { isEager: true, hasVariables: true, writesOver: isAugmentedLine },
  "statements-in-place": {
    isEager: true,
    hasVariables: true,
    writesOver: (step) => isActivationFunction(step) || isAugmentedLine(step),
  },
} satisfies Record<string, Rules>;

const known = (n: number | undefined): number => (n === undefined || Number.isNaN(n) ? 0 : n);

const bytesOf = (s: Storage): number => (Number.isNaN(s.bytes) ? 0 : s.bytes);

/** Where values lie under a schedule. */
interface Places {
  of(v: Value): Storage;
  isAbsorbed(v: Value): boolean;
}

const asWritten: Places = { of: (v) => v.storage, isAbsorbed: () => false };

/** Activations that have memory. */
const activationIn =
  (places: Places) =>
  (v: Value | undefined): v is Value =>
    v !== undefined && places.of(v).kind === "activation" && !places.isAbsorbed(v);

const usedBy = (step: Step): readonly (Value | undefined)[] =>
  step.bodies.length === 0
    ? step.inputs
    : [...step.inputs, ...step.bodies.flatMap((b: Body) => b.run.captured)];

/** `a.b.c`, then `a.b`, then `a`. */
function scopesOf(path: string): readonly string[] {
  const scopes: string[] = [];
  for (let end = path.length; end > 0; end = path.lastIndexOf(".", end - 1)) {
    scopes.push(path.slice(0, end));
  }
  return scopes;
}

/** For each step and each module around it: the last step of this call of the module. A later call is another one. */
function callEnds(run: GraphRun): readonly ReadonlyMap<string, number>[] {
  const ends = new Array<ReadonlyMap<string, number>>(run.steps.length);
  let next: ReadonlyMap<string, number> = new Map();
  for (let i = run.steps.length - 1; i >= 0; i--) {
    const after = next;
    next = new Map(scopesOf(run.steps[i]!.path).map((scope) => [scope, after.get(scope) ?? i]));
    ends[i] = next;
  }
  return ends;
}

/** Extends lives to the end of the outermost module that reads a value without having made it. */
function holdArguments(run: GraphRun, last: Map<Storage, number>, places: Places): void {
  const isActivation = activationIn(places);
  const ends = callEnds(run);
  const madeAt = new Map<Storage, number>();
  run.steps.forEach((step, i) => {
    const here = [...ends[i]!];
    for (const v of step.inputs) {
      if (!isActivation(v)) continue;
      const maker = madeAt.get(places.of(v));
      const around = maker === undefined ? undefined : ends[maker];
      // Made outside a call: in another module, or in an earlier call of this one.
      const outside = here.findLast(([scope, end]) => around?.get(scope) !== end);
      if (outside && outside[1] > (last.get(places.of(v)) ?? -1))
        last.set(places.of(v), outside[1]);
    }
    for (const v of step.outputs) {
      if (isActivation(v) && !madeAt.has(places.of(v))) madeAt.set(places.of(v), i);
    }
  });
}

const workspaceOf = (step: Step, { isEager }: Rules): number =>
  isEager ? known(ifKnown(() => step.rule?.workspace?.(step.view))) : 0;

export interface ActivationMemory {
  /** Most bytes that live at the same time. */
  readonly peakBytes: number;
  /** Bytes of everything that is ever allocated, loop trips included. */
  readonly allocatedBytes: number;
}

/** Memory of activations; graph inputs and weights are not among them. */
export function activationMemory(run: GraphRun, schedule: Schedule): ActivationMemory {
  const rules: Rules = schedules[schedule];
  const places = rules.isEager ? new EagerMemory(run) : asWritten;
  const isActivation = activationIn(places);
  const last = new Map<Storage, number>();
  run.steps.forEach((step, i) => {
    for (const v of step.outputs) if (isActivation(v)) last.set(places.of(v), i);
    for (const v of usedBy(step)) if (isActivation(v)) last.set(places.of(v), i);
  });
  for (const v of run.outputs) if (isActivation(v)) last.set(places.of(v), run.steps.length);
  const lastRead = new Map(last);
  if (rules.hasVariables && hasLines(run)) {
    const hold = (storage: Storage, until: number) =>
      last.set(storage, Math.max(until, last.get(storage) ?? -1));
    holdVariables(run, { of: (v) => places.of(v), has: isActivation }, hold);
  } else if (rules.isEager) {
    holdArguments(run, last, places);
  }

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
  let allocated = 0;
  run.steps.forEach((step, i) => {
    const [first] = step.inputs;
    if (step.rule?.inPlace && isActivation(first) && rules.writesOver(step)) {
      const target = place(places.of(first));
      const made = step.outputs[0];
      if (
        made &&
        isActivation(made) &&
        lastRead.get(target) === i &&
        bytesOf(places.of(made)) === bytesOf(target)
      ) {
        over.set(places.of(made), target);
        const end = Math.max(last.get(target) ?? i, last.get(places.of(made)) ?? i);
        last.set(target, end);
        lastRead.set(target, lastRead.get(places.of(made)) ?? i);
        ends[end]?.push(target);
      }
    }
    for (const v of step.outputs) {
      if (!isActivation(v)) continue;
      const storage = place(places.of(v));
      if (live.has(storage) || !last.has(storage)) continue;
      live.add(storage);
      now += bytesOf(storage);
      allocated += bytesOf(storage);
    }
    let inner = 0;
    for (const body of step.bodies) {
      const found = activationMemory(body.run, schedule);
      inner = Math.max(inner, found.peakBytes);
      allocated += body.times * found.allocatedBytes;
    }
    const workspace = workspaceOf(step, rules);
    allocated += workspace;
    peak = Math.max(peak, now + inner + workspace);
    for (const storage of ends[i] ?? []) {
      if (last.get(storage) !== i || !live.delete(storage)) continue;
      now -= bytesOf(storage);
    }
  });
  return { peakBytes: peak, allocatedBytes: allocated };
}
