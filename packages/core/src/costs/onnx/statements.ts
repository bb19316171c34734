/**
 * How long variables of the Python source hold values. A file of PyTorch says which line of which call made each node:
 *
 * - Who calls a layer holds its arguments until the layer returns.
 * - What a line binds to a name lives until the name is bound again or its call returns.
 * - Intermediate results of a line have no name and die at once.
 * - Further names of a tuple hold what the call bound to theirs, otherwise what the first was composed of.
 * - A method that is no layer has variables that the file does not show: what it makes itself and hands to a layer is
 *   taken to have a name there.
 */

import type { GraphRun, Step } from "./analyse.js";
import { boundNames, callsMethod, type Frame, framesOf } from "./source-lines.js";
import type { Storage, Value } from "./value.js";

/** One call of a `forward` method while it runs. */
interface Call {
  readonly frame: Frame;
  /** Its first step. */
  readonly begin: number;
  line: number;
  text: string;
  /** Steps of the line that it has come to. */
  steps: number[];
  /** Layers that the line has called. */
  readonly layers: Set<string>;
  inner: Call | undefined;
  /** What it reads that was made before it began. */
  readonly arguments: Set<Storage>;
  readonly names: Map<string, Storage>;
  /** What it bound last, several at once. */
  tuple: readonly (Storage | undefined)[];
}

export interface Where {
  of(v: Value): Storage;
  /** Has memory that is counted. */
  has(v: Value | undefined): v is Value;
}

/** A layer that comes back to its first line has been called again. */
const startsAgain = (call: Call, now: Frame): boolean =>
  now.line === call.frame.line && call.line !== now.line;

/** A line is done when another one runs, or when it runs again for the next layer of a list. */
function isLineDone(call: Call, now: Frame, inner: Frame | undefined): boolean {
  if (now.line !== call.line) return true;
  if (!inner || call.layers.size === 0 || call.layers.has(inner.call)) return false;
  const name = nameOf(inner.call);
  return /^\d+$/.test(name) && !call.text.includes(`[${name}]`);
}

/** Last part of a layer's path. */
const nameOf = (call: string): string => /(\w+) /.exec(call)?.[1] ?? "";

/** Whether a line says which layer it calls, or from which list: `self.conv(x)`, `self.blocks[i](x)`. */
function mentions(text: string, inner: Call): boolean {
  const path = inner.frame.call.split(" ")[0]!.split(".");
  const name = path.findLast((part) => !/^\d+$/.test(part));
  return name !== undefined && text.split(/\W+/).includes(name);
}

class Variables {
  private open: Call[] = [];
  private readonly makers = new Map<Storage, number>();

  constructor(
    private readonly run: GraphRun,
    private readonly where: Where,
    /** Called with memory that lives until a step has run. */
    private readonly hold: (storage: Storage, until: number) => void,
  ) {}

  follow(): void {
    this.run.steps.forEach((step, i) => {
      if (!step.outputs.some((v) => this.where.has(v))) return;
      const frames = framesOf(step.view.node);
      this.enter(frames, i);
      const operands = this.operandsOf(step);
      for (const call of this.open) {
        call.steps.push(i);
        for (const s of operands) {
          if ((this.makers.get(s) ?? i) < call.begin) call.arguments.add(s);
        }
      }
      for (const v of step.outputs) {
        if (this.where.has(v) && !this.makers.has(this.where.of(v))) {
          this.makers.set(this.where.of(v), i);
        }
      }
    });
    while (this.open.length > 0) this.leave(this.run.steps.length - 1);
  }

