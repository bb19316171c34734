/** Use of weights, chains of kernels and training of small graphs that can be followed by hand. */

import { describe, expect, it } from "vitest";
import { buildGraph, constant, input } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { tensor } from "../../tensor/index.js";
import { costModels } from "../registry.js";
import { profile } from "./profile.js";
import { referenceGraph } from "./testing/fixtures.js";
import { type TinyModel, tinyOnnx } from "./testing/model.js";

const count = (model: TinyModel) => profile(tinyOnnx(model), { unpriced: "report" });

describe("weights", () => {
  it("that several nodes share are used several times and stored once", () => {
    const p = count({
      inputs: { x: [2, 8] },
      outputs: ["c"],
      weights: { w: [8, 8], v: [8, 8] },
      nodes: [
        { op: "MatMul", in: ["x", "w"], out: ["a"] },
        { op: "MatMul", in: ["a", "w"], out: ["b"] },
        { op: "MatMul", in: ["b", "v"], out: ["c"] },
      ],
    });
    expect([p.parameters, p.parameterUses, p.activeParameters]).toEqual([128, 192, 128]);
  });

  it("in the body of a loop are used at every trip", () => {
    const p = count({
      inputs: { x: [2, 8] },
      outputs: ["y"],
      weights: { w: [8, 8] },
      scalars: { five: 5, isTrue: 1 },
      nodes: [
        {
          op: "Loop",
          in: ["five", "isTrue", "x"],
          out: ["y"],
          attributes: {
            body: {
              inputs: { i: [], go: [], state: [2, 8] },
              outputs: ["go", "next"],
              nodes: [{ op: "MatMul", in: ["state", "w"], out: ["next"] }],
            },
          },
        },
      ],
    });
    expect([p.parameters, p.parameterUses, p.activeParameters]).toEqual([64, 5 * 64, 64]);
    // Five products, one after the other.
    expect([p.kernels, p.criticalPathKernels, p.criticalPathMacs]).toEqual([5, 5, 5 * 128]);
  });

  it("of which rows are picked are touched there only, and at most whole", () => {
    const embed = (tokens: number) =>
      count({
        inputs: { x: [tokens] },
        outputs: ["y"],
        weights: { table: [100, 16] },
        nodes: [
          { op: "Cast", in: ["x"], out: ["ids"], attributes: { to: 7 } },
          { op: "Gather", in: ["table", "ids"], out: ["y"] },
        ],
      });
    expect(embed(3)).toMatchObject({ parameters: 1600, parameterUses: 1600, activeParameters: 48 });
    expect(embed(500).activeParameters).toBe(1600);
  });

  it("of a branch that is not taken are not touched", () => {
    const branch = (name: string, w: string) => ({
      outputs: [name],
      nodes: [{ op: "MatMul", in: ["x", w], out: [name] }],
    });
    const p = count({
      inputs: { x: [2, 8] },
      outputs: ["y"],
      weights: { w: [8, 8], v: [8, 8], u: [8, 8] },
      scalars: { isTrue: 1 },
      nodes: [
        {
          op: "If",
          in: ["isTrue"],
          out: ["z"],
          attributes: { then_branch: branch("a", "w"), else_branch: branch("b", "v") },
        },
        { op: "MatMul", in: ["z", "u"], out: ["y"] },
      ],
    });
    expect(p.activeParameters).toBe(128);
  });

  it("of experts are touched as far as rows are routed to them", () => {
    const mixture = (rows: number) =>
      count({
        inputs: { x: [rows, 4], probabilities: [rows, 8] },
        outputs: ["y"],
        weights: { fc1: [8, 4, 16], fc2: [8, 16, 4] },
        nodes: [
          {
            op: "MoE",
            domain: "com.microsoft",
            in: ["x", "probabilities", "fc1", "", "fc2"],
            out: ["y"],
            attributes: { k: 2 },
          },
        ],
      });
    // One row goes to two of eight experts: 2 * (4 * 16 + 16 * 4) MACs and as many weights.
    expect(mixture(1)).toMatchObject({ macs: 256, parameters: 1024, activeParameters: 256 });
    // Ten rows may reach all of them.
    expect(mixture(10)).toMatchObject({ macs: 2560, activeParameters: 1024 });
  });

  it("that are zero are counted where the file has them, and only there", () => {
    const x = input("x", [1, 3]);
    const w = constant(tensor("float32", [3, 2], [1, 0, -0, 2, 0, 3]));
    // 3 zeros, one of them negative.
    expect(profile(buildGraph({ y: f.matmul(x, w) })).zeroParameters).toBe(3);
    const elsewhere = count({
      inputs: { x: [1, 3] },
      outputs: ["y"],
      weights: { w: [3, 2] },
      nodes: [{ op: "MatMul", in: ["x", "w"], out: ["y"] }],
    });
    expect(elsewhere.zeroParameters).toBeUndefined();
  });
});

