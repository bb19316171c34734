import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../../base/index.js";
import { encodeOnnx } from "../../formats/index.js";
import { buildGraph, input } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { ledgerOf } from "../graph-ledger.js";
import { ledgerFrom } from "../ledger.js";
import { profile } from "../onnx/index.js";
import { type Device, nominalDevice } from "./device.js";
import { kernelTimes } from "./kernel-times.js";
import { type Kernel, kernelFeatures, kernelKey, kernelsOf } from "./kernels.js";
import { lookupCost, regressorCost } from "./latency-cost.js";
import { type LookupTable, lookupPredictor } from "./lookup.js";
import { predictLatency } from "./prediction.js";
import { ProbeBuilder } from "./probe-builder.js";
import { lookupRows } from "./recorded.js";
import { fitLatency, regressorPredictor } from "./regressor.js";
import { rooflineBound, rooflineLatency } from "./roofline.js";

const ledgerOfProbe = (build: (b: ProbeBuilder) => void) => {
  const builder = new ProbeBuilder(0);
  build(builder);
  return profile(encodeOnnx(builder.model())).ledger;
};
const namesOf = (kernels: readonly Kernel[]) =>
  kernels.map((k) => `${k.family}: ${k.entries.map((e) => e.kind).join(" ")}`);

/** A matrix product of a row with a matrix. */
const product = (inputs: number, outputs: number) =>
  ledgerOf(buildGraph({ y: f.matmul(input("x", [1, inputs]), input("w", [inputs, outputs])) }));

const row = (inputs: number, outputs: number, ms: number) => ({
  kernel: kernelsOf(product(inputs, outputs))[0]!,
  ms: [ms],
});
const tableOf = (rows: readonly { kernel: Kernel; ms: readonly number[] }[]): LookupTable => ({
  format: 1,
  name: "made up",
  rows: lookupRows(rows),
  baseMs: 0.25,
  overheadMsPerKernel: 0,
});

describe("kernels of a ledger", () => {
  // The fused nodes of a profile of ONNX Runtime 1.30, CPU, of the same network.
  it("fuse normalisation, residual and activation into convolutions, bias and activation into products", () => {
    const ledger = ledgerOfProbe((b) => {
      const first = b.convolution(b.input([1, 3, 32, 32]), {
        channels: 32,
        norm: true,
        activation: true,
      });
      const inner = b.convolution(first, { channels: 32, norm: true, activation: true });
      const sum = b.convolution(inner, {
        channels: 32,
        norm: true,
        residual: first,
        activation: true,
      });
      const deep = b.convolution(sum, { channels: 32, groups: 32, norm: true, activation: true });
      const wide = b.convolution(deep, { channels: 48, kernel: 1, norm: true, activation: true });
      const apart = b.convolution(wide, {
        channels: 48,
        groups: 4,
        stride: 2,
        norm: true,
        activation: true,
      });
      b.output(b.linear(b.globalPool(b.pool(apart, "MaxPool", 2, 2)), 10, true));
    });
    expect(namesOf(kernelsOf(ledger))).toEqual([
      "stem: Conv BatchNormalization Relu",
      "conv: Conv BatchNormalization Relu",
      "conv: Conv BatchNormalization Add Relu",
      "depthwise: Conv BatchNormalization Relu",
      "pointwise: Conv BatchNormalization Relu",
      "grouped: Conv BatchNormalization Relu",
      "pool: MaxPool",
      "globalPool: GlobalAveragePool",
      "linear: Gemm Relu",
    ]);
  });

  it("count what stays inside a fused kernel as not moved", () => {
    const ledger = ledgerOfProbe((b) => {
      const x = b.input([1, 2, 4, 4]);
      b.output(b.convolution(x, { channels: 4, activation: true }));
    });
    // Reads the input, the weights and the bias, writes the activation: 4 bytes each.
    const [kernel] = kernelsOf(ledger);
    expect(kernel).toMatchObject({
      bytesRead: 4 * (2 * 16 + 4 * 2 * 9 + 4),
      bytesWritten: 4 * 4 * 16,
      operands: 1,
    });
  });

  it("do not fuse what reads something else", () => {
    const x = input("x", [1, 8]);
    const w = input("w", [8, 8]);
    const graph = buildGraph({ y: f.matmul(x, w), z: f.relu(x) });
    expect(kernelsOf(ledgerOf(graph)).map((k) => k.family)).toEqual(["linear", "elementwise"]);
  });

  it("are the same for a graph of ours as for its export", () => {
    const x = input("x", [1, 3, 8, 8]);
    const y = f.relu(f.conv(x, input("w", [16, 3, 3, 3]), { pads: 1 }));
    const graph = buildGraph({ y });
    const keys = [ledgerOf(graph), profile(graph).ledger].map((l) => kernelsOf(l).map(kernelKey));
    expect(keys[0]).toEqual(["stem 1 3 16 1 9 64 64 1"]);
    expect(keys[1]).toEqual(keys[0]);
  });

  it("get the times of the nodes that the runtime made of them, changes of layout with whom they serve", () => {
    const ledger = ledgerOfProbe((b) => {
      const x = b.convolution(b.input([1, 16, 8, 8]), { channels: 16, kernel: 1 });
      const y = b.convolution(x, { channels: 16, groups: 4, activation: true });
      b.output(b.linear(b.globalPool(b.convolution(y, { channels: 20, kernel: 1 })), 10, true));
    });
    const nodes = [
      ["ReorderInput", 9],
      ["n0_nchwc", 1],
      ["ReorderOutput", 2],
      ["n1", 4],
      ["ReorderInput_token_3", 8],
      ["n3_nchwc", 16],
      ["ReorderOutput_token_5", 32],
      ["n4", 64],
      ["n5", 500],
      ["fused n6", 128],
    ] as const;
    const times = kernelTimes(
      kernelsOf(ledger),
      nodes.map(([path, ms]) => ({ path, ms })),
    );
    // Pointwise; grouped with both changes; pointwise; pooling with the way out; product. Flatten is a view.
    expect(times.map((t) => t?.ms)).toEqual([1, 2 + 4 + 8, 16, 32 + 64, 128]);
    expect(times.map((t) => t?.nodes)).toEqual([1, 3, 1, 2, 1]);
  });
});

