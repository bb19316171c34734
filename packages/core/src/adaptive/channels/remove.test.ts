/** Removal against masking, in the interpreter; the recount of what is left against the hard cost. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CostName, costModels, type Ledger, ledgerOf, profile } from "../../costs/index.js";
import { buildGraph, type Graph, scalarConstant } from "../../graph/index.js";
import { initializers, type Model, mlp, models, traceModel } from "../../nn/index.js";
import { functions as f } from "../../ops/index.js";
import { fromHost, interpret } from "../../reference/index.js";
import type { HostTensor } from "../../tensor/index.js";
import { exitOutputs } from "../trace-exits.js";
import type { AnyTraced } from "./flow.js";
import { ledgerWithShares } from "./gate-channels.js";
import { analyseChannels, channelGroups } from "./groups.js";
import { maskChannels } from "./kept.js";
import { removeChannels } from "./remove.js";
import {
  type RemovalCase,
  randomInput,
  randomMasks,
  removalCases,
  trainedState,
} from "./testing/cases.js";

const evaluation = { batchSize: 1, training: false };
const caseOf = (name: string): RemovalCase => removalCases.find((c) => c.name === name)!;

const graphOf = (traced: AnyTraced): Graph =>
  buildGraph(
    traced.exits ? Object.assign({}, ...traced.exits.map(exitOutputs)) : { y: traced.output },
    { inputs: [traced.input] },
  );

function outputsOf(
  traced: AnyTraced,
  state: Readonly<Record<string, HostTensor>>,
  input: HostTensor,
): number[] {
  const graph = graphOf(traced);
  const feeds = Object.fromEntries(
    Object.entries({ ...state, input }).map(([name, host]) => [name, fromHost(host)]),
  );
  return Object.values(interpret(graph, feeds)).flatMap((t) => [...t.data]);
}

const recountOf = (traced: AnyTraced): Ledger =>
  ledgerOf(graphOf(traced), {
    parameters: traced.parameters.map((p) => p.value),
    buffers: traced.buffers.map((b) => b.value),
  });

const fileOf = (traced: AnyTraced): Ledger =>
  profile(graphOf(traced), {
    parameters: traced.parameters.map((p) => p.path),
    buffers: traced.buffers.map((b) => b.path),
  }).ledger;

/** Peak memory is left out: its maximum is an upper bound where shares differ. */
const priced: readonly CostName[] = [
  "macs",
  "validMacs",
  "parameters",
  "executedParameters",
  "activations",
  "activationBytes",
  "memoryAccess",
  "modelBytesFp32",
];

function expectedCost(ledger: Ledger, cost: CostName): number {
  const { y } = interpret(buildGraph({ y: costModels[cost].expected(ledger) }), {});
  return y!.data[0]!;
}

function setup({ model, trace }: RemovalCase, seed: number) {
  const traced = trace(model, evaluation);
  const state = trainedState(traced, seed);
  const groups = channelGroups(traced);
  const kept = randomMasks(groups, seed);
  return { traced, state, groups, kept, input: randomInput(traced, seed) };
}

function farthest(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);
}

function checkOutputs(network: RemovalCase, seed: number): void {
  const { traced, state, groups, kept, input } = setup(network, seed);
  const masked = outputsOf(traced, maskChannels(groups, state, kept), input);
  const removed = removeChannels(network.model, state, kept, { trace: network.trace });
  const left = outputsOf(network.trace(removed.model, evaluation), removed.state, input);
  expect(farthest(masked, left)).toBeLessThan(1e-5);
}

/** Limits of clipping are attributes here and inputs of 4 bytes in files; channels do not matter to them. */
const constantsOf = (traced: AnyTraced, cost: CostName): number =>
  costModels[cost].full(fileOf(traced)) - costModels[cost].full(recountOf(traced));

function checkCosts(network: RemovalCase, seed: number): void {
  const { traced, state, kept } = setup(network, seed);
  const analysis = analyseChannels(traced);
  const shares = new Map(
    Object.entries(kept).map(([name, mask]) => [
      name,
      scalarConstant(mask.filter(Boolean).length / mask.length),
    ]),
  );
  const hard = ledgerWithShares({ traced, analysis }, shares);
  const removed = removeChannels(network.model, state, kept, { trace: network.trace });
  const recount = recountOf(network.trace(removed.model, evaluation));
  const file = fileOf(network.trace(removed.model, evaluation));
  for (const cost of priced) {
    const counted = costModels[cost].full(recount);
    expect(costModels[cost].full(file), `${cost} of the file`).toBe(
      counted + constantsOf(traced, cost),
    );
    expect(Math.round(expectedCost(hard, cost)), cost).toBe(counted);
  }
}

