/** One compiled graph over an ONNX Runtime session, whichever build of the runtime made it. */

import { assert } from "@frugal/core/base";
import {
  type CompileOptions,
  checkFeed,
  type Executable,
  type NodeTime,
  requireFeed,
  unknownState,
} from "@frugal/core/engine";
import { type Graph, inputName } from "@frugal/core/graph";
import { type HostTensor, tensor } from "@frugal/core/tensor";
import type { InferenceSession, Tensor, TypedTensor } from "onnxruntime-common";
import { createStateStore, type StateLayouts } from "./state.js";

/** What both builds of the runtime (native and web) offer. */
export interface Runtime {
  readonly Tensor: new (
    type: Tensor.Type,
    data: Tensor.DataType,
    dims: readonly number[],
  ) => TypedTensor<Tensor.Type>;
}

export interface SessionParts {
  readonly runtime: Runtime;
  readonly session: InferenceSession;
  readonly layouts: StateLayouts;
  /** Ends profiling and gives the times. */
  readProfile(): NodeTime[];
}

const fromTensor = (t: Tensor): HostTensor =>
  tensor(t.type as "float32", t.dims, t.data as Float32Array);

/** Wraps a session: checks feeds against the graph, and keeps its state. */
export function executableOf(
  graph: Graph,
  options: CompileOptions,
  { runtime, session, layouts, readProfile }: SessionParts,
): Executable {
  const { state = [], frozen = {}, symbolicBatch } = options;
  const symbolic = new Set(symbolicBatch?.inputs ?? []);
  const types = new Map(graph.inputs.map((v) => [inputName(v), v]));
  const toTensor = (t: HostTensor): Tensor =>
    new runtime.Tensor(t.dtype, t.data as Tensor.DataType, t.shape) as Tensor;

  function check(name: string, given: HostTensor): void {
    const declared = types.get(name);
    assert(declared, `no graph input ${name}`);
    checkFeed(declared, given, { anyBatch: symbolic.has(name) });
  }

  // State that the graph never reads has no place in the session, but is still read back as it was given.
  const unread = new Map(state.filter((s) => !types.has(s.input)).map((s) => [s.input, s.initial]));
  const read = state.filter((s) => types.has(s.input));
  for (const { input, initial } of read) check(input, initial);
  const store = createStateStore(read, layouts, toTensor);
  const stateOutputs = new Set(state.map((s) => s.output));
  const results = Object.keys(graph.outputs).filter((name) => !stateOutputs.has(name));
  const stateInputs = new Set(state.map((s) => s.input));
  const data = [...types.keys()].filter((name) => !stateInputs.has(name) && !(name in frozen));

  return {
    async run(feeds) {
      const inputs: Record<string, Tensor> = {};
      const fetches: Record<string, Tensor | null> = {};
      for (const name of data) {
        const given = requireFeed(feeds, name, data);
        check(name, given);
        inputs[name] = toTensor(given);
      }
      for (const name of results) fetches[name] = null;
      store.attach(inputs, fetches);
      const fetched = await session.run(inputs, fetches as InferenceSession.FetchesType);
      store.swap();
      return Object.fromEntries(results.map((name) => [name, fromTensor(fetched[name] as Tensor)]));
    },

    readState: async () => ({ ...Object.fromEntries(unread), ...store.read() }),

    async writeState(values) {
      for (const [name, value] of Object.entries(values)) {
        if (!stateInputs.has(name)) throw unknownState(name, stateInputs);
        if (unread.has(name)) {
          unread.set(name, value);
          continue;
        }
        check(name, value);
        store.write(name, value);
      }
    },

    profile: async () => readProfile(),
    dispose: () => session.release(),
  };
}
