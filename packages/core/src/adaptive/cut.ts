/** Cuts a network at its exits into stages that run one after the other, each only for those who are still there. */

import { type Macs, macs, UserError } from "../base/index.js";
import { ledgerOf } from "../costs/index.js";
import {
  buildGraph,
  createNode,
  type Graph,
  input,
  inputName,
  isInput,
  type Node,
  type Value,
  withOrigin,
} from "../graph/index.js";
import { formatShape } from "../tensor/index.js";
import { stageNodes } from "./costs.js";
import { exitOutputs, hazardName, logitsName, type TracedExits } from "./trace-exits.js";

/** One stage: plain description beside its graph, as an exported bundle lists it. */
export interface Stage {
  /** Name of the exit it ends at. */
  readonly name: string;
  readonly graph: Graph;
  /** Per-sample tensors it reads: "input", or what earlier stages carry over. */
  readonly reads: readonly string[];
  /** Per-sample tensors that later stages read. */
  readonly carries: readonly string[];
  readonly logits: string;
  /** Absent where the exit has no gate. */
  readonly hazard?: string;
  /** Of this stage alone, per sample, counted on its own graph. */
  readonly macs: Macs;
}

/** Values that depend on the sample; everything else (weights and what is made of them) belongs to every stage that uses it. */
function perSampleValues(nodes: readonly Node[], source: Value): Set<Value> {
  const found = new Set<Value>([source]);
  for (const node of nodes) {
    if (node.inputs.some((v) => found.has(v))) for (const out of node.outputs) found.add(out);
  }
  return found;
}

/** The same nodes reading other inputs; what is not affected is shared, not copied. */
function rebuild(outputs: readonly Value[], replacements: ReadonlyMap<Value, Value>): Value[] {
  const built = new Map<Value, Value>(replacements);
  const visit = (root: Value): Value => {
    // Iterative: deep networks are deeper than the call stack.
    const stack: Value[] = [root];
    while (stack.length > 0) {
      const value = stack[stack.length - 1]!;
      if (built.has(value)) {
        stack.pop();
        continue;
      }
      const { node } = value;
      const waiting = node.inputs.filter((v) => !built.has(v));
      if (waiting.length > 0) {
        stack.push(...waiting);
        continue;
      }
      const inputs = node.inputs.map((v) => built.get(v)!);
      const same = inputs.every((v, i) => v === node.inputs[i]);
      const results = same
        ? node.outputs
        : withOrigin({ path: node.path, phase: node.phase }, () =>
            createNode(node.op, inputs, node.attrs),
          );
      node.outputs.forEach((v, i) => {
        built.set(v, results[i]!);
      });
      stack.pop();
    }
    return built.get(root)!;
  };
  return outputs.map(visit);
}

/**
 * The stages of a network traced for inference (`forInference(traced, n)`): stage k computes what exit k needs and no
 * earlier stage has computed. Works by reachability alone, so any connection across a cut, skip connections included,
 * becomes a carried tensor.
 *
 * @throws UserError E_GRAPH if the network was traced for training, or a tensor that crosses a cut mixes samples.
 * @example
 * cutStages(forInference(traced, 8)).map((s) => [s.name, s.reads, s.carries])
 * // [["hidden0", ["input"], ["carry.0"]], ["final", ["carry.0"], []]]
 */
export function cutStages(traced: TracedExits): Stage[] {
  const { batchSize, training } = traced.options;
  if (training) {
    throw new UserError("E_GRAPH", "a network traced for training cannot be cut into stages", {
      next: "trace it with forInference(traced, batchSize)",
    });
  }
  const parts = stageNodes(traced.exits);
  const perSample = perSampleValues(parts.flat(), traced.input);
  const stageOf = new Map<Node, number>();
  parts.forEach((nodes, k) => {
    for (const node of nodes) stageOf.set(node, k);
  });
  const isOwn = (v: Value, k: number) => stageOf.get(v.node) === k;
  // In the order in which stages first make and first need them, so names are stable.
  const carried = new Map<Value, string>();
  parts.forEach((nodes, k) => {
    const { logits, hazard } = traced.exits[k]!;
    const used = [...nodes.flatMap((n) => n.inputs), logits, ...(hazard ? [hazard] : [])];
    for (const v of used) {
      if (!perSample.has(v) || isOwn(v, k) || carried.has(v)) continue;
      if (v === traced.input) continue;
      if (v.shape[0] !== batchSize) {
        throw new UserError(
          "E_GRAPH",
          `a tensor of shape ${formatShape(v.shape)} crosses the exit before "${traced.exits[k]!.name}"`,
          {
            where: `${v.node.op.kind} in ${v.node.path || "the model"}`,
            allowed: `tensors whose first axis is the batch (${batchSize})`,
            next: "keep one row per sample at this place, or put the exit elsewhere",
          },
        );
      }
      carried.set(v, `carry.${carried.size}`);
    }
  });

  return parts.map((nodes, k) => {
    const exit = traced.exits[k]!;
    const replacements = new Map<Value, Value>();
    for (const v of [...nodes.flatMap((n) => n.inputs), ...Object.values(exitOutputs(exit))]) {
      const name = carried.get(v);
      if (name !== undefined && !isOwn(v, k) && !replacements.has(v)) {
        replacements.set(v, input(name, v.shape, v.dtype));
      }
    }
    const outputs: Record<string, Value> = exitOutputs(exit);
    for (const [v, name] of carried) if (isOwn(v, k)) outputs[name] = v;
    const names = Object.keys(outputs);
    const rebuilt = rebuild(Object.values(outputs), replacements);
    const graph = buildGraph(Object.fromEntries(names.map((name, i) => [name, rebuilt[i]!])));
    const fed = new Set<Value>([traced.input, ...replacements.values()]);
    return {
      name: exit.name,
      graph,
      reads: graph.inputs.filter((v) => fed.has(v)).map(inputName),
      carries: [...carried].flatMap(([v, name]) => (isOwn(v, k) ? [name] : [])),
      logits: logitsName(exit.name),
      ...(exit.hazard ? { hazard: hazardName(exit.name) } : {}),
      macs: macs(ledgerOf(graph).total.macs / batchSize),
    };
  });
}

/**
 * Names of the inputs that are weights and buffers: all that are not fed per sample.
 *
 * @example
 * const [first] = cutStages(forInference(traced, 8));
 * stageState(first!).includes("hidden0.weight") // true
 */
export const stageState = ({ graph, reads }: Pick<Stage, "graph" | "reads">): string[] =>
  graph.inputs
    .filter(isInput)
    .map(inputName)
    .filter((name) => !reads.includes(name));