  /** Closes calls that have returned, ends lines that are done, opens what is called. */
  private enter(frames: readonly Frame[], i: number): void {
    let same = 0;
    let isDone = false;
    while (!isDone && same < this.open.length) {
      const call = this.open[same]!;
      const frame = frames[same];
      if (frame?.call !== call.frame.call) break;
      if (startsAgain(call, frame)) {
        isDone = true;
        // A loop over layers that comes to the same one has been entered again: so its call is another one, too.
        while (same > 1 && !mentions(this.open[same - 1]!.text, this.open[same]!)) same--;
        break;
      }
      same++;
      isDone = isLineDone(call, frame, frames[same]);
    }
    while (this.open.length > same) this.leave(i - 1);
    const last = this.open.at(-1);
    const frame = frames[same - 1];
    if (isDone && last && frame) {
      this.endLine(last);
      last.line = frame.line;
      last.text = frame.text;
    }
    for (const [depth, next] of frames.slice(same).entries()) {
      const outer = frames[same + depth - 1];
      if (outer) this.open.at(-1)?.layers.add(next.call);
      const call: Call = {
        frame: next,
        begin: i,
        line: next.line,
        text: next.text,
        steps: [],
        layers: new Set(),
        inner: undefined,
        arguments: new Set(),
        names: new Map(),
        tuple: [],
      };
      const around = this.open.at(-1);
      if (around) around.inner = call;
      this.open.push(call);
    }
  }

  private leave(until: number): void {
    const call = this.open.pop()!;
    this.endLine(call);
    for (const storage of call.arguments) this.hold(storage, until);
    for (const storage of call.names.values()) this.hold(storage, until);
  }

  private endLine(call: Call): void {
    const { steps, text, inner } = call;
    const last = steps.at(-1);
    if (last !== undefined) {
      this.keepOfMethods(call, last);
      const bound = this.valuesOf(call, boundNames(text), last);
      boundNames(text).forEach((name, k) => {
        const before = call.names.get(name);
        if (before) this.hold(before, last);
        const now = bound[k];
        if (now) call.names.set(name, now);
        else call.names.delete(name);
      });
      if (bound.length > 1) call.tuple = bound;
      else if (bound.length === 0 && inner) call.tuple = inner.tuple;
    }
    call.steps = [];
    call.layers.clear();
    call.inner = undefined;
  }

  private resultOf(i: number): Storage | undefined {
    const made = this.run.steps[i]!.outputs.find((v) => this.where.has(v));
    return made && this.where.of(made);
  }

  private valuesOf(
    call: Call,
    names: readonly string[],
    last: number,
  ): readonly (Storage | undefined)[] {
    const result = this.resultOf(last);
    if (names.length < 2) return names.map(() => result);
    const { inner, steps } = call;
    const parts = inner ? [] : this.partsOf(steps);
    return names.map((name, k) =>
      k === 0 ? result : (inner?.names.get(name) ?? inner?.tuple[k] ?? parts[k - 1]),
    );
  }

  /** What the result of a line was composed of: operands, made in the line, of its last step that has several. */
  private partsOf(steps: readonly number[]): readonly Storage[] {
    const first = steps[0] ?? 0;
    for (const i of steps.toReversed()) {
      const operands = this.operandsOf(this.run.steps[i]!);
      if (operands.length < 2) continue;
      return operands.filter((s) => (this.makers.get(s) ?? -1) >= first);
    }
    return [];
  }

  private operandsOf(step: Step): readonly Storage[] {
    return [...new Set(step.inputs.filter((v) => this.where.has(v)).map((v) => this.where.of(v)))];
  }

  /** Values that a method of the layer made and handed to another layer live until the method returns. */
  private keepOfMethods(call: Call, last: number): void {
    const depth = this.depthOf(call);
    const called = new Set([...call.layers].map(nameOf));
    if (call.layers.size === 0 || !callsMethod(call.text, (name) => called.has(name))) return;
    const own = new Set<Storage>();
    for (const i of call.steps) {
      const step = this.run.steps[i]!;
      const isOwn = framesOf(step.view.node).length === depth + 1;
      if (!isOwn) {
        for (const s of this.operandsOf(step)) if (own.has(s)) this.hold(s, last);
        continue;
      }
      for (const v of step.outputs) if (this.where.has(v)) own.add(this.where.of(v));
    }
  }

  private depthOf(call: Call): number {
    const at = this.open.indexOf(call);
    return at < 0 ? this.open.length : at;
  }
}

/** Whether the file says which lines made its nodes. */
export const hasLines = (run: GraphRun): boolean =>
  run.steps.some((step) => framesOf(step.view.node).length > 0);

/** Tells how long calls and variables hold memory. */
export function holdVariables(
  run: GraphRun,
  where: Where,
  hold: (storage: Storage, until: number) => void,
): void {
  new Variables(run, where, hold).follow();
}
