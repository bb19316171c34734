import { describe, expect, it } from "vitest";
import { gradients } from "../autodiff/index.js";
import { buildGraph, input, inputName, isInput, type Value } from "../graph/index.js";
import { lenet, mlp, resnet, traceModel, vgg16bn } from "../nn/index.js";
import { functions as f } from "../ops/index.js";
import type { LedgerEntry } from "./entry.js";
import { ledgerOf } from "./graph-ledger.js";
import { referenceRows } from "./onnx/testing/fixtures.js";
import { costModels } from "./registry.js";

const ledgerOfModel = (model: Parameters<typeof traceModel>[0]) => {
  const traced = traceModel(model, { batchSize: 1, training: false });
  return ledgerOf(buildGraph({ y: traced.output }), {
    parameters: traced.parameters.map((p) => p.value),
    buffers: traced.buffers.map((b) => b.value),
  });
};

const inputNameOf = (v: Value) => (isInput(v) ? inputName(v) : undefined);

/** Flattening shows the same memory under another shape; the sums of batch norm hand their image on. */
function behindViews(v: Value): Value {
  const { op, inputs } = v.node;
  const isView =
    ["Reshape", "Flatten"].includes(op.kind) || (op.kind === "ChannelMoments" && v.index === 0);
  return isView ? behindViews(inputs[0]!) : v;
}

const imagenet = { inputShape: [3, 224, 224], classes: 1000 } as const;

// The reference's LeNet pools by averages, ours by maxima: the same sizes.
describe("our networks, against counts of the same networks in PyTorch", () => {
  const rows = new Map(referenceRows().map((r) => [r.name, r]));

  it.each([
    ["mnist/LeNet5@28pad2", () => lenet()],
    ["mnist/MLP784-300-100-10", () => mlp({ sizes: [784, 300, 100, 10] })],
    ["cifar/resnet18", () => resnet({ depth: 18 })],
    ["cifar/resnet18-100c", () => resnet({ depth: 18, classes: 100 })],
    ["tv/resnet18", () => resnet({ depth: 18, stem: "imagenet", ...imagenet })],
    ["tv/vgg16_bn", () => vgg16bn({ hidden: 4096, ...imagenet })],
  ] as const)("%s has the same parameters and MACs", (name, model) => {
    const ledger = ledgerOfModel(model());
    const row = rows.get(name)!;
    expect({
      params: costModels.parameters.full(ledger),
      MAC: costModels.macs.full(ledger),
      MAC_nopad: costModels.validMacs.full(ledger),
    }).toEqual({ params: row.params, MAC: row.MAC, MAC_nopad: row.MAC_nopad });
  });

  it.each([
    ["mnist/LeNet5@28pad2", () => lenet(), {}],
    ["mnist/MLP784-300-100-10", () => mlp({ sizes: [784, 300, 100, 10] }), {}],
    ["cifar/resnet18", () => resnet({ depth: 18 }), {}],
    [
      // torchvision activates and adds in place, and its maximum pool writes an index of 8 bytes beside each result.
      "tv/resnet18",
      () => resnet({ depth: 18, stem: "imagenet", ...imagenet }),
      { act: 4, add: 4, maxpool_out: -8 },
    ],
    [
      // It also copies the last images where they have the size that is asked for.
      "tv/vgg16_bn",
      () => vgg16bn({ hidden: 4096, ...imagenet }),
      { act: 4, maxpool_out: -8, avgpool_out: -4 },
    ],
  ] as const)("%s writes as many bytes", (name, model, habits) => {
    const row = rows.get(name)!;
    const difference = Object.entries(habits).reduce(
      (n, [k, size]) => n + size * Number(row[k]),
      0,
    );
    expect(costModels.activationBytes.full(ledgerOfModel(model()))).toBe(
      Number(row.sum_alloc_B_infer) + difference,
    );
  });

  it.each([
    ["mnist/LeNet5@28pad2", () => lenet(), 0],
    ["mnist/MLP784-300-100-10", () => mlp({ sizes: [784, 300, 100, 10] }), 0],
    // PyTorch's batch norm keeps mean and deviation of its 4,800 channels beside its input.
    ["cifar/resnet18", () => resnet({ depth: 18 }), 2 * 4 * 4800],
    [
      // And its maximum pool the index of 64 x 56 x 56 results.
      "tv/resnet18",
      () => resnet({ depth: 18, stem: "imagenet", ...imagenet }),
      2 * 4 * 4800 + 8 * 64 * 56 * 56,
    ],
  ] as const)("%s keeps as much for the backward pass", (name, model, more) => {
    const ledger = ledgerOfModel(model());
    const kept = costModels.trainingMemory.full(ledger) - 16 * ledger.total.parameters;
    expect(kept + more).toBe(rows.get(name)!.train_saved_B);
  });
});

