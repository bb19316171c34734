/**
 * Where values lie when PyTorch runs the same network eagerly: transposes, slices and expansions are views with strides,
 * a reshape that strides cannot say is a copy, and what the export wrote as two operators is one.
 */

import { stridesOf } from "../../tensor/index.js";
import type { GraphRun, Step } from "./analyse.js";
import { bytesOfInfo, isStatic } from "./info.js";
import { ifKnown } from "./node-view.js";
import { orderedAs, type Strides, viewStrides } from "./strides.js";
import type { Storage, Value } from "./value.js";

const shapeOf = (v: Value) => (v.info.kind === "tensor" ? v.info.shape : undefined);

/** What exactly one step reads. */
function readOnce(run: GraphRun): ReadonlySet<Value> {
  const once = new Set<Value>();
  const more = new Set<Value>(run.outputs);
  for (const step of run.steps) {
    for (const v of [...step.inputs, ...step.bodies.flatMap((b) => b.run.captured)]) {
      if (!v || more.has(v)) continue;
      if (once.delete(v)) more.add(v);
      else once.add(v);
    }
  }
  return once;
}

export class EagerMemory {
  private readonly places = new Map<Value, Storage>();
  private readonly strides = new Map<Value, Strides>();
  private readonly absorbed = new Set<Value>();

  constructor(run: GraphRun) {
    const once = readOnce(run);
    for (const step of run.steps) {
      const inner = ifKnown(() => step.rule?.absorbs?.(step.view));
      if (inner && once.has(inner)) this.absorbed.add(inner);
      this.place(step);
    }
  }

  of(value: Value): Storage {
    return this.places.get(value) ?? value.storage;
  }

  /** Inner values of an operator that the export wrote as several: PyTorch has no memory for them. */
  isAbsorbed(value: Value): boolean {
    return this.absorbed.has(value);
  }

  /** The memory that a product reads, whose axes before the last `inner` are one axis to it: a copy where they cannot be. */
  joined(value: Value, inner: number): Storage {
    const shape = shapeOf(value);
    const strides = this.strides.get(value);
    if (!strides || !isStatic(shape) || shape.length <= inner + 1) return this.of(value);
    const batch = shape.slice(0, shape.length - inner).reduce((a, b) => a * b, 1);
    const flat = [batch, ...shape.slice(shape.length - inner)];
    return viewStrides(shape, strides, flat) ? this.of(value) : copyOf(value);
  }

  private stridesOf(value: Value): Strides | undefined {
    const known = this.strides.get(value);
    if (known) return known;
    const shape = shapeOf(value);
    return isStatic(shape) ? stridesOf(shape) : undefined;
  }

  private place({ rule, view, inputs, outputs }: Step): void {
    const [first] = inputs;
    const strides = first && this.stridesOf(first);
    if (!rule || !first || !strides || outputs.every((v) => v.stored)) return;
    for (const v of outputs) {
      const shape = shapeOf(v);
      if (!isStatic(shape)) continue;
      const viewed = ifKnown(() => rule.strides?.(view, { strides, shape }));
      if (viewed) {
        this.places.set(v, this.of(first));
        this.strides.set(v, viewed);
      } else if (rule.strides) {
        this.places.set(v, copyOf(v));
      } else if (rule.resultStrides) {
        this.strides.set(v, rule.resultStrides(shape));
      } else if (rule.inPlace && this.strides.has(first)) {
        this.strides.set(v, orderedAs(shape, strides));
      }
    }
  }
}

const copyOf = (v: Value): Storage => ({ bytes: bytesOfInfo(v.info), kind: "activation" });
