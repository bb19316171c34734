/** Removed channels in ONNX Runtime: the masked network, the narrower one, and the file of the narrower one. */

import {
  channelGroups,
  exitOutputs,
  type GateChannelsOptions,
  gateChannels,
  gatedLedger,
  maskChannels,
  removeChannels,
  removeClosed,
} from "@frugal/core/adaptive";
import { costModels, ledgerOf, profile } from "@frugal/core/costs";
import { encodeOnnx } from "@frugal/core/formats";
import { buildGraph, type Graph, input } from "@frugal/core/graph";
import { lowerGraph } from "@frugal/core/lowering";
import { models, traceModel } from "@frugal/core/nn";
import { crossEntropy } from "@frugal/core/objectives";
import { add, mul, reduceMean } from "@frugal/core/ops";
import { adam } from "@frugal/core/optim";
import { randomStream } from "@frugal/core/random";
import { type HostTensor, tensor, toNumbers } from "@frugal/core/tensor";
import { type BatchSource, buildTrainStep, train } from "@frugal/core/training";
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

async function runEngine(traced: AnyTraced, state: State, image: HostTensor): Promise<number[]> {
  const executable = await nodeEngine().compile(graphOf(traced));
  return flat(await executable.run({ ...state, input: image }));
}

const fileOf = (traced: AnyTraced, state: State): Uint8Array =>
  encodeOnnx(lowerGraph(graphOf(traced), { bind: state }));

describe("removal in ONNX Runtime", () => {
  it.each(removalCases)("$name: outputs and counts are those promised", async (network) => {
    const traced = network.trace(network.model, evaluation);
    const state = trainedState(traced, 3);
    const groups = channelGroups(traced);
    const kept = randomMasks(groups, 3);
    const image = randomInput(traced, 3);
    const masked = await runEngine(traced, maskChannels(groups, state, kept), image);
    const removed = removeChannels(network.model, state, kept, { trace: network.trace });
    const narrow = network.trace(removed.model, evaluation);
    const left = await runEngine(narrow, removed.state, image);
    const bytes = fileOf(narrow, removed.state);
    const exported = flat(await runOnnx(bytes, { input: image }));

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

describe("a gated network in training", () => {
  const batch = 16;
  const data: BatchSource = {
    stepsPerEpoch: 12,
    batch(epoch, step) {
      const stream = randomStream(1, "gated", epoch, step);
      const labels = Array.from({ length: batch }, () => stream.integer(10));
      const pixels = Float32Array.from({ length: batch * 64 }, () => stream.normal());
      return {
        input: tensor("float32", [batch, 1, 8, 8], pixels),
        labels: tensor("int32", [batch], labels),
      };
    },
  };

  it.each(["hardConcrete", "straightThrough", "gamma", "groupLasso"] as const)(
    "closes channels under pressure and leaves a smaller network: %s",
    async (kind) => {
      const fed =
        kind === "hardConcrete" || kind === "straightThrough"
          ? { temperature: input("temperature", []) }
          : { threshold: kind === "gamma" ? 0.75 : 0.03 };
      const gated = gateChannels(models.digits({ width: 8 }), {
        kind,
        ...fed,
        batchSize: batch,
        training: true,
      } as GateChannelsOptions);
      const task = reduceMean(crossEntropy(gated.output, input("labels", [batch], "int32")));
      const ledger = gatedLedger(gated, "soft");
      const soft = mul(costModels.macs.expected(ledger), 1 / ledger.total.macs);
      const pressure = gated.penalty ? add(soft, gated.penalty) : soft;
      const step = buildTrainStep({
        ...gated,
        loss: add(task, mul(pressure, 20)),
        metrics: { hard: costModels.macs.expected(gatedLedger(gated, "hard")) },
        optimizer: adam(),
      });
      const costs: number[] = [];
      let trained: State = {};
      for await (const event of train({
        engine: nodeEngine(),
        step,
        source: data,
        epochs: 2,
        seed: 1,
        // Filters are far smaller than logits and scales.
        lr: kind === "groupLasso" ? 0.01 : 0.2,
        now: () => 0,
        scalars: {
          ...("temperature" in fed ? { temperature: (at: number) => 1 / (1 + at / 10) } : {}),
        },
      })) {
        if (event.kind === "step") costs.push(event.metrics.hard!);
        if (event.kind === "end") {
          trained = { ...event.checkpoint.parameters, ...event.checkpoint.buffers };
        }
      }
      expect(costs[0]).toBe(ledger.total.macs);
      expect(costs.every(Number.isFinite)).toBe(true);
      expect(costs.at(-1)!).toBeLessThan(0.5 * costs[0]!);
      const removed = removeClosed(gated, trained);
      const left = traceModel(removed.model, evaluation);
      expect(profile(fileOf(left, removed.state)).macs).toBeLessThan(0.5 * ledger.total.macs);
    },
  );
});