describe("the roofline", () => {
  const device: Device = {
    ...nominalDevice,
    peakMacsPerSecond: 1e6,
    bytesPerSecond: 1e6,
    overheadMsPerKernel: 3,
  };

  it("takes the longer of products and traffic kernel by kernel, and the overhead", () => {
    // 64 rows: 64*10*10 MACs = 6.4 ms; 4*(640+100+640) bytes = 5.52 ms. One row: 0.1 ms and 4*120 bytes = 0.48 ms.
    const x = input("x", [64, 10]);
    const y = f.matmul(x, input("w", [10, 10]));
    expect(rooflineLatency(ledgerOf(buildGraph({ y })), device)).toBeCloseTo(6.4 + 3, 10);
    expect(rooflineLatency(product(10, 10), device)).toBeCloseTo(0.48 + 3, 10);
  });

  it("is bounded by perfect overlap without overhead", () => {
    // Both products together: max(6.4 + 0.1, 5.52 + 0.48).
    const both = ledgerFrom([
      ...ledgerOf(buildGraph({ y: f.matmul(input("x", [64, 10]), input("w", [10, 10])) })).entries,
      ...product(10, 10).entries,
    ]);
    expect(rooflineBound(both, device)).toBeCloseTo(6.5, 10);
    expect(rooflineBound(both, device)).toBeLessThan(rooflineLatency(both, device));
  });

  it("says nothing of an empty ledger", () => {
    expect(rooflineLatency(ledgerFrom([]), device)).toBe(0);
  });
});

