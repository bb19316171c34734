/** Walks an ONNX graph once: every value's type and shape, every node's work; functions inlined, bodies entered. */

import { UserError } from "../../base/index.js";
import {
  functionKey,
  type OnnxFile,
  type OnnxFileAttribute,
  type OnnxFileFunction,
  type OnnxFileGraph,
  type OnnxFileNode,
} from "../../formats/index.js";
import type { Phase } from "../../graph/index.js";
import { type Bindings, BoundDimensions } from "./bindings.js";
import { runControl } from "./control.js";
import { bytesOfInfo, type Info, tensorInfo } from "./info.js";
import { NodeView } from "./node-view.js";
import { inOrder } from "./order.js";
import { pathOf, phaseOf } from "./paths.js";
import { findRule, hasBodies } from "./registry.js";
import { assignRole, constantRoot, fedWeight, storedValue } from "./roots.js";
import { isView, type OpRule } from "./rule.js";
import { type Counted, countWork, foldOutput, inferOutputs } from "./run-rule.js";
import { Scope } from "./scope.js";
import type { Role, Root, Value } from "./value.js";
import type { NodeWork } from "./work.js";

export type Status =
  /** Counted. */
  | "priced"
  /** Nothing is computed: data are moved or looked at, or the result is known beforehand. */
  | "zero"
  /** Cannot be counted; `reason` says why. */
  | "unknown";

/** One node that was looked at. */
export interface Step {
  readonly kind: string;
  readonly path: string;
  readonly phase: Phase;
  /** The node as its rule sees it. */
  readonly view: NodeView;
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly work: NodeWork;
  readonly status: Status;
  readonly reason?: string;
  readonly rule?: OpRule;
  /** Bodies that it runs, and how often. */
  readonly bodies: readonly Body[];
}

export interface Body {
  readonly run: GraphRun;
  readonly times: number;
}

export interface GraphRun {
  readonly steps: readonly Step[];
  readonly outputs: readonly Value[];
  /** Values of the graphs around it that it reads. */
  readonly captured: readonly Value[];
}

export interface AnalyseOptions extends Bindings {
  /** Number of trips of loops whose end depends on data, by node name or by the name of their first output. */
  readonly trips?: Readonly<Record<string, number>>;
  /** Names of inputs that hold trained weights, where weights are fed instead of stored. */
  readonly parameters?: readonly string[];
  /** What stored tensors are that the file says nothing of; default: what operators take them for. */
  readonly stored?: Role;
  /** Names of inputs that hold statistics or other state that is not trained. */
  readonly buffers?: readonly string[];
}

export interface Analysis extends GraphRun {
  readonly inputs: ReadonlyMap<string, Value>;
  readonly outputNames: readonly string[];
  readonly roots: readonly Root[];
  /** What was taken for granted: loops, branches. */
  readonly assumptions: readonly string[];
}

/** More nodes than this after inlining and unrolling: a file that multiplies itself. */
const MOST_STEPS = 1 << 18;
const DEEPEST_CALL = 64;

/** What surrounds a node: file, function, path. */
export interface Surroundings {
  readonly opsets: ReadonlyMap<string, number>;
  readonly references: ReadonlyMap<string, OnnxFileAttribute>;
  readonly path: string;
  readonly depth: number;
}

export class Analyser {
  readonly assumptions = new Set<string>();
  readonly roots: Root[] = [];
  readonly dimensions: BoundDimensions;
  private readonly sizes = new Map<OnnxFileFunction, number>();
  private steps = 0;

  constructor(
    readonly file: OnnxFile,
    readonly options: AnalyseOptions,
  ) {
    this.dimensions = new BoundDimensions(options);
  }

  /** A new value in memory of its own. */
  activation(info: Info, more: Partial<Value> = {}): Value {
    return {
      info,
      stored: false,
      storage: { bytes: bytesOfInfo(info), kind: "activation" },
      ...more,
    };
  }

  addStored(graph: OnnxFileGraph, scope: Scope): void {
    for (const t of graph.initializers) {
      const value = storedValue(t, graph.values.get(t.name), this.options.stored);
      if (value.root) this.roots.push(value.root);
      scope.set(t.name, value);
    }
  }

  /** Runs a body or the graph itself; its inputs are in `scope` already. */
  runGraph(graph: OnnxFileGraph, scope: Scope, around: Surroundings): GraphRun {
    this.addStored(graph, scope);
    const steps: Step[] = [];
    this.runNodes(graph.nodes, { scope, around, steps, declared: graph });
    const outputs = graph.outputs.map(({ name }) => this.read(scope, name, "the graph's outputs"));
    return { steps, outputs, captured: [...scope.captured] };
  }

  private read(scope: Scope, name: string, wantedBy: string): Value {
    const value = scope.get(name);
    if (value) return value;
    throw new UserError("E_ONNX", `"${name}" is read but nothing computes or stores it`, {
      where: wantedBy,
      next: "check that the file is complete: `python -m onnx.checker FILE` says more",
    });
  }

