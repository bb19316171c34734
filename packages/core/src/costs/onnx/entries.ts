/** Ledger entries of a run and of the bodies in it. */

import { bytes, macs } from "../../base/index.js";
import type { Shape } from "../../tensor/index.js";
import type { EntryMemory, EntryTraining, LedgerEntry, Memory } from "../entry.js";
import type { GraphRun, Step } from "./analyse.js";
import type { StepBackward } from "./backward.js";
import { isKernel } from "./chains.js";
import { countOf, describeInfo } from "./info.js";
import { roleOf } from "./roots.js";
import { operandsOf } from "./traffic.js";
import type { Root, Storage, Value } from "./value.js";
import { repeatWork } from "./work.js";

export interface EntrySources {
  readonly outputs: readonly Value[];
  /** Computed when it is asked for. */
  readonly backward: () => ReadonlyMap<Step, StepBackward>;
}

const shapesOf = (values: readonly (Value | undefined)[]): readonly Shape[] =>
  values.flatMap((v) => (v?.info.kind === "tensor" && v.info.shape ? [v.info.shape] : []));

const computes = (step: Step): boolean => isKernel(step) || step.status === "priced";

/** For each parameter the first step that computes with it; where none does, the first that reads it. */
function homesOf(run: GraphRun, homes = new Map<Root, Step>()): ReadonlyMap<Root, Step> {
  for (const step of run.steps) {
    for (const root of step.inputs.flatMap(parameterOf)) {
      const home = homes.get(root);
      if (!home || (!computes(home) && computes(step))) homes.set(root, step);
    }
    for (const b of step.bodies) homesOf(b.run, homes);
  }
  return homes;
}

/** Makes entries. */
class EntryMaker {
  readonly entries: LedgerEntry[] = [];
  private readonly places = new Map<Storage, Memory>();
  private readonly results: ReadonlySet<Storage>;

  constructor(
    private readonly sources: EntrySources,
    private readonly homes: ReadonlyMap<Root, Step>,
  ) {
    this.results = new Set(sources.outputs.map((v) => v.storage));
  }

  add(run: GraphRun, times: number): void {
    for (const step of run.steps) {
      this.entries.push(this.entryOf(step, times));
      for (const b of step.bodies) this.add(b.run, times * b.times);
    }
  }

  /** Sizes that depend on data count as 0. */
  private place(storage: Storage): Memory {
    const known = this.places.get(storage);
    if (known) return known;
    const place: Memory = {
      bytes: Number.isNaN(storage.bytes) ? 0 : storage.bytes,
      kind: storage.kind,
      ...(this.results.has(storage) ? { isOutput: true } : {}),
    };
    this.places.set(storage, place);
    return place;
  }

  private placesOf(values: readonly (Value | undefined)[]): readonly Memory[] {
    const found = new Set<Storage>();
    for (const v of values) if (v && v.storage.kind !== "stored") found.add(v.storage);
    return [...found].map((s) => this.place(s));
  }

  private memoryOf(step: Step): EntryMemory {
    if (!isKernel(step)) return { parameters: [], reads: [], writes: [] };
    return {
      parameters: [...new Set(step.inputs.flatMap(parameterOf))],
      reads: this.placesOf(step.inputs),
      writes: this.placesOf(step.outputs),
    };
  }

  private trainingOf(step: Step): EntryTraining {
    const found = this.sources.backward().get(step);
    return {
      gradients: found?.gradients ?? 0,
      kept: [...new Set(found?.kept)].map((s) => this.place(s)),
    };
  }

  private parametersOf(step: Step): number {
    const roots = new Set(step.inputs.flatMap(parameterOf));
    return [...roots].reduce((n, r) => n + (this.homes.get(r) === step ? r.elements : 0), 0);
  }

  private entryOf(step: Step, times: number): LedgerEntry {
    const work = repeatWork(step.work, times);
    const count = work.macs ?? 0;
    const operands = operandsOf(step, times);
    const produced = countOf(step.outputs[0]?.info);
    const memory = lazy(() => this.memoryOf(step));
    const training = lazy(() => this.trainingOf(step));
    return {
      path: step.path,
      kind: step.kind,
      phase: step.phase,
      macs: macs(count),
      otherOps: work.otherOps ?? 0,
      parameters: this.parametersOf(step),
      bytesRead: bytes(operands.inputs.bytes + operands.weights.bytes),
      bytesWritten: operands.outputs.bytes,
      kernels: isKernel(step) ? times : 0,
      ...(count > 0 && step.rule?.isChannelwise?.(step.view) ? { channelwise: true } : {}),
      operands,
      // Written when a table or a cost asks for them: most counts never do.
      get shapes() {
        return { inputs: shapesOf(step.inputs), outputs: shapesOf(step.outputs) };
      },
      get memory() {
        return memory();
      },
      get training() {
        return training();
      },
      detail: {
        validMacs: macs(work.validMacs ?? count),
        ...(work.macKind ? { macKind: work.macKind } : {}),
        elements: work.elements ?? {},
        activations: count > 0 && !Number.isNaN(produced) ? produced * times : 0,
        status: step.status,
        ...(step.reason ? { reason: step.reason } : {}),
        get inputs() {
          return step.inputs.map((v) => describeInfo(v?.info));
        },
        get outputs() {
          return step.outputs.map((v) => describeInfo(v.info));
        },
      },
    };
  }
}

const parameterOf = (v: Value | undefined): readonly Root[] =>
  v?.root && roleOf(v.root) === "parameter" ? [v.root] : [];

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** One entry for each step, bodies after the operators that run them. */
export function entriesOf(run: GraphRun, sources: EntrySources): readonly LedgerEntry[] {
  const maker = new EntryMaker(sources, homesOf(run));
  maker.add(run, 1);
  return maker.entries;
}
