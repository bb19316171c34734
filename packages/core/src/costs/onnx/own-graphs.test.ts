/** Networks of our own: counted from the graph, from the export, and by the reference. */

import { describe, expect, it } from "vitest";
import { gradients } from "../../autodiff/index.js";
import { buildGraph, input } from "../../graph/index.js";
import { lenet, type Model, mlp, resnet, traceModel, vgg16bn } from "../../nn/index.js";
import { functions as f } from "../../ops/index.js";
import { ledgerOf } from "../graph-ledger.js";
import { profile } from "./profile.js";
import { referenceRows } from "./testing/fixtures.js";

const imagenet = { inputShape: [3, 224, 224], classes: 1000 };

const rows = new Map(referenceRows().map((r) => [r.name, r]));

describe("networks of our own", () => {
  it.each<[name: string, model: Model, pooled?: string]>([
    ["cifar/resnet18", resnet({ depth: 18 })],
    ["cifar/resnet18-100c", resnet({ depth: 18, classes: 100 })],
    ["tv/resnet18", resnet({ depth: 18, ...imagenet, stem: "imagenet" })],
    ["tv/vgg16_bn", vgg16bn({ ...imagenet, hidden: 4096 })],
    // Ours takes maxima where the first one took means.
    ["mnist/LeNet5@28pad2", lenet(), "avgpool_in"],
    ["mnist/MLP784-300-100-10", mlp({ sizes: [784, 300, 100, 10] })],
  ])("count as the reference does: %s", (name, model, pooled = "maxpool_in") => {
    const traced = traceModel(model, { batchSize: 1, training: false });
    const graph = buildGraph({ y: traced.output });
    const p = profile(graph, {
      parameters: traced.parameters.map((q) => q.path),
      buffers: traced.buffers.map((b) => b.path),
    });
    const columns = {
      params: p.parameters,
      MAC: p.macs,
      MAC_nopad: p.validMacs,
      conv_mac: p.macsByKind.conv,
      linear_mac: p.macsByKind.linear,
      bias_add: p.elements.biasAdds,
      bn: p.elements.batchNorm,
      act: p.elements.activation,
      maxpool_in: p.elements.maxPoolIn,
      add: p.elements.add,
      input_B: p.inputBytes,
    };
    const row = rows.get(name)!;
    const wanted = Object.keys(columns).map((column) => [
      column,
      row[column === "maxpool_in" ? pooled : column],
    ]);
    expect(columns).toEqual(Object.fromEntries(wanted));
    // The ledger of the graph agrees with the ledger of its export.
    const own = ledgerOf(graph, { parameters: traced.parameters.map((q) => q.value) });
    expect(own.total).toMatchObject({ macs: p.macs, parameters: p.parameters });
  });

  it.each([
    ["LeNet-5", lenet(), 61_706, 416_520],
    // He's ResNet-20 with projections in its shortcuts (option B).
    ["resnet20", resnet({ depth: 20 }), 272_474, 40_813_184],
    // The reference row's network has one linear layer, ours has two hidden ones of 512 in front.
    ["vgg16bn", vgg16bn(), 14_728_266 + 512 * 513 + 512 * 513, 313_201_664 + 2 * 512 * 512],
  ])("have one ledger, from the graph and from its export: %s", (_, model, parameters, macs) => {
    const traced = traceModel(model, { batchSize: 2, training: false });
    const graph = buildGraph({ y: traced.output });
    const p = profile(graph, { parameters: traced.parameters.map((q) => q.path) });
    const own = ledgerOf(graph, { parameters: traced.parameters.map((q) => q.value) });
    expect(own.total).toMatchObject({ macs: 2 * macs, parameters });
    expect(p.ledger.total).toMatchObject({ macs: 2 * macs, parameters });
  });

  it("have the same parameters when they are traced for training", () => {
    // Means and variances of a batch are products with a vector of ones: a constant, no weight.
    const traced = traceModel(resnet({ depth: 18 }), { batchSize: 1, training: true });
    const p = profile(buildGraph({ y: traced.output }), {
      parameters: traced.parameters.map((q) => q.path),
      buffers: traced.buffers.map((b) => b.path),
    });
    expect(p.parameters).toBe(11_173_962);
    expect(p.ledger.total.parameters).toBe(11_173_962);
  });

  it("keep paths and phases", () => {
    const x = input("x", [4, 8]);
    const w = input("w", [8, 3]);
    const loss = f.reduceSum(f.matmul(x, w));
    const [gradient] = gradients(loss, [w]);
    const p = profile(buildGraph({ loss, gradient: gradient! }), { parameters: ["w"] });
    const macs = (phase: string) =>
      p.ledger.entries.reduce((n, e) => n + (e.phase === phase ? e.macs : 0), 0);
    expect([macs("forward"), macs("backward")]).toEqual([96, 96]);
  });
});