describe("chains", () => {
  it("are the longest way through branches that join", () => {
    const p = count({
      inputs: { x: [2, 8] },
      outputs: ["y"],
      weights: { wide: [8, 8], a: [8, 2], b: [2, 8] },
      nodes: [
        // 128 MACs in one kernel; 32 + 32 in three, with a view that is no kernel.
        { op: "MatMul", in: ["x", "wide"], out: ["w1"] },
        { op: "MatMul", in: ["x", "a"], out: ["n1"] },
        { op: "Relu", in: ["n1"], out: ["n2"] },
        { op: "Identity", in: ["n2"], out: ["n3"] },
        { op: "MatMul", in: ["n3", "b"], out: ["n4"] },
        { op: "Add", in: ["w1", "n4"], out: ["y"] },
      ],
    });
    expect([p.kernels, p.criticalPathKernels, p.criticalPathMacs]).toEqual([5, 4, 128]);
  });
});

describe("training", () => {
  it("of a depthwise convolution behind another one costs 294,912 FLOPs on the way back", () => {
    const p = count({
      inputs: { x: [1, 32, 16, 16] },
      outputs: ["y"],
      weights: { point: [32, 32, 1, 1], depth: [32, 1, 3, 3] },
      nodes: [
        { op: "Conv", in: ["x", "point"], out: ["a"] },
        {
          op: "Conv",
          in: ["a", "depth"],
          out: ["y"],
          attributes: { group: 32, pads: [1, 1, 1, 1], kernel_shape: [3, 3] },
        },
      ],
    });
    const first = 256 * 32 * 32;
    // The first layer's input is data: forward, and once for its weights.
    expect(p.training.flops - 2 * p.macs - 2 * first).toBe(294_912);
  });

  it("keeps inputs of products, results of ReLU, and the indices of a max pool", () => {
    const p = count({
      inputs: { x: [1, 2, 8, 8] },
      outputs: ["y"],
      weights: { w: [4, 2, 3, 3] },
      nodes: [
        { op: "Conv", in: ["x", "w"], out: ["a"], attributes: { pads: [1, 1, 1, 1] } },
        { op: "Relu", in: ["a"], out: ["b"] },
        {
          op: "MaxPool",
          in: ["b"],
          out: ["y"],
          attributes: { kernel_shape: [2, 2], strides: [2, 2] },
        },
      ],
    });
    // x: 2 * 64 * 4; the ReLU's result, which the pool reads, too: 4 * 64 * 4; 4 * 16 indices of 8.
    expect(p.training.keptBytes).toBe(512 + 1024 + 512);
  });

  it.each([
    // Layer of 4 on 7 inputs, 5 steps, batch 3: forward 15 * (112 + 64), as PyTorch counts an unrolled layer.
    ["whose input is data", ["x", "w", "r"], 6048],
    ["in the middle", ["m", "w", "r"], 7728 + 2 * 15 * 49],
  ])("goes back through the states of a recurrent layer %s", (_, inputs, macs) => {
    const p = count({
      inputs: { x: [5, 3, 7] },
      outputs: ["y"],
      weights: { v: [7, 7], w: [1, 16, 7], r: [1, 16, 4] },
      nodes: [
        ...(inputs[0] === "m" ? [{ op: "MatMul", in: ["x", "v"], out: ["m"] }] : []),
        { op: "LSTM", in: inputs, out: ["y"], attributes: { hidden_size: 4 } },
      ],
    });
    expect(p.training.macs).toBe(macs);
    expect(costModels.trainingFlops.full(p.ledger)).toBe(2 * macs);
  });

  it("says of how many nodes the gradient is not known", () => {
    const p = count({
      inputs: { x: [1, 2, 2] },
      outputs: ["y"],
      weights: { w: [1, 2, 2] },
      nodes: [
        { op: "Mul", in: ["x", "w"], out: ["a"] },
        { op: "Det", in: ["a"], out: ["b"] },
        { op: "Det", in: ["x"], out: ["c"] },
        { op: "Add", in: ["b", "c"], out: ["y"] },
      ],
    });
    // The other determinant has no weight before it.
    expect(p.assumptions).toEqual([
      "training: nothing is known of the gradients of 1 nodes (25.0 % of all; Det): they are taken to keep what they read first and what they make",
    ]);
  });

  it("keeps nothing before the first weight", () => {
    const p = count({
      inputs: { x: [2, 8] },
      outputs: ["y"],
      weights: { w: [8, 8] },
      nodes: [
        { op: "Sigmoid", in: ["x"], out: ["a"] },
        { op: "Tanh", in: ["a"], out: ["b"] },
        { op: "MatMul", in: ["b", "w"], out: ["y"] },
      ],
    });
    expect(p.training.keptBytes).toBe(2 * 8 * 4);
    expect(p.training.macs).toBe(2 * 128);
  });
});

