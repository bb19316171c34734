/** The layers whose outputs a density is asked of: as a framework with hooks on its modules would see them. */

import { nearestName, UserError } from "../../base/index.js";
import { buildGraph, type LayerKind, type Node, type Value } from "../../graph/index.js";
import type { Traced } from "../../nn/index.js";

/** One call of a layer. */
export interface Leaf {
  /** Unique: the path of the layer with parameters there; of others there their kind below it, and a number. */
  readonly id: string;
  readonly path: string;
  readonly kind: LayerKind;
  /** What it makes: [batch, ...]. */
  readonly value: Value;
}

/** All layers; activation functions only; or those at or below these paths. */
export type LeafSelection = "all" | "activations" | { readonly paths: readonly string[] };

/** Who reads each value. */
export function readersOf(nodes: readonly Node[]): ReadonlyMap<Value, readonly Node[]> {
  const readers = new Map<Value, Node[]>();
  for (const node of nodes) {
    for (const v of new Set(node.inputs)) {
      const known = readers.get(v);
      if (known) known.push(node);
      else readers.set(v, [node]);
    }
  }
  return readers;
}

/** x * f(x), which graphs write as two: the product, if `gate` = f(x) is read by nothing else. */
function gatedBySelf(gate: Node, readers: ReadonlyMap<Value, readonly Node[]>): Value | undefined {
  const [x] = gate.inputs;
  const own = gate.outputs[0]!;
  const reading = readers.get(own) ?? [];
  const [product] = reading;
  const pair = reading.length === 1 && product!.inputs.length === 2;
  return pair && product!.inputs.includes(x!) && product!.op.kind === "Mul"
    ? product!.outputs[0]
    : undefined;
}

type Found = Omit<Leaf, "id">;

/** Whether a tensor has values of every sample; what is computed of parameters and statistics has not. */
export const isOfSamples = ({ shape }: Value, batch: number): boolean =>
  shape.length >= 2 && shape[0]! > 0 && shape[0]! % batch === 0;

function findLeaves(output: Value): readonly Found[] {
  const { nodes } = buildGraph({ output });
  const readers = readersOf(nodes);
  const found: Found[] = [];
  for (const node of nodes) {
    const kind = node.phase === "forward" ? node.op.layer?.(node) : undefined;
    if (!kind || !isOfSamples(node.outputs[0]!, output.shape[0]!)) continue;
    const gated = kind === "activation" ? gatedBySelf(node, readers) : undefined;
    const leaf = { path: node.path, kind, value: gated ?? node.outputs[0]! };
    const last = found.at(-1);
    // A normalisation of several steps is one layer, which ends with the last.
    const continued =
      kind === "norm" && last?.kind === "norm" && node.path !== "" && last.path === node.path;
    if (continued) found.pop();
    found.push(leaf);
  }
  return found;
}

/** Kinds that have parameters, which are what a path is named after. */
const trained: ReadonlySet<LayerKind> = new Set(["conv", "linear", "norm"]);

function named(found: readonly Found[]): readonly Leaf[] {
  const isAlone = ({ path, kind }: Found): boolean => {
    const own = found.filter((leaf) => leaf.path === path);
    return (
      own.length === 1 || (trained.has(kind) && own.filter((l) => trained.has(l.kind)).length === 1)
    );
  };
  const used = new Map<string, number>();
  return found.map((leaf) => {
    const { path, kind } = leaf;
    const base = path && isAlone(leaf) ? path : path ? `${path}.${kind}` : kind;
    const number = (used.get(base) ?? 0) + 1;
    used.set(base, number);
    return { ...leaf, id: number === 1 ? base : `${base}.${number}` };
  });
}

const isWithin = (path: string, prefix: string): boolean =>
  path === prefix || path.startsWith(`${prefix}.`);

function selected(leaves: readonly Leaf[], selection: LeafSelection): readonly Leaf[] {
  if (selection === "all") return leaves;
  if (selection === "activations") return leaves.filter((leaf) => leaf.kind === "activation");
  const missing = selection.paths.find((p) => !leaves.some((l) => isWithin(l.path, p)));
  if (missing !== undefined || selection.paths.length === 0) {
    const paths = leaves.map((l) => l.path);
    const nearest = nearestName(missing ?? "", paths);
    throw new UserError("E_CONFIG", `no layer lies at "${missing ?? ""}"`, {
      where: "objective.leaves",
      allowed: [...new Set(paths)].filter((path) => path !== "").join(", "),
      ...(nearest ? { next: `did you mean "${nearest}"?` } : {}),
    });
  }
  return leaves.filter((l) => selection.paths.some((p) => isWithin(l.path, p)));
}

/**
 * The outputs of a model's layers, one for each call, in order: convolutions, linear layers, normalisations, activation
 * functions, pooling and flattening. Dropout, residual sums and concatenations are none: hooks on modules, as in the
 * reference code of energy-aware training, leave dropout out and do not see functions.
 *
 * @throws UserError E_CONFIG where nothing is selected.
 * @example
 * const traced = traceModel(lenet(), { batchSize: 8, training: true });
 * leafOutputs(traced, "activations").map((leaf) => leaf.kind).length // 4
 */
export function leafOutputs(
  { output }: Pick<Traced, "output">,
  selection: LeafSelection = "all",
): readonly Leaf[] {
  const leaves = selected(named(findLeaves(output)), selection);
  if (leaves.length > 0) return leaves;
  throw new UserError("E_CONFIG", "the model has no such layer", {
    where: "objective.leaves",
    allowed: "all, activations, or paths of layers",
  });
}
