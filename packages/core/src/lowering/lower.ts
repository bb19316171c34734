/** Writes a graph as an ONNX model: asks each op for its lowering and keeps track of memory layouts. */

import { assert } from "../base/index.js";
import {
  type EmitOptions,
  type Emitter,
  type Graph,
  inputName,
  isInput,
  type Layout,
  type Lowering,
  type Node,
  type OnnxAttribute,
  type OnnxSubgraph,
  type ScanTypes,
  standardTarget,
  type Target,
  type Value,
} from "../graph/index.js";
import { type DType, elementCount, type HostTensor, type Shape, tensor } from "../tensor/index.js";
import { convertible, convertLayout } from "./layouts.js";
import type { OnnxInitializer, OnnxModel, OnnxNode, OnnxValueInfo } from "./onnx-model.js";

export const OPSET = 21;

export interface LowerOptions {
  readonly name?: string;
  readonly target?: Target;
  /** Picks among the lowerings that apply; default: the first, standard one. */
  readonly choose?: (node: Node, candidates: readonly Lowering[]) => Lowering;
  /** Gives the first dimension of these inputs (and of outputs whose batch follows) a symbolic name. */
  readonly symbolicBatch?: {
    readonly name: string;
    readonly inputs: readonly string[];
    readonly outputs: readonly string[];
  };
  readonly metadata?: Readonly<Record<string, string>>;
  /** Inputs that are fixed now: they become initializers, which the runtime may fold and reorder. */
  readonly bind?: Readonly<Record<string, HostTensor>>;
  /** Layouts of inputs that are not fed plainly (state that the engine packs itself), by input name. */
  readonly inputLayouts?: Readonly<Record<string, Layout>>;
  /** Layouts of outputs that are not wanted plainly, by output name. */
  readonly outputLayouts?: Readonly<Record<string, Layout>>;
  /** Outputs that may come in another shape of as many elements, where that saves a copy. */
  readonly anyShape?: readonly string[];
  /** Outputs become scalars (their largest element), in whatever layout they are: for timing, where copying results would drown it. */
  readonly reduceOutputs?: boolean;
}

/** The op name under which layout changes are named in a model, and so in a profile. */
export const LAYOUT = "Layout";

/** The phase under which nodes inside loops are named: their time is part of the loop's. */
export const INNER = "inner";

/**
 * The lowerings of a node that a target can run, the standard one first.
 *
 * @example
 * applicableLowerings(relu(x).node, standardTarget).length // 1
 */
export const applicableLowerings = (node: Node, target: Target): Lowering[] =>
  node.op.lowerings.filter((l) => l.applies?.(node, target) ?? true);

class OnnxEmitter implements Emitter {
  private nodes: OnnxNode[] = [];
  readonly initializers: OnnxInitializer[] = [];
  readonly domains = new Set<string>();
  opset = OPSET;
  private readonly places = new Map<Value, Map<Layout, string>>();
  private readonly constants = new Map<string, string>();
  private readonly identities = new Map<HostTensor, string>();
  private readonly views = new Map<string, { readonly name: string; readonly shape: Shape }>();
  private readonly made = new Set<string>();
  private readonly renamed = new Map<string, string>();
  private count = 0;
  private prefix = "";

  constructor(readonly target: Target) {}

  /** Names of nodes emitted from here on begin with the phase, layer and op they belong to. */
  enter(node: Node): void {
    this.prefix = `${node.phase}|${node.path}|${node.op.kind}`;
  }

  use(value: Value, layout: Layout = "plain"): string {
    const places = this.places.get(value);
    assert(places, `${value.node.op.kind} is used before it is lowered`);
    const known = places.get(layout);
    if (known !== undefined) return known;
    const direct = [...places].find(([from]) => convertible(from, layout));
    // Two steps where there is no single one: through plain, which later readers may want as well.
    if (!direct) this.use(value);
    const [from, name] = direct ?? ["plain" as const, places.get("plain")!];
    const outer = this.prefix;
    const { phase, path } = value.node;
    this.prefix = `${phase}|${path}|${LAYOUT}`;
    const converted = convertLayout(this, value, name, from, layout);
    this.prefix = outer;
    places.set(layout, converted);
    return converted;
  }