describe("removal", () => {
  it.each(removalCases)("$name: computes what the masked network computes", (network) => {
    checkOutputs(network, 3);
  });

  it.each(removalCases)("$name: is counted at exactly the hard cost", (network) => {
    checkCosts(network, 3);
  });

  it("computes the same and costs what it should, whatever is removed", () => {
    const small = ["MLP", "ResNet-8", "depthwise convolutions", "concatenations", "sigmoids"];
    fc.assert(
      fc.property(fc.constantFrom(...small), fc.integer({ min: 0, max: 1e6 }), (name, seed) => {
        checkOutputs(caseOf(name), seed);
        checkCosts(caseOf(name), seed);
      }),
      { numRuns: 8 },
    );
  });

  it("narrows an MLP by hand", () => {
    const net = mlp({ sizes: [2, 3, 2] });
    const { state } = setup({ name: "", model: net, trace: traceModel }, 1);
    const removed = removeChannels(net, state, { hidden0: [true, false, true] });
    expect(removed.widths).toEqual({ hidden0: 2 });
    const [w, b, v] = ["hidden0.weight", "hidden0.bias", "output.weight"].map((path) => [
      ...state[path]!.data,
    ]);
    expect([...removed.state["hidden0.weight"]!.data]).toEqual([w![0], w![1], w![4], w![5]]);
    expect([...removed.state["hidden0.bias"]!.data]).toEqual([b![0], b![2]]);
    expect([...removed.state["output.weight"]!.data]).toEqual([v![0], v![2], v![3], v![5]]);
    expect(removed.state["output.bias"]).toBe(state["output.bias"]);
  });

  it("rounds up to multiples, and what it adds is what matters most", () => {
    const net = models.lenet({ inputShape: [1, 12, 12] });
    const { state } = setup({ name: "", model: net, trace: traceModel }, 1);
    const kept = { conv2: Array.from({ length: 16 }, (_, i) => i === 2 || i === 5 || i === 6) };
    const importance = { conv2: Array.from({ length: 16 }, (_, i) => (i === 11 ? 99 : -i)) };
    const at = (multiple: number) => {
      const removed = removeChannels(net, state, kept, { multiple, importance });
      return [...removed.state["conv2.bias"]!.data];
    };
    const biases = [...state["conv2.bias"]!.data];
    const pick = (...list: number[]) => list.map((i) => biases[i]!);
    expect(at(1)).toEqual(pick(2, 5, 6));
    // The best of the others is 11, then 0, 1, 3, 4.
    expect(at(8)).toEqual(
      pick(0, 1, 2, 3, 4, 5, 6, 11).toSorted((a, b) => biases.indexOf(a) - biases.indexOf(b)),
    );
    expect(at(16)).toEqual(biases);
    // Six channels are all there are: no multiple of 8.
    expect(
      removeChannels(
        net,
        state,
        { conv1: [true, false, false, false, false, false] },
        {
          multiple: 8,
        },
      ).widths,
    ).toEqual({});
  });

  it("leaves a model that narrows again", () => {
    const net = mlp({ sizes: [4, 6, 5, 2] });
    const { state, input, traced, groups } = setup({ name: "", model: net, trace: traceModel }, 1);
    const first = removeChannels(net, state, { hidden0: [true, true, false, true, true, true] });
    const second = removeChannels(first.model, first.state, {
      hidden0: [false, true, true, true, true],
      hidden1: [true, false, true, true, true],
    });
    const masked = maskChannels(groups, state, {
      hidden0: [false, true, false, true, true, true],
      hidden1: [true, false, true, true, true],
    });
    const left = outputsOf(traceModel(second.model, evaluation), second.state, input);
    expect(farthest(outputsOf(traced, masked, input), left)).toBeLessThan(1e-5);
  });

  it("refuses what cannot be removed, and says why", () => {
    const net = mlp({ sizes: [4, 3, 2] });
    const { state } = setup({ name: "", model: net, trace: traceModel }, 1);
    const attempt =
      (kept: Record<string, boolean[]>, own = state) =>
      () =>
        removeChannels(net, own, kept);
    expect(attempt({ output: [true, false] })).toThrow(/fixed: it is a result of the network/);
    expect(attempt({ hidden: [true] })).toThrow(/no channel group "hidden"[\s\S]*allowed: hidden0/);
    expect(attempt({ hidden0: [true] })).toThrow(/1 channels for the 3/);
    expect(attempt({ hidden0: [false, false, false] })).toThrow(/no channel of "hidden0" is kept/);
    expect(attempt({}, { ...state, "gates.x": state["output.bias"]! })).toThrow(/no "gates.x"/);
    const { "output.bias": _, ...rest } = state;
    expect(attempt({}, rest)).toThrow(/the state has no "output.bias"/);
    expect(() => removeChannels(net, state, {}, { multiple: 0 })).toThrow(/multiples of 0/);
  });

  it("refuses layers that do not ask how wide they are to be", () => {
    const stubborn: Model = {
      name: "stubborn",
      inputShape: [4],
      outputs: 2,
      forward(c, x) {
        const w = (name: string, shape: number[]) =>
          c.scope(name, () => c.parameter("weight", shape, initializers.ones));
        return f.matmul(f.relu(f.matmul(x, w("a", [4, 3]))), w("b", [3, 2]));
      },
    };
    const { state } = setup({ name: "", model: stubborn, trace: traceModel }, 1);
    expect(() => removeChannels(stubborn, state, { a: [true, false, true] })).toThrow(/c\.width/);
  });
});
