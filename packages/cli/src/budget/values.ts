/** Values of gates and costs at given parameters, by the interpreter: no session is worth its start for so little. */

import type { State } from "@frugal/core/adaptive";
import { assert } from "@frugal/core/base";
import { buildGraph, inputName, type Value } from "@frugal/core/graph";
import { fromHost, interpret } from "@frugal/core/reference";

export function valuesOf(
  values: Readonly<Record<string, Value>>,
  state: State,
): Record<string, number[]> {
  const graph = buildGraph(values);
  const feeds = Object.fromEntries(
    graph.inputs.map((value) => {
      const name = inputName(value);
      const host = state[name];
      assert(host, `the state has "${name}"`);
      return [name, fromHost(host)];
    }),
  );
  return Object.fromEntries(
    Object.entries(interpret(graph, feeds)).map(([name, t]) => [name, [...t.data]]),
  );
}