  layoutOf(value: Value): Layout {
    const places = this.places.get(value);
    assert(places, `${value.node.op.kind} is used before it is lowered`);
    return [...places.keys()][0]!;
  }

  has(value: Value, layout: Layout): boolean {
    return this.places.get(value)?.has(layout) ?? false;
  }

  define(value: Value, name: string, layout: Layout = "plain"): void {
    const places = this.places.get(value) ?? new Map<Layout, string>();
    places.set(layout, name);
    this.places.set(value, places);
  }

  emit(opType: string, inputs: readonly string[], options: EmitOptions = {}): string {
    return this.emitMany(opType, inputs, 1, options)[0]!;
  }

  emitMany(
    opType: string,
    inputs: readonly string[],
    outputs: number,
    options: EmitOptions = {},
  ): string[] {
    const { attrs = {}, domain = "", opset = OPSET } = options;
    this.opset = Math.max(this.opset, opset);
    if (domain) this.domains.add(domain);
    const id = this.count++;
    const names = Array.from({ length: outputs }, (_, i) =>
      outputs === 1 ? `v${id}` : `v${id}_${i}`,
    );
    for (const made of names) this.made.add(made);
    this.nodes.push({
      opType,
      domain,
      name: `${this.prefix}|${id}`,
      inputs,
      outputs: names,
      attrs,
    });
    return names;
  }

  scan(
    inputs: readonly string[],
    { tile, results, dtype }: ScanTypes,
    body: (rows: readonly string[]) => readonly string[],
  ): readonly string[] {
    const [outer, prefix] = [this.nodes, this.prefix];
    const rows = inputs.map(() => `v${this.count++}`);
    this.nodes = [];
    this.prefix = `${INNER}||`;
    const made = body(rows);
    const subgraph: OnnxSubgraph = {
      body: this.nodes,
      inputs: rows.map((name) => ({ name, dtype, shape: tile })),
      outputs: made.map((name, i) => ({ name, dtype, shape: results[i]! })),
    };
    this.nodes = outer;
    this.prefix = prefix;
    const attrs = { body: subgraph, num_scan_inputs: inputs.length };
    return this.emitMany("Scan", inputs, results.length, { attrs });
  }

  view(name: string, from: Shape, to: Shape): string {
    const seen = this.emit("Reshape", [name, this.ints(to)]);
    this.views.set(seen, { name, shape: from });
    return seen;
  }

  /** What `name` is a view of, if it is one. */
  viewed(name: string): { readonly name: string; readonly shape: Shape } | undefined {
    return this.views.get(name);
  }

  constant(value: HostTensor): string {
    const seen = this.identities.get(value);
    if (seen !== undefined) return seen;
    // Small tensors are compared by content, large ones only by identity.
    const key =
      value.data.length <= 64
        ? `${value.dtype}[${value.shape}](${Array.from(value.data as Iterable<unknown>, (v) => (Object.is(v, -0) ? "-0" : v))})`
        : undefined;
    const known = key === undefined ? undefined : this.constants.get(key);
    const name = known ?? `c${this.count++}`;
    if (known === undefined) this.initializers.push({ name, tensor: value });
    if (key !== undefined) this.constants.set(key, name);
    this.identities.set(value, name);
    return name;
  }

  /** What is emitted from here on belongs to no layer. */
  enterOutputs(): void {
    this.prefix = "forward||Output";
  }

  /** Gives a value the name of a model output: its maker writes it there, unless it has a name that must stay. */
  give(as: string, name: string): void {
    if (this.made.has(name) && !this.renamed.has(name)) {
      this.renamed.set(name, as);
      return;
    }
    // An input, an initializer, or an output already: a copy is unavoidable.
    this.enterOutputs();
    const from = this.renamed.get(name) ?? name;
    this.renamed.set(this.emit("Identity", [from]), as);
  }

  /** The nodes, with outputs under their final names. */
  namedNodes(): OnnxNode[] {
    const final = (name: string) => this.renamed.get(name) ?? name;
    const inside = (value: OnnxAttribute): OnnxAttribute =>
      typeof value === "object" && "body" in value
        ? { ...value, body: value.body.map(rename) }
        : value;
    const rename = (n: OnnxNode): OnnxNode => ({
      ...n,
      inputs: n.inputs.map(final),
      outputs: n.outputs.map(final),
      attrs: Object.fromEntries(Object.entries(n.attrs).map(([name, v]) => [name, inside(v)])),
    });
    return this.nodes.map(rename);
  }