describe("the look-up table", () => {
  const table = tableOf([
    row(64, 64, 0.01),
    row(128, 128, 0.04),
    row(256, 256, 0.16),
    row(512, 512, 0.64),
    row(1024, 1024, 2.56),
  ]);

  it("gives a recorded kernel its recorded time, beside what a run costs", () => {
    expect(predictLatency(product(256, 256), lookupPredictor(table))).toMatchObject({
      ms: 0.16 + 0.25,
      sources: { hit: 1, interpolated: 0, extrapolated: 0, missed: 0 },
      coverage: { kernels: 1, time: 1 },
      extrapolates: false,
    });
  });

  it("interpolates in log space: times that follow the products are found between the rows", () => {
    const found = predictLatency(product(384, 384), lookupPredictor(table));
    expect(found.sources.interpolated).toBe(1);
    // Rows have 64^2 products in 0.01 ms; 384^2 are 36 times as many.
    expect(found.ms - 0.25).toBeGreaterThan(0.36 * 0.9);
    expect(found.ms - 0.25).toBeLessThan(0.36 * 1.1);
  });

  it("says that it extrapolates beyond its rows", () => {
    const found = predictLatency(product(4096, 4096), lookupPredictor(table));
    expect(found).toMatchObject({ extrapolates: true, sources: { extrapolated: 1 } });
    expect(found.coverage.kernels).toBe(0);
  });

  it("refuses kernels of families that it does not know, and names them", () => {
    const ledger = ledgerOf(buildGraph({ y: f.softmax(input("x", [1, 10])) }));
    expect(() => predictLatency(ledger, lookupPredictor(table))).toThrow(UserError);
    expect(() => predictLatency(ledger, lookupPredictor(table))).toThrow(/Softmax/);
  });

  it("lets the roofline of a device answer for them where there is one, and counts that as missed", () => {
    const ledger = ledgerOf(buildGraph({ y: f.softmax(input("x", [1, 10])) }));
    const found = predictLatency(ledger, lookupPredictor(table, { fallback: nominalDevice }));
    expect(found.sources.missed).toBe(1);
    expect(found.ms - 0.25).toBeCloseTo(rooflineLatency(ledger, nominalDevice), 12);
  });

  it("keeps one row a shape, with the median and the range of what was recorded", () => {
    const { kernel } = row(64, 64, 1);
    const rows = lookupRows([
      { kernel, ms: [3, 1] },
      { kernel, ms: [2, 10] },
      { kernel, ms: [] },
    ]);
    expect(rows).toMatchObject([{ ms: 2.5, lowMs: 1, highMs: 10, samples: 4 }]);
  });

  it("survives JSON", () => {
    const copy = JSON.parse(JSON.stringify(table)) as LookupTable;
    const ledger = product(300, 200);
    expect(lookupCost(copy).full(ledger)).toBe(lookupCost(table).full(ledger));
  });
});

describe("the learned regressor", () => {
  const sizes = [16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024];
  const pairs = sizes.flatMap((a) => sizes.map((b) => [a, b] as const));
  /** A made-up machine: 1 us and a nanosecond for every 8 products; a run costs 50 us. */
  const msOf = (a: number, b: number) => 1e-3 + (a * b) / 8e6;
  const kernels = pairs.map(([a, b]) => {
    const [kernel] = kernelsOf(product(a, b));
    return { family: kernel!.family, features: kernelFeatures(kernel!)!, ms: msOf(a, b) };
  });
  const networks = pairs.slice(0, 40).map(([a, b]) => ({
    kernels: kernelsOf(product(a, b)),
    ms: 0.05 + msOf(a, b),
  }));
  const model = fitLatency({ name: "made up", kernels, networks });

  it("predicts shapes that it has not seen on a machine of a known law", () => {
    for (const [a, b] of [
      [80, 80],
      [160, 320],
      [600, 300],
      [900, 40],
    ] as const) {
      const { ms } = predictLatency(product(a, b), regressorPredictor(model));
      expect(Math.abs(ms / (0.05 + msOf(a, b)) - 1)).toBeLessThan(0.1);
    }
  });

  it("finds what a run costs beside its kernels", () => {
    expect(model.baseMs + model.overheadMsPerKernel).toBeCloseTo(0.05, 2);
    expect(model.scale).toBeCloseTo(1, 1);
  });

  it("is the same from the same samples and seed, and survives JSON", () => {
    const again = fitLatency({ name: "made up", kernels, networks });
    expect(again).toEqual(model);
    const copy = JSON.parse(JSON.stringify(model)) as typeof model;
    const ledger = product(300, 200);
    expect(regressorCost(copy).full(ledger)).toBe(regressorCost(model).full(ledger));
  });

  it("says that it extrapolates beyond its samples, and stays finite there", () => {
    const found = predictLatency(product(40_000, 40_000), regressorPredictor(model));
    expect(found.sources.extrapolated).toBe(1);
    expect(Number.isFinite(found.ms)).toBe(true);
  });

  it("refuses what it has not learned, unless a device answers", () => {
    const ledger = ledgerOf(buildGraph({ y: f.softmax(input("x", [1, 10])) }));
    expect(() => predictLatency(ledger, regressorPredictor(model))).toThrow(/Softmax/);
    const { sources } = predictLatency(
      ledger,
      regressorPredictor(model, { fallback: nominalDevice }),
    );
    expect(sources.missed).toBe(1);
  });

  it("cannot be fitted to nothing", () => {
    expect(() => fitLatency({ name: "none", kernels: [], networks: [] })).toThrow(UserError);
  });

  it("gives positive times for every shape", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 5000 }), (a, b) => {
        expect(predictLatency(product(a, b), regressorPredictor(model)).ms).toBeGreaterThan(0);
      }),
      { seed: 5, numRuns: 50 },
    );
  });
});