describe("ledger entries of files", () => {
  const p = count({
    inputs: { x: [2, 8] },
    outputs: ["y"],
    weights: { w: [8, 4], bias: [4] },
    nodes: [
      { op: "Gemm", in: ["x", "w", "bias"], out: ["a"], name: "layer" },
      { op: "Identity", in: ["a"], out: ["b"] },
      { op: "Relu", in: ["b"], out: ["y"] },
    ],
  });
  const [gemm, view, relu] = p.ledger.entries;

  it("know operands, shapes and kernels", () => {
    expect(gemm).toMatchObject({
      kernels: 1,
      operands: {
        inputs: { elements: 16, bytes: 64 },
        weights: { elements: 36, bytes: 144 },
        outputs: { elements: 8, bytes: 32 },
      },
      shapes: { inputs: [[2, 8], [8, 4], [4]], outputs: [[2, 4]] },
      bytesRead: 208,
      bytesWritten: 32,
    });
    expect(view).toMatchObject({ kernels: 0, bytesRead: 0, bytesWritten: 0 });
  });

  it("have their parameters where something is computed with them", () => {
    const { ledger } = count({
      inputs: { x: [2, 8] },
      outputs: ["y"],
      weights: { w: [4, 8], bias: [4] },
      nodes: [
        { op: "Shape", in: ["bias"], out: ["s"] },
        { op: "Transpose", in: ["w"], out: ["t"] },
        { op: "MatMul", in: ["x", "t"], out: ["a"] },
        { op: "Add", in: ["a", "bias"], out: ["b"] },
        { op: "Reshape", in: ["b", "s2"], out: ["y"] },
      ],
      integers: { s2: [8] },
    });
    expect(ledger.entries.map((e) => e.parameters)).toEqual([0, 0, 32, 4, 0]);
  });

  it("share memory through views, and say what is a result", () => {
    expect(relu!.memory!.reads[0]).toBe(gemm!.memory!.writes[0]);
    expect(relu!.memory!.writes).toEqual([{ bytes: 32, kind: "activation", isOutput: true }]);
    expect(gemm!.memory!.parameters.map((w) => w.elements)).toEqual([32, 4]);
    expect(gemm!.training).toMatchObject({ gradients: 1, kept: [{ bytes: 64, kind: "input" }] });
  });

  it("cost what the profile says, whichever way it is summed", () => {
    const { ledger, training, kernels, peakActivationBytes } = profile(
      referenceGraph("cifar/resnet18"),
    );
    expect(costModels.trainingFlops.full(ledger)).toBe(training.flops);
    expect(costModels.trainingMemory.full(ledger)).toBe(training.totalBytes.adam);
    expect(costModels.kernels.full(ledger)).toBe(kernels);
    expect(costModels.peakMemory.full(ledger)).toBe(peakActivationBytes);
    expect(costModels.parameters.full(ledger)).toBe(11_173_962);
  });
});
