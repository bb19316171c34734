/** One compiled graph over an ONNX Runtime session, whichever build of the runtime made it. */

import { assert, UserError } from "@frugal/core/base";
import type { CompileOptions, Executable, Feeds, NodeTime } from "@frugal/core/engine";
import { describeType, type Graph, inputName } from "@frugal/core/graph";
import { allocate, elementCount, formatShape, type HostTensor, tensor } from "@frugal/core/tensor";
import type { InferenceSession, Tensor, TypedTensor } from "onnxruntime-common";

/** What both builds of the runtime (native and web) offer. */
export interface Runtime {
  readonly Tensor: new (
    type: Tensor.Type,
    data: Tensor.DataType,
    dims: readonly number[],
  ) => TypedTensor<Tensor.Type>;
}

interface StateSlot {
  readonly input: string;
  readonly output: string | undefined;
  /** Fed to the next run. */
  current: Tensor;
  /** Filled by the next run, then swapped with `current`. */
  spare: Tensor | undefined;
}

const toTensor = (runtime: Runtime, t: HostTensor): Tensor =>
  new runtime.Tensor(t.dtype, t.data as Tensor.DataType, t.shape) as Tensor;

const fromTensor = (t: Tensor): HostTensor =>
  tensor(t.type as "float32", t.dims, t.data as Float32Array);

/** Wraps a session: checks feeds against the graph, keeps state in two buffers that swap after every run. */
export function executableOf(
  runtime: Runtime,
  session: InferenceSession,
  graph: Graph,
  options: CompileOptions,
  readProfile: () => NodeTime[],
): Executable {
  const symbolic = new Set(options.symbolicBatch?.inputs ?? []);
  const bindings = new Map((options.state ?? []).map((s) => [s.input, s]));
  const types = new Map(graph.inputs.map((v) => [inputName(v), v]));
  const slots = new Map<string, StateSlot>();
  for (const { input, output, initial } of bindings.values()) {
    const declared = types.get(input);
    // State that the graph never reads needs no place in the session.
    if (!declared) continue;
    check(input, initial);
    const copy = tensor(initial.dtype, initial.shape, initial.data.slice() as Float32Array);
    const twin = () =>
      toTensor(
        runtime,
        tensor(initial.dtype, initial.shape, allocate(initial.dtype, elementCount(initial.shape))),
      );
    slots.set(input, {
      input,
      output,
      current: toTensor(runtime, copy),
      spare: output ? twin() : undefined,
    });
  }
  const results = Object.keys(graph.outputs).filter(
    (name) => ![...bindings.values()].some((s) => s.output === name),
  );
  const frozen = options.frozen ?? {};
  const data = [...types.keys()].filter((name) => !slots.has(name) && !(name in frozen));

  function check(name: string, given: HostTensor): void {
    const expected = types.get(name);
    assert(expected, `no graph input ${name}`);
    const skip = symbolic.has(name) ? 1 : 0;
    const fits =
      given.dtype === expected.dtype &&
      given.shape.length === expected.shape.length &&
      given.shape.every((d, i) => i < skip || d === expected.shape[i]);
    if (!fits) {
      throw new UserError("E_ENGINE", `input "${name}" was given ${describeType(given)}`, {
        allowed: skip
          ? `${expected.dtype}${formatShape(expected.shape).replace(/\d+/, "any")}`
          : describeType(expected),
      });
    }
  }

  return {
    async run(feeds: Feeds) {
      const inputs: Record<string, Tensor> = {};
      for (const name of data) {
        const given = feeds[name];
        if (!given) {
          throw new UserError("E_ENGINE", `input "${name}" was not fed`, {
            allowed: `feeds for ${data.join(", ")}`,
          });
        }
        check(name, given);
        inputs[name] = toTensor(runtime, given);
      }
      const fetches: Record<string, Tensor | null> = {};
      for (const name of results) fetches[name] = null;
      for (const slot of slots.values()) {
        inputs[slot.input] = slot.current;
        if (slot.output) fetches[slot.output] = slot.spare!;
      }
      const fetched = await session.run(inputs, fetches as InferenceSession.FetchesType);
      for (const slot of slots.values()) {
        if (slot.spare) [slot.current, slot.spare] = [slot.spare, slot.current];
      }
      return Object.fromEntries(results.map((name) => [name, fromTensor(fetched[name] as Tensor)]));
    },

    async readState() {
      const state: Record<string, HostTensor> = {};
      for (const { input, initial } of bindings.values()) {
        const slot = slots.get(input);
        const held = slot ? fromTensor(slot.current) : initial;
        state[input] = { ...held, data: held.data.slice() as Float32Array };
      }
      return state;
    },

    async writeState(state) {
      for (const [name, value] of Object.entries(state)) {
        const slot = slots.get(name);
        if (!bindings.has(name)) {
          throw new UserError("E_ENGINE", `"${name}" is no state of this graph`, {
            allowed: [...bindings.keys()].join(", "),
          });
        }
        if (!slot) continue;
        check(name, value);
        slot.current = toTensor(
          runtime,
          tensor(value.dtype, value.shape, value.data.slice() as Float32Array),
        );
      }
    },

    profile: async () => readProfile(),
    dispose: () => session.release(),
  };
}