  private runNodes(
    nodes: readonly OnnxFileNode[],
    frame: {
      readonly scope: Scope;
      readonly around: Surroundings;
      readonly steps: Step[];
      readonly declared: OnnxFileGraph | undefined;
    },
  ): void {
    const { scope, around, steps, declared } = frame;
    for (const node of inOrder(nodes, around.path || "the graph")) {
      const inputs = node.inputs.map((name) =>
        name === "" ? undefined : this.read(scope, name, `${node.opType} ${node.name}`.trim()),
      );
      this.steps++;
      this.requireRoom(0, around.path || node.opType);
      const called = this.file.functions.get(functionKey(node.domain, node.opType, node.overload));
      const outputs = called
        ? this.call(called, { node, inputs, around, steps })
        : this.runNode(node, inputs, frame);
      node.outputs.forEach((name, i) => {
        if (name === "") return;
        scope.set(name, outputs[i] ?? this.activation(this.declaredInfo(declared, name)));
      });
    }
  }

  /** What the file says of a value that could not be inferred. */
  private declaredInfo(graph: OnnxFileGraph | undefined, name: string): Info {
    const declared =
      graph?.values.get(name) ?? graph?.outputs.find((output) => output.name === name);
    return declared ? this.dimensions.info(declared.type) : tensorInfo("undefined", undefined);
  }

  private requireRoom(more: number, where: string): void {
    if (this.steps + more <= MOST_STEPS) return;
    throw new UserError("E_ONNX", `more than ${MOST_STEPS} nodes once functions are inlined`, {
      where,
    });
  }

  /** Number of nodes that a call stands for: known before any is looked at. */
  private sizeOf(called: OnnxFileFunction, depth: number): number {
    const known = this.sizes.get(called);
    if (known !== undefined) return known;
    if (depth >= DEEPEST_CALL) {
      throw new UserError("E_ONNX", `functions call each other ${DEEPEST_CALL} levels deep`, {
        where: `function ${called.name}`,
      });
    }
    const size = called.nodes.reduce((sum, n) => {
      const inner = this.file.functions.get(functionKey(n.domain, n.opType, n.overload));
      return sum + (inner ? this.sizeOf(inner, depth + 1) : 1);
    }, 0);
    this.sizes.set(called, size);
    return size;
  }

  /** A function of the file, as if its nodes stood in the graph. */
  private call(
    called: OnnxFileFunction,
    site: {
      readonly node: OnnxFileNode;
      readonly inputs: readonly (Value | undefined)[];
      readonly around: Surroundings;
      readonly steps: Step[];
    },
  ): readonly Value[] {
    const { node, inputs, around, steps } = site;
    this.requireRoom(this.sizeOf(called, 0), around.path || node.opType);
    const scope = new Scope();
    called.inputs.forEach((name, i) => {
      const value = inputs[i];
      if (value) scope.set(name, value);
      // An optional input that the call leaves out is absent inside, too.
      else scope.set(name, this.activation({ kind: "opaque", type: "absent" }));
    });
    const references = new Map<string, OnnxFileAttribute>(called.defaults);
    for (const [name, a] of node.attributes) {
      const value = a.kind === "reference" ? around.references.get(a.value) : a;
      if (value) references.set(name, value);
    }
    const opsets = called.opsets.size > 0 ? called.opsets : around.opsets;
    const path = pathOf(node, around.path);
    const inner = { opsets, references, path, depth: around.depth + 1 };
    this.runNodes(called.nodes, { scope, around: inner, steps, declared: undefined });
    return called.outputs.map((name) => this.read(scope, name, `function ${called.name}`));
  }