  ints(values: readonly number[]): string {
    return this.constant(tensor("int64", [values.length], values));
  }

  scalar(dtype: DType, value: number): string {
    return this.constant(tensor(dtype, [], [value]));
  }
}

/** Names that a node reads, inside its body too. */
const namesRead = ({ inputs, attrs }: OnnxNode): string[] => [
  ...inputs,
  ...Object.values(attrs).flatMap((v) =>
    typeof v === "object" && "body" in v ? v.body.flatMap(namesRead) : [],
  ),
];

/** Without nodes that nobody reads, such as views that were seen through: the runtime would run them, and keep what they view. */
function withoutUnread(nodes: readonly OnnxNode[], outputs: readonly OnnxValueInfo[]): OnnxNode[] {
  const read = new Set(outputs.map((o) => o.name));
  const kept = nodes.toReversed().filter((node) => {
    const needed = node.outputs.some((name) => read.has(name));
    if (needed) for (const name of namesRead(node)) read.add(name);
    return needed;
  });
  return kept.toReversed();
}

/**
 * The ONNX model of a graph. Nodes are named `phase|layer path|op|number`, which profiles group by.
 *
 * @example
 * lowerGraph(buildGraph({ y: add(input("x", [2]), 1) })).nodes.map((n) => n.opType) // ["Add"]
 */
export function lowerGraph(graph: Graph, options: LowerOptions = {}): OnnxModel {
  const {
    name = "frugal",
    target = standardTarget,
    choose,
    symbolicBatch,
    metadata = {},
    bind = {},
    inputLayouts = {},
    outputLayouts = {},
    anyShape = [],
    reduceOutputs = false,
  } = options;
  const e = new OnnxEmitter(target);
  const bound = (value: Value) => (isInput(value) ? bind[inputName(value)] : undefined);
  for (const node of graph.nodes) {
    e.enter(node);
    const fixed = node.outputs[0] && bound(node.outputs[0]);
    if (fixed) {
      e.define(node.outputs[0]!, e.constant(fixed));
      continue;
    }
    if (node.outputs[0] && isInput(node.outputs[0])) {
      const as = inputName(node.outputs[0]);
      e.define(node.outputs[0], as, inputLayouts[as]);
      continue;
    }
    // Nothing to compute, and kernels that divide by a length would take the process down (TopK of no rows does).
    if (node.outputs.every((v) => elementCount(v.shape) === 0)) {
      for (const v of node.outputs) e.define(v, e.constant(tensor(v.dtype, v.shape, [])));
      continue;
    }
    const candidates = applicableLowerings(node, target);
    const lowering = candidates.length > 1 && choose ? choose(node, candidates) : candidates[0]!;
    lowering.emit(node, e);
  }

  const info = (value: Value, as: string, symbolic: boolean | undefined): OnnxValueInfo => ({
    name: as,
    dtype: value.dtype,
    shape: symbolic ? [symbolicBatch!.name, ...value.shape.slice(1)] : value.shape,
  });
  const outputs = Object.entries(graph.outputs).map(([as, value]) => {
    if (reduceOutputs) {
      const packed = e.use(value, outputLayouts[as] ?? e.layoutOf(value));
      e.enterOutputs();
      e.give(as, e.emit("ReduceMax", [packed], { attrs: { keepdims: 0 } }));
      return { name: as, dtype: value.dtype, shape: [] };
    }
    const name = e.use(value, outputLayouts[as]);
    const source = anyShape.includes(as) ? e.viewed(name) : undefined;
    e.give(as, source?.name ?? name);
    const declared = info(value, as, symbolicBatch?.outputs.includes(as));
    return source ? { ...declared, shape: source.shape } : declared;
  });
  return {
    name,
    nodes: withoutUnread(e.namedNodes(), outputs),
    inputs: graph.inputs
      .filter((v) => !bound(v))
      .map((v) => info(v, inputName(v), symbolicBatch?.inputs.includes(inputName(v)))),
    outputs,
    initializers: e.initializers,
    opsets: { "": e.opset, ...Object.fromEntries([...e.domains].map((d) => [d, 1])) },
    metadata,
  };
}
