/** Several turns of a graph in one: what one turn leaves behind is what the next one starts from. */

import { buildGraph, type Graph } from "../graph.js";
import { input, inputName } from "../leaves.js";
import type { Value } from "../types.js";
import { over } from "./rewrite.js";

/** An input that keeps its value from turn to turn; with `output`, the value that the turn makes for the next one. */
export interface Carried {
  readonly input: string;
  readonly output?: string;
}

/**
 * The name of an input or output of one turn of an unrolled graph, counted from 0.
 *
 * @example
 * turnName("loss", 2) // "loss@2"
 */
export const turnName = (name: string, turn: number): string => `${name}@${turn}`;

/**
 * `turns` turns of a graph, one after the other. Carried inputs are there once and carried outputs are those of the
 * last turn; every other input and output is there once a turn, under `turnName`.
 *
 * @example
 * const s = input("s", []);
 * const count = buildGraph({ next: add(s, input("step", [])), seen: mul(s, 2) });
 * const twice = unroll(count, 2, [{ input: "s", output: "next" }]);
 * Object.keys(twice.outputs) // ["seen@0", "next", "seen@1"]
 */
export function unroll(graph: Graph, turns: number, carried: readonly Carried[]): Graph {
  const kept = new Map(carried.map((c) => [c.input, c.output]));
  const passedOn = new Set(carried.flatMap((c) => c.output ?? []));
  const state = new Map<string, Value>();
  const inputs: Value[] = graph.inputs.filter((v) => kept.has(inputName(v)));
  const outputs: Record<string, Value> = {};
  for (let turn = 0; turn < turns; turn++) {
    const replaced = new Map<Value, Value>();
    const current = (v: Value): Value => replaced.get(v) ?? v;
    for (const v of graph.inputs) {
      const name = inputName(v);
      if (kept.has(name)) {
        replaced.set(v, state.get(name) ?? v);
        continue;
      }
      const own = input(turnName(name, turn), v.shape, v.dtype);
      inputs.push(own);
      replaced.set(v, own);
    }
    for (const node of graph.nodes) {
      over(node, node.inputs.map(current)).outputs.forEach((v, i) => {
        const old = node.outputs[i]!;
        if (v !== old) replaced.set(old, v);
      });
    }
    for (const [name, v] of Object.entries(graph.outputs)) {
      if (!passedOn.has(name)) outputs[turnName(name, turn)] = current(v);
      else if (turn === turns - 1) outputs[name] = current(v);
    }
    for (const [name, output] of kept) {
      if (output !== undefined) state.set(name, current(graph.outputs[output]!));
    }
  }
  return buildGraph(outputs, { inputs });
}
