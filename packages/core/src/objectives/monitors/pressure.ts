/** Gradient pressure: who pulls at a block of the network, the task or the costs, and how hard. */

import { gradients } from "../../autodiff/index.js";
import { UserError } from "../../base/index.js";
import { topologicalOrder, type Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";

export interface PressureOptions {
  /** Scalar. */
  readonly task: Value;
  /** Weighted terms by cost, as in `terms` of `computeObjective`: scalars. */
  readonly costs: Readonly<Record<string, Value>>;
  readonly parameters: readonly { readonly path: string; readonly value: Value }[];
  /** How many parts of a parameter's path name its block. Default 1: `layer1.0.conv1.weight` is of block `layer1`. */
  readonly depth?: number;
}

export interface GradientPressure {
  /** `pressure.<task or cost>/<block>`: the norm of a gradient over the parameters of a block. */
  readonly outputs: Readonly<Record<string, Value>>;
  readonly blocks: readonly string[];
}

const TASK = "task";
const outputName = (term: string, block: string) => `pressure.${term}/${block}`;

function blocksOf(parameters: PressureOptions["parameters"], depth: number) {
  const blocks = new Map<string, Value[]>();
  for (const { path, value } of parameters) {
    const parts = path.split(".");
    const block = parts.slice(0, Math.max(1, Math.min(depth, parts.length - 1))).join(".");
    const members = blocks.get(block);
    if (members) members.push(value);
    else blocks.set(block, [value]);
  }
  return blocks;
}

/** Norm of the gradients of one term over each block; 0 where no gradient gets to. */
function normsOf(term: Value, blocks: ReadonlyMap<string, readonly Value[]>): [string, Value][] {
  const nodes = new Set(topologicalOrder([term]));
  const read = [...blocks.values()].flat().filter((v) => nodes.has(v.node));
  const slopes = gradients(term, read, { unused: "zero" });
  const zero = f.mul(f.stopGradient(term), 0);
  return [...blocks].map(([block, members]) => {
    const squares = members.flatMap((v) => {
      const at = read.indexOf(v);
      return at < 0 ? [] : [f.reduceSum(f.square(slopes[at]!))];
    });
    return [block, squares.length > 0 ? f.sqrt(squares.reduce((a, b) => f.add(a, b))) : zero];
  });
}

/**
 * |d task / d block| beside |d term / d block| for every cost: norms of gradients, as values to be reported.
 *
 * Costs one backward pass for each term: build a graph of its own from the outputs and run it every few hundred steps.
 *
 * @throws UserError E_CONFIG for a cost named "task".
 * @example
 * const w = input("layer1.weight", []);
 * const pressure = gradientPressure({
 *   task: mul(w, 3),
 *   costs: { macs: mul(w, 4) },
 *   parameters: [{ path: "layer1.weight", value: w }],
 * });
 * Object.keys(pressure.outputs) // ["pressure.task/layer1", "pressure.macs/layer1"]
 */
export function gradientPressure(options: PressureOptions): GradientPressure {
  const { task, costs, parameters, depth = 1 } = options;
  if (TASK in costs) {
    throw new UserError("E_CONFIG", 'a cost is named "task"', { where: "objective.costs" });
  }
  const blocks = blocksOf(parameters, depth);
  const outputs = Object.entries({ [TASK]: task, ...costs }).flatMap(([name, term]) =>
    normsOf(term, blocks).map(([block, norm]) => [outputName(name, block), norm] as const),
  );
  return { outputs: Object.fromEntries(outputs), blocks: [...blocks.keys()] };
}

export interface PressureRow {
  readonly block: string;
  /** Norm of the task's gradient. */
  readonly task: number;
  /** Of each cost's term; ratio to the task's, Infinity where the task's is 0. */
  readonly costs: Readonly<Record<string, { readonly norm: number; readonly ratio: number }>>;
}

/**
 * The norms by block, from the numbers that the outputs of `gradientPressure` had; other numbers are passed over.
 *
 * @example
 * pressureRows({ "pressure.task/layer1": 2, "pressure.macs/layer1": 1, loss: 3 })
 * // [{ block: "layer1", task: 2, costs: { macs: { norm: 1, ratio: 0.5 } } }]
 */
export function pressureRows(values: Readonly<Record<string, number>>): PressureRow[] {
  const norms = new Map<string, Record<string, number>>();
  for (const [name, norm] of Object.entries(values)) {
    const match = /^pressure\.(.+?)\/(.+)$/.exec(name);
    if (!match) continue;
    const [, term, block] = match as unknown as [string, string, string];
    norms.set(block, { ...norms.get(block), [term]: norm });
  }
  return [...norms].map(([block, { [TASK]: task = 0, ...costs }]) => ({
    block,
    task,
    costs: Object.fromEntries(
      Object.entries(costs).map(([name, norm]) => [name, { norm, ratio: ratioOf(norm, task) }]),
    ),
  }));
}

const ratioOf = (norm: number, task: number): number =>
  norm === 0 ? 0 : task === 0 ? Number.POSITIVE_INFINITY : norm / task;
