/** The density penalty against PyTorch's forward hooks (scripts/fixtures/density.py), and by hand. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { gradients } from "../../autodiff/index.js";
import { centralDifferences } from "../../autodiff/testing/differences.js";
import { MEMORY_PICOJOULES, OPERATION_PICOJOULES } from "../../costs/index.js";
import { buildGraph, input, type Value } from "../../graph/index.js";
import {
  conv2d,
  flatten,
  linear,
  type Model,
  relu,
  resnet,
  silu,
  traceModel,
} from "../../nn/index.js";
import { density } from "../../objectives/index.js";
import { fromHost, interpret, type RefTensor } from "../../reference/index.js";
import { scalar, tensor } from "../../tensor/index.js";
import {
  densityPenalty,
  firingFalls,
  firingOutputs,
  firingReport,
  geometricSigma,
  type LeafSelection,
  leafOutputs,
  type SurrogateName,
  surrogateNames,
  type WeightingName,
} from "./index.js";
import { hookedNet } from "./testing/hooked-net.js";

interface Flat {
  readonly shape: number[];
  readonly data: number[];
}
interface Run {
  readonly surrogate: SurrogateName;
  readonly sigma: number;
  readonly weighting: WeightingName;
  readonly images: number;
  readonly lambda: number;
  readonly task: number;
  readonly penalty: number;
  readonly loss: number;
  readonly densities: number[];
  readonly gradients: Readonly<Record<string, Flat>>;
}
const fixture = JSON.parse(
  readFileSync(new URL("./testing/fixtures/density.json", import.meta.url), "utf8"),
) as { input: Flat; labels: number[]; state: Record<string, Flat>; runs: Run[] };

const exact = ({ shape, data }: Flat): RefTensor => ({
  dtype: "float32",
  shape,
  data: Float64Array.from(data),
});
const N = 4;
const traced = traceModel(hookedNet, { batchSize: N, training: true });
const labels = input("labels", [N], "int32");
const feeds: Record<string, RefTensor> = {
  input: exact(fixture.input),
  labels: fromHost(tensor("int32", [N], fixture.labels)),
  ...Object.fromEntries(Object.entries(fixture.state).map(([k, v]) => [k, exact(v)])),
};
const valuesOf = (outputs: Record<string, Value>, more: Record<string, RefTensor> = {}) =>
  interpret(buildGraph(outputs), { ...feeds, ...more });

function expectClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((v, i) => {
    expect(Math.abs(actual[i]! - v)).toBeLessThan(1e-7 * Math.max(1, Math.abs(v)));
  });
}

describe("the layers of a network", () => {
  const ids = (model: Model, selection?: LeafSelection, training = true) =>
    leafOutputs(traceModel(model, { batchSize: 8, training }), selection).map((l) => l.id);

  it("are those that hooks see, in order: sums and dropout are none", () => {
    expect(ids(hookedNet)).toEqual(
      "conv1 bn1 activation conv2 bn2 activation.2 pool flatten fc".split(" "),
    );
  });

  it("are the same in evaluation, where normalisation is another op", () => {
    const net = resnet({ depth: 18, width: 4 });
    expect(ids(net, "all", false)).toEqual(ids(net));
  });

  it("are 60 in a ResNet-18: 20 convolutions and norms, 17 activations, pool, flatten, linear", () => {
    // The reference code has 62 entries for its ResNet18, which also has a normaliser and flattens the logits.
    expect(ids(resnet({ depth: 18, width: 4 }))).toHaveLength(60);
  });

  it("can be the activations alone, or those below a path", () => {
    const net = resnet({ depth: 18, width: 4 });
    expect(ids(net, "activations")).toHaveLength(17);
    expect(ids(net, { paths: ["layer2.0.downsample", "fc"] })).toEqual([
      "layer2.0.downsample.0",
      "layer2.0.downsample.1",
      "fc",
    ]);
  });

  it("count x * sigmoid(x) as one", () => {
    const net: Model = {
      name: "swish",
      inputShape: [4],
      outputs: 2,
      forward: (c, x) => {
        const y = silu(
          c,
          c.scope("a", () => linear(3)(c, x)),
        );
        return c.scope("b", () => linear(2)(c, y));
      },
    };
    const leaves = leafOutputs(traceModel(net, { batchSize: 2, training: true }));
    expect(leaves.map((l) => `${l.id} ${l.value.node.op.kind}`)).toEqual([
      "a Gemm",
      "activation Mul",
      "b Gemm",
    ]);
  });

  it("refuse a path where there is none, naming those there are", () => {
    expect(() => leafOutputs(traced, { paths: ["conv9"] })).toThrow(/conv9[\s\S]*conv1, bn1/);
  });
});

describe("the penalty", () => {
  for (const run of fixture.runs) {
    const { surrogate, sigma, weighting, images, lambda } = run;
    const options = { sigma, weighting, surrogate, share: images / N, keep: 0.25 };
    it(`${surrogate}, sigma ${sigma}, ${weighting}, ${images} images: values and gradients of PyTorch's hooks`, () => {
      const { penalty, layers } = densityPenalty({
        ...options,
        leaves: leafOutputs(traced),
        output: traced.output,
      });
      const { loss, metrics } = density(traced, { labels, lambda, ...options });
      const wrt = traced.parameters.map((p) => p.value);
      const grads = Object.fromEntries(
        gradients(loss, wrt).map((g, i) => [`d.${traced.parameters[i]!.path}`, g]),
      );
      const outputs = { loss, penalty, task: metrics.task!, cost: metrics.cost!, ...grads };
      const densities = Object.fromEntries(layers.map((l, k) => [`k${k}`, l.density]));
      const out = valuesOf({ ...outputs, ...densities });
      expectClose(out.loss!.data, [run.loss]);
      expectClose(out.task!.data, [run.task]);
      expectClose(out.cost!.data, [run.penalty]);
      expectClose(
        run.densities.map((_, k) => out[`k${k}`]!.data[0]!),
        run.densities,
      );
      for (const [path, g] of Object.entries(run.gradients)) {
        expectClose(out[`d.${path}`]!.data, g.data);
      }
    });
  }

  it.each(surrogateNames)("%s has the slope that central differences have", (surrogate) => {
    const x = input("x", [2, 3, 2, 2], "float64");
    const leaf = { id: "x", path: "x", kind: "activation", value: x } as const;
    const { penalty } = densityPenalty({ leaves: [leaf], output: x, surrogate, sigma: 0.5 });
    const [dx] = gradients(penalty, [x]);
    const data = Float64Array.from({ length: 24 }, (_, i) => Math.sin(3 * i + 1) * 2);
    const at = { x: fromHost(tensor("float64", [2, 3, 2, 2], data)) };
    const slope = interpret(buildGraph({ dx: dx! }), at).dx!.data;
    for (const { direction, slope: expected } of centralDifferences(penalty, [x], { feeds: at })) {
      const ours = slope.reduce((sum, g, i) => sum + g * direction.x![i]!, 0);
      expect(Math.abs(ours - expected)).toBeLessThan(1e-6);
    }
  });

  it("weighs by what the accelerator spends on a tensor: writing, each reading, products of its readers", () => {
    const net: Model = {
      name: "two",
      inputShape: [1, 4, 4],
      outputs: 2,
      forward(c, x) {
        const a = relu(
          c,
          c.scope("a", () => conv2d(3, { kernel: 3 })(c, x)),
        );
        return c.scope("b", () => linear(2)(c, flatten()(c, a)));
      },
    };
    const two = traceModel(net, { batchSize: 5, training: true });
    const { layers } = densityPenalty({
      leaves: leafOutputs(two),
      output: two.output,
      weighting: "energy",
    });
    // a: 5 x 3 x 2 x 2 = 60 elements, read by relu. Its relu, 60, and the flattened form of it: read by b, 5 x 12 x 2
    // products. b: 10 elements, read by nobody here.
    const m = MEMORY_PICOJOULES;
    const read = 60 * 2 * m + 120 * OPERATION_PICOJOULES;
    const parts = [60 * 2 * m, read, read, 10 * m];
    const sum = parts.reduce((a, b) => a + b, 0);
    expectClose(
      layers.map((l) => l.weight),
      parts.map((p) => p / sum),
    );
  });

  it("takes a sigma that is fed, so that a schedule can narrow it", () => {
    const options = { leaves: leafOutputs(traced), output: traced.output };
    const { penalty } = densityPenalty({ ...options, sigma: input("sigma", []) });
    const at = (sigma: number) =>
      valuesOf({ penalty }, { sigma: fromHost(scalar("float32", sigma)) }).penalty!.data[0]!;
    const fixed = (sigma: number) => {
      const constant = densityPenalty({ ...options, sigma }).penalty;
      return valuesOf({ constant }).constant!.data[0]!;
    };
    expect(at(0.5)).toBe(fixed(0.5));
    // Narrower: nearer to the share that is not zero, which is higher.
    expect(at(0.01)).toBeGreaterThan(at(0.5));
    const schedule = geometricSigma({ from: 1, to: 0.01, steps: 10 });
    expect([0, 5, 10, 99].map((s) => Number(schedule(s).toFixed(9)))).toEqual([1, 0.1, 0.01, 0.01]);
  });

  it("of a share of the images is, over all shares of a batch, the penalty of all images", () => {
    // The mean over images one at a time is the mean over the batch: what makes the estimate unbiased.
    const leaf = leafOutputs(traced, { paths: ["fc"] });
    const whole = densityPenalty({ leaves: leaf, output: traced.output, sigma: 0.1 }).penalty;
    const expected = valuesOf({ whole }).whole!.data[0]!;
    const one = densityPenalty({ leaves: leaf, output: traced.output, sigma: 0.1, share: 1 / N });
    const size = 32;
    let sum = 0;
    for (let turn = 0; turn < N; turn++) {
      const data = fixture.input.data.map((_, i, all) => all[(i + turn * size) % all.length]!);
      const turned = { input: exact({ shape: fixture.input.shape, data }) };
      sum += valuesOf({ one: one.penalty }, turned).one!.data[0]! / N;
    }
    expect(Math.abs(sum - expected)).toBeLessThan(1e-12);
  });

  const refusal = (options: object) => () =>
    density(traced, { labels, lambda: 1, ...(options as { sigma?: number }) });
  it.each([
    [{ sigma: 0 }, "sigma is 0"],
    [{ sigma: -1e-4 }, "a number > 0"],
    [{ sigma: Number.NaN }, "sigma is NaN"],
    [{ lambda: 0 }, "lambda is 0"],
    [{ lambda: -2 }, "lambda is -2"],
    [{ share: 0 }, "share is 0"],
    [{ share: 1.5 }, "<= 1"],
    [{ keep: 1 }, "keep is 1"],
    [{ weighting: "joules" }, "mean, elements, energy"],
    [{ surrogate: "l0" }, "eat, l1, l2, hoyer, topK"],
  ])("refuses %o", (options, message) => {
    expect(refusal(options)).toThrow(message);
  });
});

describe("the firing report", () => {
  const leaves = leafOutputs(traceModel(hookedNet, { batchSize: N, training: false }));

  it("counts what is exactly zero, layer by layer", () => {
    const net: Model = {
      name: "counted",
      inputShape: [3],
      outputs: 3,
      forward(c, x) {
        const y = relu(c, x);
        return c.scope("fc", () => linear(3, { bias: false })(c, y));
      },
    };
    const small = traceModel(net, { batchSize: 2, training: false });
    const own = leafOutputs(small);
    const out = interpret(buildGraph(firingOutputs(own)), {
      input: fromHost(tensor("float32", [2, 3], [-1, 2, 0, 1e-30, 3, 4])),
      "fc.weight": fromHost(tensor("float32", [3, 3], [1, 0, 0, 0, 0, 0, 0, 0, 1])),
    });
    // relu: 0 2 0 | tiny 3 4. fc picks the first and the last: 0 0 0 | tiny 0 4.
    const counts = Object.fromEntries(
      Object.entries(out).map(([k, v]) => [k, tensor("float32", v.shape, [...v.data])]),
    );
    const report = firingReport(own, counts);
    expect(report.layers.map((l) => [l.id, l.fired, l.elements])).toEqual([
      ["activation", 4, 6],
      ["fc", 2, 6],
    ]);
    expect(report.all.share).toBe(0.5);
    expect(report.samples).toBe(2);
  });

  it("pools kinds by elements and says which fell most", () => {
    const report = (relu1: number, relu2: number) =>
      firingReport(
        leaves,
        Object.fromEntries(
          leaves.map(({ id }) => {
            const fired = id === "activation" ? relu1 : id === "activation.2" ? relu2 : 1;
            return [`firing.${id}`, tensor("float32", [1], [fired])];
          }),
        ),
      );
    const falls = firingFalls(report(64, 32), report(16, 16));
    expect(falls[0]).toEqual({ kind: "activation", before: 0.75, after: 0.25, fall: 0.5 });
    expect(falls[1]!.fall).toBe(0);
  });

  it("refuses counts that lack a layer", () => {
    expect(() => firingReport(leaves, {})).toThrow("conv1 was not counted");
  });
});