describe("what training keeps", () => {
  it.each([
    ["LeNet", () => lenet(), false],
    ["a residual network at inference", () => resnet({ depth: 8, width: 4 }), false],
    ["a residual network in training", () => resnet({ depth: 8, width: 4 }), true],
  ] as const)("is what the backward pass of %s really reads", (_, model, training) => {
    const traced = traceModel(model(), { batchSize: 2, training });
    const parameters = traced.parameters.map((p) => p.value);
    const y = traced.output;
    const ledger = ledgerOf(buildGraph({ y }), {
      parameters,
      buffers: traced.buffers.map((b) => b.value),
    });
    const kept = new Set(ledger.entries.flatMap((e) => e.training!.kept));

    const slopes = gradients(y, parameters, { seed: input("seed", y.shape) });
    const step = buildGraph(Object.fromEntries(slopes.map((g, i) => [`g${i}`, g])));
    const stored = new Set([...parameters, ...traced.buffers.map((b) => b.value)]);
    const read = new Set<Value>();
    for (const node of step.nodes) {
      if (node.phase !== "backward") continue;
      for (const v of node.inputs) {
        const isForward = v.node.phase === "forward" && v.node.op.kind !== "Constant";
        if (isForward && !stored.has(v) && inputNameOf(v) !== "seed") read.add(behindViews(v));
      }
    }
    const sizes = (list: Iterable<number>) => [...list].sort((a, b) => a - b);
    expect(sizes([...kept].map((m) => m.bytes))).toEqual(
      sizes([...read].map((v) => 4 * v.shape.reduce((a, b) => a * b, 1))),
    );
  });
});

describe("an entry of a graph's ledger", () => {
  const entriesOf = (y: Value, parameters: Value[] = []): readonly LedgerEntry[] =>
    ledgerOf(buildGraph({ y }), { parameters }).entries;

  it("tells inputs, weights and outputs apart", () => {
    const [x, w, b] = [input("x", [1, 4]), input("w", [4, 3]), input("b", [3])];
    const [product] = entriesOf(f.gemm(x, w, { c: b }), [w, b]);
    expect(product!.operands).toEqual({
      inputs: { elements: 4, bytes: 16 },
      weights: { elements: 15, bytes: 60 },
      outputs: { elements: 3, bytes: 12 },
    });
    expect(product).toMatchObject({ parameters: 15, bytesRead: 76, bytesWritten: 12, kernels: 1 });
  });

  it("takes statistics that are not trained for weights, not for parameters", () => {
    const [x, mean] = [input("x", [1, 4]), input("mean", [4])];
    const graph = buildGraph({ y: f.sub(x, mean) });
    const [entry] = ledgerOf(graph, { buffers: [mean] }).entries;
    expect(entry).toMatchObject({ parameters: 0, operands: { weights: { elements: 4 } } });
  });

  it("reads a weight through a view of it, and a view costs nothing", () => {
    const [x, w] = [input("x", [1, 4]), input("w", [12])];
    const [view, product] = entriesOf(f.matmul(x, f.reshape(w, [4, 3])), [w]);
    expect(view).toMatchObject({ kernels: 0, bytesRead: 0, parameters: 0 });
    expect(product).toMatchObject({ parameters: 12, operands: { weights: { elements: 12 } } });
  });

  it("names the same memory for a value and a view of it, the same weight for both readers", () => {
    const [x, w] = [input("x", [1, 2, 2]), input("w", [4, 4])];
    const once = f.matmul(f.reshape(f.relu(x), [1, 4]), w);
    const [relu, , first, second] = entriesOf(f.matmul(once, w), [w]);
    expect(first!.memory!.reads[0]).toBe(relu!.memory!.writes[0]);
    expect(second!.memory!.parameters[0]).toBe(first!.memory!.parameters[0]);
    expect(second!.memory!.writes[0]).toMatchObject({ isOutput: true, kind: "activation" });
    expect(second!.parameters).toBe(0);
  });

  it("knows how many factors of its products training differentiates", () => {
    const [x, w, frozen] = [input("x", [1, 4]), input("w", [4, 4]), input("frozen", [4, 4])];
    const first = f.matmul(x, w);
    const second = f.matmul(first, frozen);
    const both = f.matmul(second, f.transpose(second, [1, 0]));
    const stopped = f.matmul(f.stopGradient(both), input("v", [1, 5]));
    const products = entriesOf(stopped, [w]).filter((e) => e.macs > 0);
    // The weight; the input; both; neither.
    expect(products.map((e) => e.training!.gradients)).toEqual([1, 1, 2, 0]);
  });
});
