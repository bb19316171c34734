/** Removed channels in ONNX Runtime: the masked network, the narrower one, and the file of the narrower one. */

import { channelGroups, exitOutputs, maskChannels, removeChannels } from "@frugal/core/adaptive";
import { costModels, ledgerOf, profile } from "@frugal/core/costs";
import { encodeOnnx } from "@frugal/core/formats";
import { buildGraph, type Graph } from "@frugal/core/graph";
import { lowerGraph } from "@frugal/core/lowering";
import { type HostTensor, toNumbers } from "@frugal/core/tensor";
import { describe, expect, it } from "vitest";
import type { AnyTraced } from "../../core/src/adaptive/channels/flow.js";
import {
  randomInput,
  randomMasks,
  removalCases,
  trainedState,
} from "../../core/src/adaptive/channels/testing/cases.js";
import { nodeEngine } from "../src/index.js";
import { runOnnx } from "./support/onnx-session.js";

type State = Readonly<Record<string, HostTensor>>;

const evaluation = { batchSize: 1, training: false };

const graphOf = (traced: AnyTraced): Graph =>
  buildGraph(
    traced.exits ? Object.assign({}, ...traced.exits.map(exitOutputs)) : { y: traced.output },
    { inputs: [traced.input] },
  );

const flat = (outputs: Readonly<Record<string, HostTensor>>): number[] =>
  Object.values(outputs).flatMap((t) => toNumbers(t));

async function runEngine(traced: AnyTraced, state: State, input: HostTensor): Promise<number[]> {
  const executable = await nodeEngine().compile(graphOf(traced));
  return flat(await executable.run({ ...state, input }));
}

const fileOf = (traced: AnyTraced, state: State): Uint8Array =>
  encodeOnnx(lowerGraph(graphOf(traced), { bind: state }));

describe("removal in ONNX Runtime", () => {
  it.each(removalCases)("$name: outputs and counts are those promised", async (network) => {
    const traced = network.trace(network.model, evaluation);
    const state = trainedState(traced, 3);
    const groups = channelGroups(traced);
    const kept = randomMasks(groups, 3);
    const input = randomInput(traced, 3);
    const masked = await runEngine(traced, maskChannels(groups, state, kept), input);
    const removed = removeChannels(network.model, state, kept, { trace: network.trace });
    const narrow = network.trace(removed.model, evaluation);
    const left = await runEngine(narrow, removed.state, input);
    const bytes = fileOf(narrow, removed.state);
    const exported = flat(await runOnnx(bytes, { input }));

    expect(left.length).toBe(masked.length);
    for (const [i, v] of masked.entries()) {
      expect(Math.abs(left[i]! - v)).toBeLessThan(1e-5);
      expect(Math.abs(exported[i]! - v)).toBeLessThan(1e-5);
    }

    const ledger = ledgerOf(graphOf(narrow), {
      parameters: narrow.parameters.map((p) => p.value),
      buffers: narrow.buffers.map((b) => b.value),
    });
    const file = profile(bytes);
    expect(file.macs).toBe(ledger.total.macs);
    expect(costModels.activations.full(file.ledger)).toBe(costModels.activations.full(ledger));
    expect(bytes.length).toBeLessThan(fileOf(traced, state).length);
  });
});
