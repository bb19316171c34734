/** An engine without a runtime: the reference interpreter behind the same interface, for tests and tiny models. */

import { UserError } from "../base/index.js";
import { type Graph, inputName } from "../graph/index.js";
import { fromHost, interpret, type RefTensor } from "../reference/index.js";
import { fromNumbers, type HostTensor, tensor } from "../tensor/index.js";
import { checkFeed, requireFeed, unknownState } from "./feeds.js";
import type { CompileOptions, Engine, Executable } from "./types.js";

const toHost = ({ dtype, shape, data }: RefTensor): HostTensor =>
  tensor(dtype, shape, fromNumbers(dtype, data));

const copy = (t: HostTensor): HostTensor =>
  tensor(t.dtype, t.shape, t.data.slice() as Float32Array);

function executable(graph: Graph, { state = [], frozen = {} }: CompileOptions): Executable {
  const inputs = new Map(graph.inputs.map((v) => [inputName(v), v]));
  const current = new Map(state.map((s) => [s.input, copy(s.initial)]));
  const check = (name: string, t: HostTensor) => {
    const declared = inputs.get(name);
    if (declared) checkFeed(declared, t);
  };
  for (const [name, t] of [...current, ...Object.entries(frozen)]) check(name, t);
  const fed = [...inputs.keys()].filter((name) => !current.has(name) && !(name in frozen));
  const next = new Map(state.flatMap((s) => (s.output ? [[s.output, s.input] as const] : [])));

  return {
    async run(feeds) {
      const values: Record<string, RefTensor> = {};
      for (const name of fed) {
        const given = requireFeed(feeds, name, fed);
        check(name, given);
        values[name] = fromHost(given);
      }
      for (const [name, t] of [...current, ...Object.entries(frozen)]) values[name] = fromHost(t);
      const results: Record<string, HostTensor> = {};
      for (const [name, value] of Object.entries(interpret(graph, values))) {
        const stateInput = next.get(name);
        // Rounded to its element type after every run, as a real engine's memory is.
        if (stateInput === undefined) results[name] = toHost(value);
        else current.set(stateInput, toHost(value));
      }
      return results;
    },
    readState: async () => Object.fromEntries([...current].map(([name, t]) => [name, copy(t)])),
    async writeState(values) {
      for (const [name, t] of Object.entries(values)) {
        if (!current.has(name)) throw unknownState(name, current.keys());
        check(name, t);
        current.set(name, copy(t));
      }
    },
    profile: async () => {
      throw new UserError("E_ENGINE", "the interpreter keeps no times", {
        next: "profile on the engine that you measure",
      });
    },
    dispose: async () => current.clear(),
  };
}

/**
 * Runs graphs node by node in double precision; results are rounded to their element types. Slow, and exact enough to
 * compare engines with.
 *
 * @example
 * const executable = await interpreterEngine().compile(buildGraph({ y: exp(input("x", [2])) }));
 */
export function interpreterEngine(): Engine {
  return {
    description: "reference interpreter, double precision",
    async compile(graph, options = {}) {
      if (options.symbolicBatch) {
        throw new UserError("E_ENGINE", "the interpreter runs a graph at its traced shapes only", {
          next: "trace the model at the batch size you need",
        });
      }
      return executable(graph, options);
    },
  };
}
