/** Graphs of ours and files: one ledger, so one price. */

import { describe, expect, it } from "vitest";
import { buildGraph } from "../graph/index.js";
import { lenet, mlp, resnet, traceModel, vgg16bn } from "../nn/index.js";
import { ledgerOf } from "./graph-ledger.js";
import { profile } from "./onnx/index.js";
import { costModels, costNames } from "./registry.js";

describe("a network and its export cost the same", () => {
  it.each([
    ["LeNet", () => lenet()],
    ["an MLP", () => mlp({ sizes: [784, 300, 100, 10] })],
    ["ResNet-18", () => resnet({ depth: 18 })],
    ["ResNet-20", () => resnet({ depth: 20 })],
    ["VGG-16-BN", () => vgg16bn()],
  ])("under every cost model: %s", (_, model) => {
    const traced = traceModel(model(), { batchSize: 1, training: false });
    const graph = buildGraph({ y: traced.output });
    const own = ledgerOf(graph, {
      parameters: traced.parameters.map((p) => p.value),
      buffers: traced.buffers.map((b) => b.value),
    });
    const file = profile(graph, {
      parameters: traced.parameters.map((p) => p.path),
      buffers: traced.buffers.map((b) => b.path),
    });
    const pricesOf = (ledger: typeof own) =>
      Object.fromEntries(costNames.map((name) => [name, costModels[name].full(ledger)]));
    const ours = pricesOf(own);
    // Files are taken to be trained as PyTorch does: its batch norm keeps mean and deviation of each channel, one float
    // for each running statistic, and its maximum pool an index of 8 bytes for each result.
    ours.trainingMemory! += 4 * file.buffers + 8 * file.elements.maxPoolOut;
    expect(pricesOf(file.ledger)).toEqual(ours);
  });
});
