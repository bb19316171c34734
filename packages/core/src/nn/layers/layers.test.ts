/** Layers against PyTorch's of the same weights, in training and in evaluation (scripts/fixtures/nn.py). */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { interpreterEngine } from "../../engine/index.js";
import { buildGraph, type Value } from "../../graph/index.js";
import { type HostTensor, tensor, toNumbers } from "../../tensor/index.js";
import { type Layer, type Traced, traceModel } from "../index.js";
import * as layers from "./index.js";

interface Flat {
  shape: number[];
  data: number[];
}

const makers = {
  adaptiveAveragePool: layers.adaptiveAveragePool,
  averagePool: layers.averagePool,
  batchNorm: layers.batchNorm,
  conv1d: layers.conv1d,
  conv2d: layers.conv2d,
  convTranspose2d: layers.convTranspose2d,
  flatten: layers.flatten,
  gelu: layers.gelu,
  groupNorm: layers.groupNorm,
  layerNorm: layers.layerNorm,
  linear: layers.linear,
  maxPool: layers.maxPool,
};

interface Case {
  name: keyof typeof makers;
  args: never[];
  input: Flat;
  state: Record<string, Flat>;
  train: Flat;
  after: Record<string, Flat>;
  eval: Flat;
}

const { cases } = JSON.parse(
  readFileSync(new URL("../testing/fixtures/layers.json", import.meta.url), "utf8"),
) as { cases: Case[] };

const host = (t: Flat): HostTensor => tensor("float32", t.shape, t.data);

/** Traces a bare layer: the model around it only flattens what it returned. */
function traceLayer(layer: Layer, shape: number[], training: boolean): Traced & { y: Value } {
  const [batchSize, ...inputShape] = shape as [number, ...number[]];
  let y: Value | undefined;
  const probe: Layer = (c, x) => {
    y = layer(c, x);
    return layers.flatten()(c, y);
  };
  const size = () => (y?.shape.slice(1) ?? []).reduce((n, d) => n * d, 1);
  const model = {
    name: "probe",
    inputShape,
    get outputs() {
      return size();
    },
    forward: probe,
  };
  const traced = traceModel(model, { batchSize, training });
  return { ...traced, y: y! };
}

function close(found: HostTensor, expected: Flat): void {
  expect(found.shape).toEqual(expected.shape);
  for (const [i, v] of toNumbers(found).entries()) expect(v).toBeCloseTo(expected.data[i]!, 4);
}

describe("layers", () => {
  for (const c of cases) {
    test(`${c.name}(${c.args.map((a) => JSON.stringify(a)).join(", ")}) on [${c.input.shape}] is PyTorch's`, async () => {
      const make = makers[c.name] as (...args: never[]) => Layer;
      const layer = make(...c.args);
      const weights = Object.fromEntries(Object.entries(c.state).map(([k, t]) => [k, host(t)]));

      const training = traceLayer(layer, c.input.shape, true);
      expect(training.parameters.map((p) => p.path).toSorted()).toEqual(
        Object.keys(c.state)
          .filter((k) => !k.startsWith("running"))
          .toSorted(),
      );
      const next = Object.fromEntries(training.buffers.map((b) => [b.path, b.next!]));
      const trained = await interpreterEngine().compile(buildGraph({ y: training.y, ...next }));
      const outputs = await trained.run({ input: host(c.input), ...weights });
      close(outputs.y!, c.train);
      for (const [name, expected] of Object.entries(c.after)) close(outputs[name]!, expected);

      const evaluation = traceLayer(layer, c.input.shape, false);
      const evaluated = await interpreterEngine().compile(buildGraph({ y: evaluation.y }));
      const after = Object.fromEntries(Object.entries(c.after).map(([k, t]) => [k, host(t)]));
      close((await evaluated.run({ input: host(c.input), ...weights, ...after })).y!, c.eval);
    });
  }

  test("an embedding looks rows up by index", async () => {
    const layer = layers.sequential([layers.embedding({ count: 3, width: 2 }), layers.flatten()]);
    const model = {
      name: "words",
      inputShape: [2],
      inputType: "int32",
      outputs: 4,
      forward: layer,
    } as const;
    const { output } = traceModel(model, { batchSize: 1, training: false });
    const executable = await interpreterEngine().compile(buildGraph({ output }));
    const found = await executable.run({
      input: tensor("int32", [1, 2], [2, 0]),
      "0.weight": tensor("float32", [3, 2], [1, 2, 3, 4, 5, 6]),
    });
    expect(toNumbers(found.output!)).toEqual([5, 6, 1, 2]);
  });

  test("a convolution that gets no image says what it needs", () => {
    const conv = layers.scoped("conv1", layers.conv2d(4, { kernel: 3 }));
    expect(() => traceLayer(conv, [2, 5], true)).toThrow(/conv2d was given shape \[2, 5\]/);
  });

  test("padding same needs odd kernels", () => {
    expect(() => layers.conv2d(4, { kernel: 4, padding: "same" })).toThrow(/odd kernels/);
  });

  test("batch normalisation refuses a single value per channel in training", () => {
    expect(() => traceLayer(layers.batchNorm(), [1, 3], true)).toThrow(/larger batch/);
    expect(() => traceLayer(layers.batchNorm(), [1, 3], false)).not.toThrow();
  });

  test("dropout scales what it keeps by 1 / (1 - rate)", async () => {
    const { y } = traceLayer(layers.dropout(0.25), [1, 4], true);
    const executable = await interpreterEngine().compile(buildGraph({ y }));
    const { y: dropped } = await executable.run({
      input: tensor("float32", [1, 4], [3, 3, 3, 3]),
      noise: tensor("float32", [1, 4], [0, 0.2, 0.25, 0.9]),
    });
    expect(toNumbers(dropped!)).toEqual([0, 0, 4, 4]);
  });

  test("a residual block adds the shortcut before its activation", async () => {
    const block = layers.residual((_c, x) => x, { activation: layers.relu });
    const { y } = traceLayer(block, [1, 2], false);
    const executable = await interpreterEngine().compile(buildGraph({ y }));
    const out = await executable.run({ input: tensor("float32", [1, 2], [1, -1]) });
    expect(toNumbers(out.y!)).toEqual([2, 0]);
  });
});
