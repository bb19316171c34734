/** Follows channels through a network: what lies along every axis of every value, by the rules that ops give. */

import {
  type Axis,
  type ChannelFlow,
  constantTensor,
  inputName,
  isInput,
  type Node,
  topologicalOrder,
  type Value,
} from "../../graph/index.js";
import type { Traced } from "../../nn/index.js";
import type { TracedExits } from "../trace-exits.js";
import { ChannelSet, fix, type Layout, resolved, scaled, unify } from "./layout.js";

/** A parameter or buffer and one of its axes. */
export interface StoredAxis {
  readonly path: string;
  readonly axis: number;
}

const whereOf = ({ op, path }: Node): string => `${op.kind}${path ? ` in ${path}` : ""}`;

function nameOf(value: Value): string {
  if (isInput(value)) return `the input "${inputName(value)}"`;
  return constantTensor(value) ? "a constant" : `a result of ${whereOf(value.node)}`;
}

/** A network with exits, or without. */
export type AnyTraced = Traced & Partial<Pick<TracedExits, "exits">>;

/** What a network gives: logits, and of exits their hazards. */
export const resultsOf = (traced: AnyTraced): Value[] =>
  (traced.exits ?? [{ logits: traced.output }]).flatMap((exit) => [
    exit.logits,
    ...("hazard" in exit && exit.hazard ? [exit.hazard] : []),
  ]);

export class Channels {
  readonly nodes: readonly Node[];
  private readonly layouts = new Map<Value, (Layout | undefined)[]>();
  private readonly flows = new Map<Node, ChannelFlow>();
  private readonly paths = new Map<Value, string>();
  /** Values that come from stored ones alone. */
  private readonly made = new Set<Value>();

  constructor(traced: AnyTraced) {
    for (const { value, path } of [...traced.parameters, ...traced.buffers]) {
      this.paths.set(value, path);
      this.made.add(value);
      this.layouts.set(
        value,
        value.shape.map((size) => [{ set: new ChannelSet(size), repeat: 1 }]),
      );
    }
    const updates = traced.buffers.flatMap(({ next }) => (next ? [next] : []));
    const results = resultsOf(traced);
    this.nodes = topologicalOrder([...results, ...updates]);
    for (const node of this.nodes) this.follow(node);
    for (const value of results) {
      for (const [axis] of value.shape.entries()) {
        for (const { set } of this.layoutOf({ value, axis }) ?? []) {
          set.fixed = "it is a result of the network";
        }
      }
    }
  }

  /** The parameter or buffer that a value is, if it is one. */
  pathOf(value: Value): string | undefined {
    return this.paths.get(value);
  }

  /** Whether a value is stored with the model, or follows from what is. */
  isStored(value: Value): boolean {
    return this.made.has(value) || constantTensor(value) !== undefined;
  }

  flowOf(node: Node): ChannelFlow | undefined {
    return this.flows.get(node);
  }

  /** What lies along an axis; undefined for positions, samples and the like. */
  layoutOf({ value, axis }: Axis): Layout | undefined {
    const layout = this.axesOf(value)[axis];
    return layout && resolved(layout);
  }

  /** The stored tensors whose entries an axis of a weight has, through whatever reshapes them. */
  storedAt({ value, axis }: Axis): StoredAxis[] {
    const path = this.paths.get(value);
    if (path !== undefined) return [{ path, axis }];
    if (!this.made.has(value)) return [];
    return this.sourcesOf({ value, axis }).flatMap((source) => this.storedAt(source));
  }

  /** Axes of a value's own inputs that are linked to one of its axes. */
  sourcesOf({ value, axis }: Axis): Axis[] {
    const { links = [] } = this.flows.get(value.node) ?? {};
    const isHere = (a: Axis) => a.value === value && a.axis === axis;
    return links.flatMap(({ whole, parts }) =>
      isHere(whole) ? parts : parts.some(isHere) ? [whole] : [],
    );
  }

  private axesOf(value: Value): (Layout | undefined)[] {
    const known = this.layouts.get(value);
    if (known) return known;
    const fresh = value.shape.map(() => undefined);
    this.layouts.set(value, fresh);
    return fresh;
  }

  private follow(node: Node): void {
    if (node.inputs.length === 0) return;
    if (node.inputs.every((v) => this.made.has(v))) for (const v of node.outputs) this.made.add(v);
    const flow = node.op.channels?.(node) ?? { links: [] };
    this.flows.set(node, flow);
    const outputs = new Set(node.outputs);
    for (const { whole, parts } of flow.links) this.connect([whole, ...parts], node, outputs);
    const linked = new Map<Value, Set<number>>();
    for (const { value, axis } of flow.links.flatMap(({ whole, parts }) => [whole, ...parts])) {
      linked.set(value, (linked.get(value) ?? new Set()).add(axis));
    }
    const { reason } = flow;
    for (const value of node.inputs) {
      this.axesOf(value).forEach((layout, axis) => {
        if (!layout || linked.get(value)?.has(axis)) return;
        fix(layout, `${whereOf(node)} does not let channels through${reason ? `: ${reason}` : ""}`);
      });
    }
  }

  /** The first axis is made up of the others. */
  private connect(
    axes: readonly (Axis & { readonly repeat?: number })[],
    node: Node,
    outputs: ReadonlySet<Value>,
  ): void {
    const isNew = ({ value }: Axis) => outputs.has(value);
    if (axes.every((a) => this.layoutOf(a) === undefined)) return;
    const layoutFor = (a: Axis): Layout => {
      const axesOfValue = this.axesOf(a.value);
      const known = axesOfValue[a.axis];
      if (known) return known;
      const set = new ChannelSet(a.value.shape[a.axis]!);
      const layout = [{ set, repeat: 1 }];
      if (isNew(a)) axesOfValue[a.axis] = layout;
      else set.fixed = `${nameOf(a.value)} meets it in ${whereOf(node)}`;
      return layout;
    };
    const [whole, ...parts] = axes;
    unify(
      layoutFor(whole!),
      parts.flatMap((p) => scaled(layoutFor(p), p.repeat ?? 1)),
      `channels do not line up in ${whereOf(node)}`,
    );
  }
}