  private runNode(
    node: OnnxFileNode,
    given: readonly (Value | undefined)[],
    frame: {
      readonly scope: Scope;
      readonly around: Surroundings;
      readonly steps: Step[];
      readonly declared: OnnxFileGraph | undefined;
    },
  ): readonly (Value | undefined)[] {
    const { around, steps, declared, scope } = frame;
    const isAbsent = (v: Value | undefined) =>
      v?.info.kind === "opaque" && v.info.type === "absent";
    const inputs = given.map((v) => (isAbsent(v) ? undefined : v));
    const version = around.opsets.get(node.domain) ?? (node.domain === "" ? 1 : 0);
    const view = new NodeView(node, inputs, { version, references: around.references });
    const kind = node.domain ? `${node.domain}.${node.opType}` : node.opType;
    const path = pathOf(node, around.path);
    const step = { kind, path, phase: phaseOf(node), view, inputs };
    if (hasBodies(node.domain, node.opType)) {
      const result = runControl(this, view, { scope, around: { ...around, path } });
      const { infos, bodies, reason } = result;
      const outputs = infos.map((info) => this.activation(info));
      const status = reason ? "unknown" : "zero";
      steps.push({ ...step, outputs, work: {}, status, bodies, ...(reason ? { reason } : {}) });
      return outputs;
    }
    const rule = findRule(node.domain, node.opType);
    const { infos, reason: open } = rule
      ? inferOutputs(rule, view)
      : { infos: [], reason: `no rule for operator ${kind}` };
    const outputs: Value[] = node.outputs.map((name, i) => {
      const found = infos[i];
      const info =
        found && (found.kind !== "tensor" || found.shape)
          ? found
          : this.declaredInfo(declared, name);
      return this.output(view, { info, index: i, name, ...(rule ? { rule } : {}) });
    });
    view.outputs = outputs.map((o) => o.info);
    const counted: Counted =
      rule && open === undefined ? countWork(rule, view) : { reason: open ?? "" };
    const { reason } = counted;
    const first = outputs[0];
    const isFolded =
      first?.stored && first.info.kind === "tensor" && first.info.values !== undefined;
    for (const [index, role] of Object.entries(rule?.roles ?? {})) {
      assignRole(inputs[Number(index)], role);
    }
    const idle = !rule?.work || (counted.work && Object.keys(counted.work).length === 0);
    const zero = isFolded || (rule && idle && open === undefined);
    steps.push({
      ...step,
      outputs,
      work: isFolded || reason ? {} : (counted.work ?? {}),
      status: zero ? "zero" : reason ? "unknown" : "priced",
      ...(reason && !zero ? { reason } : {}),
      ...(rule ? { rule } : {}),
      bodies: [],
    });
    return outputs;
  }

  /** The value of an output: where it lies, whether it is still a stored tensor, which elements are known. */
  private output(
    view: NodeView,
    made: {
      readonly info: Info;
      readonly index: number;
      readonly name: string;
      readonly rule?: OpRule;
    },
  ): Value {
    const { info, index, name, rule } = made;
    const { node, inputs } = view;
    const first = inputs[0];
    const isShape = node.opType === "Shape" || node.opType === "Size";
    const random = node.opType.startsWith("Random") || node.opType === "Bernoulli";
    const stored =
      !random &&
      (isShape || inputs.every((v, i) => v === undefined || v.stored || i === rule?.typeInput));
    view.outputs = [info];
    const values = index === 0 && rule ? foldOutput(rule, view, info) : undefined;
    const known = values && info.kind === "tensor" ? { ...info, values } : info;
    const shares = index === 0 && isView(rule, view) && first;
    const bytes = bytesOfInfo(known);
    const linear =
      node.opType === "MatMul" || (isView(rule, view) && first?.origin?.linear === true);
    const value: Value = {
      info: known,
      stored,
      storage: shares ? first.storage : { bytes, kind: stored ? "stored" : "activation" },
      origin: { opType: node.opType, from: first, linear },
    };
    const root = index === 0 && rule?.keeps ? first?.root : undefined;
    if (root) return { ...value, root };
    const makesConstant = node.opType === "Constant" || node.opType === "ConstantOfShape";
    if (!stored || !makesConstant) return value;
    const tensor = node.opType === "Constant" ? view.tensorAttribute("value") : undefined;
    const constant = constantRoot(name, value, tensor);
    this.roots.push(constant);
    return { ...value, root: constant };
  }
}

/**
 * Types, shapes and work of every node of a file.
 *
 * @throws UserError E_ONNX where the file contradicts itself, E_SHAPE where dimensions are open or bound wrongly.
 * @example
 * const x = input("x", [1, 784]);
 * const file = encodeOnnx(lowerGraph(buildGraph({ y: matmul(x, input("w", [784, 10])) })));
 * analyse(decodeOnnx(file)).steps.length // 1
 */
export function analyse(file: OnnxFile, options: AnalyseOptions = {}): Analysis {
  const analyser = new Analyser(file, options);
  const { graph } = file;
  const stored = new Set(graph.initializers.map((t) => t.name));
  // Before IR version 4 initialisers were declared as inputs too.
  const open = graph.inputs.filter((v) => !stored.has(v.name));
  analyser.dimensions.readInputs(open);
  const scope = new Scope();
  const inputs = new Map<string, Value>();
  const fed = new Map<string, Role>([
    ...(options.buffers ?? []).map((name): [string, Role] => [name, "buffer"]),
    ...(options.parameters ?? []).map((name): [string, Role] => [name, "parameter"]),
  ]);
  for (const [name, info] of analyser.dimensions.inputInfos(open)) {
    const role = fed.get(name);
    if (role) {
      const value = fedWeight(name, info, role);
      if (value.root) analyser.roots.push(value.root);
      scope.set(name, value);
      continue;
    }
    const storage = { bytes: bytesOfInfo(info), kind: "input" as const };
    const value: Value = { info, stored: false, storage };
    inputs.set(name, value);
    scope.set(name, value);
  }
  const around = { opsets: file.opsets, references: new Map(), path: "", depth: 0 };
  const run = analyser.runGraph(graph, scope, around);
  return {
    ...run,
    inputs,
    outputNames: graph.outputs.map((o) => o.name),
    roots: analyser.roots,
    assumptions: [...analyser.assumptions],
  };
}
