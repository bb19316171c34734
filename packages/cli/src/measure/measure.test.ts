/** Models measured in processes of their own, by the built program: counts, order and refusals, never times. */

import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Measurement } from "@frugal/core/evaluation";
import { encode } from "fast-png";
import { afterAll, describe, expect, it } from "vitest";
// The process it starts is compiled code; so is what starts it.
import { measureModel, measurePair } from "../../dist/measure/index.js";
import { timingPlan } from "./options.js";
import { denseModel, imageModel, tokenModel } from "./testing/models.js";

const folder = mkdtempSync(join(tmpdir(), "frugal-measure-"));
afterAll(() => rmSync(folder, { recursive: true }));
const warmup = { minRuns: 9, minMs: 0, maxMs: 500 };
const quick = { warmup, batches: [] } as const;

const positive = (m: Measurement) => {
  expect(Math.min(...m.samplesMs, m.sessionStartMs, m.firstRunMs, m.meanMs)).toBeGreaterThan(0);
  expect(m.samplesMs).toHaveLength(m.samples);
};

describe("the plan", () => {
  it("takes as many samples as MLPerf for the percentile of the scenario", () => {
    expect(timingPlan({}).samples).toBe(64);
    expect(timingPlan({ scenario: "multi-stream" }).samples).toBe(662);
    expect(timingPlan({ percentile: 0.999 }).samples).toBe(6636);
    expect(timingPlan({ percentile: 0.99, samples: 12 }).samples).toBe(12);
  });
  it.each([
    [{ scenario: "solo" }, /no scenario "solo"[\s\S]*single-stream, multi-stream/],
    [{ percentile: 99 }, /percentile 99[\s\S]*0.99/],
    [{ samples: 0 }, /0 samples/],
    [{ seconds: -1 }, /-1 seconds/],
    [{ quantile: "median" }, /no quantile median[\s\S]*loadgen/],
  ])("refuses %o", (options, message) => {
    expect(() => timingPlan(options as object)).toThrow(message);
  });
});

describe("one model", () => {
  it("is timed after a warm-up, with percentiles in order and refused beyond the samples", async () => {
    const m = await measureModel({ model: denseModel("N", 1024), samples: 70, ...quick });
    positive(m);
    expect(m).toMatchObject({
      provider: "cpu",
      threads: 1,
      batch: 1,
      scenario: "single-stream",
      samples: 70,
      callsPerSample: 1,
      quantile: "loadgen",
      inputs: [{ name: "x", dtype: "float32", shape: [1, 1024], filledWith: "standard normal" }],
      throughput: [],
    });
    expect(m.warmup.runs).toBeGreaterThanOrEqual(9);
    const { p50, p90, p95, p99 } = m.percentiles;
    const ms = [p50, p90, p95].map((p) => ("ms" in p ? p.ms : Number.NaN));
    expect(ms[0]!).toBeLessThanOrEqual(ms[1]!);
    expect(ms[1]!).toBeLessThanOrEqual(ms[2]!);
    // 0.99^70 > 0.05: p99 needs 299 samples.
    expect(p99).toMatchObject({ needs: 299 });
    expect(m.peakMemoryBytes!).toBeGreaterThan(m.baselineMemoryBytes!);
    expect(m.environment.cores).toBeGreaterThanOrEqual(1);
    expect(m.environment.versions.engine).toMatch(/^onnxruntime-node/);
  });

  it("is swept over batches where its batch is open", async () => {
    const m = await measureModel({
      ...{ model: denseModel("N"), samples: 5, warmup, batches: [1, 4] },
      layers: true,
    });
    expect(m.throughput.map((t) => t.batch)).toEqual([1, 4]);
    expect(m.throughput.every((t) => t.perSecond > 0)).toBe(true);
    expect([1, 4]).toContain(m.kneeBatch);
    expect(m.layers!.length).toBeGreaterThanOrEqual(1);
    expect(m.layers!.reduce((sum, l) => sum + l.share, 0)).toBeCloseTo(1, 6);
  });

  it("is not swept where the file fixes the batch, and says why", async () => {
    const m = await measureModel({ model: denseModel(2), samples: 5, warmup });
    expect(m.batch).toBe(2);
    expect(m.throughput.map((t) => t.batch)).toEqual([2]);
    expect(m.warnings.join("\n")).toMatch(/no batch sweep: the file fixes the batch \(x is 2x64\)/);
  });

  it("takes eight samples at a time in the multi-stream scenario", async () => {
    const scenario = "multi-stream";
    const open = await measureModel({ model: denseModel("N"), scenario, samples: 4, ...quick });
    expect(open).toMatchObject({ batch: 8, scenario, samples: 4 });
    // Four calls of the fixed two.
    const fixed = await measureModel({ model: denseModel(2), scenario, samples: 4, ...quick });
    expect(fixed).toMatchObject({ batch: 2, scenario, samples: 4 });
  });

  it("runs at the knee of its sweep in the offline scenario", async () => {
    const m = await measureModel({
      ...{ model: denseModel("N"), scenario: "offline", samples: 4, warmup, batches: [2, 4] },
    });
    expect(m.batch).toBe(m.kneeBatch);
    expect([2, 4]).toContain(m.batch);
  });

  it("meets Poisson arrivals below its capacity in the server scenario", async () => {
    const m = await measureModel({
      ...{ model: denseModel("N"), scenario: "server", samples: 40, ...quick },
    });
    positive(m);
    expect(m.samples).toBe(40);
    expect(m.rate!.perSecond).toBeCloseTo(m.rate!.capacityPerSecond / 2, 6);
  });

  it("refuses a rate that it cannot serve", async () => {
    await expect(
      measureModel({ model: denseModel("N"), scenario: "server", rate: 1e9, ...quick }),
    ).rejects.toMatchObject({
      code: "E_USAGE",
      allowed: expect.stringMatching(/^less than [\d.]+ per second/),
    });
  });

  it("is fed legal numbers for tokens, types and masks, and says so", async () => {
    const m = await measureModel({ model: tokenModel(), dims: { seq: 6 }, samples: 3, ...quick });
    expect(m.inputs.map((i) => [i.name, i.shape, i.filledWith])).toEqual([
      ["ids", [1, 6], "whole numbers 0 to 49"],
      ["types", [1, 6], "whole numbers 0 to 2"],
      ["mask", [1, 6], "all 1"],
    ]);
  });

  it("takes ranges and values of the user's", async () => {
    const m = await measureModel({
      ...{ model: tokenModel(), dims: { seq: 2 }, samples: 3, ...quick },
      ranges: { ids: [10, 20] },
      values: { mask: [1, 0] },
    });
    expect(m.inputs.map((i) => i.filledWith)).toEqual([
      "whole numbers 10 to 19",
      "whole numbers 0 to 2",
      "the values given",
    ]);
  });

  it("has its image decoded and prepared apart from the network", async () => {
    const image = join(folder, "grey.png");
    const data = Uint8Array.from({ length: 64 }, (_, i) => i);
    writeFileSync(image, encode({ width: 8, height: 8, channels: 1, data }));
    const m = await measureModel({ model: imageModel(), image, samples: 3, ...quick });
    expect(m.decodeMs).toBeGreaterThan(0);
    expect(m.preprocessMs).toBeGreaterThan(0);
    expect(m.inputs[0]).toMatchObject({ shape: [1, 1, 4, 4], filledWith: "the image" });
    await expect(
      measureModel({ model: denseModel(1), image, samples: 3, ...quick }),
    ).rejects.toMatchObject({ code: "E_USAGE", what: "the model has no input for an image" });
  });

  it("is pooled over processes, each with its median", async () => {
    const m = await measureModel({ model: denseModel("N"), samples: 6, processes: 2, ...quick });
    expect(m.samples).toBe(12);
    expect(m.processMediansMs).toHaveLength(2);
  });

  it("has its energy read from the counters it is given, or a reason why not", async () => {
    const none = await measureModel({
      ...{ model: denseModel("N"), samples: 3, sysRoot: folder, ...quick },
    });
    expect(none.energy).toMatchObject({ measured: false, reason: expect.stringMatching(/RAPL/) });
    const battery = join(folder, "laptop/class/power_supply/BAT0");
    mkdirSync(battery, { recursive: true });
    const files = { type: "Battery", status: "Discharging", power_now: "12000000" };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(battery, name), text);
    const still = await measureModel({
      ...{ model: denseModel("N"), samples: 3, sysRoot: join(folder, "laptop"), ...quick },
    });
    // A power that never changes may be an old one.
    expect(still.energy).toMatchObject({
      measured: false,
      reason: expect.stringMatching(/battery counters did not change/),
    });
  });

  it("has the energy of its window from a counter that runs", async () => {
    const root = join(folder, "server");
    const zone = join(root, "class/powercap/intel-rapl:0");
    mkdirSync(zone, { recursive: true });
    writeFileSync(join(zone, "name"), "package-0");
    writeFileSync(join(zone, "max_energy_range_uj"), "262143328850");
    let energy = 0;
    const count = () => {
      energy += 500_000;
      writeFileSync(join(zone, "next"), `${energy}`);
      // At once: a reader never sees half a number.
      renameSync(join(zone, "next"), join(zone, "energy_uj"));
    };
    count();
    const timer = setInterval(count, 10);
    try {
      const options = { seconds: 0.5, sysRoot: root, ...quick };
      const m = await measureModel({ model: denseModel("N", 512), ...options });
      if (!m.energy.measured) throw new Error(m.energy.reason);
      expect(m.energy).toMatchObject({ method: "rapl", domain: "package-0" });
      expect(m.energy.joules % 0.5).toBe(0);
      expect(m.energy.updates).toBeGreaterThanOrEqual(1);
      expect(m.energy.joulesPerSample).toBeCloseTo(m.energy.joules / m.samples, 12);
      expect(m.energy.idleWatts).toBeGreaterThan(0);
    } finally {
      clearInterval(timer);
    }
  });

  it.each([
    ["a file that is not there", { model: "none.onnx" }, /no such file/],
    ["an unknown provider", { model: denseModel(1), provider: "abacus" }, /no provider "abacus"/],
    ["bytes that are no model", { model: new Uint8Array([9, 9]) }, /cannot be opened on cpu/],
    ["half a thread", { model: denseModel(1), threads: 0.5 }, /0.5 threads/],
    ["an open dimension", { model: tokenModel() }, /--dim seq=N/],
  ])("is refused for %s", async (_, options, message) => {
    await expect(measureModel({ ...quick, ...options })).rejects.toThrow(message);
  });
});

describe("a pair", () => {
  it("is timed in rounds, with a ratio inside its interval", async () => {
    const { a, b, ratio, rounds } = await measurePair({
      a: { model: denseModel("N", 1024), name: "wide" },
      b: { model: denseModel("N", 64), name: "narrow" },
      ...{ rounds: 7, samples: 7, warmup },
    });
    expect(rounds).toBe(7);
    expect([a.model, b.model]).toEqual(["wide", "narrow"]);
    for (const side of [a, b]) positive(side);
    expect(ratio.low).toBeLessThanOrEqual(ratio.median);
    expect(ratio.median).toBeLessThanOrEqual(ratio.high);
    // 256 times the multiplications: whatever the machine does, not faster.
    expect(ratio.median).toBeGreaterThan(1);
    expect(a.energy).toMatchObject({ measured: false });
  });

  it("takes six rounds at least, whatever the time", async () => {
    const side = { model: denseModel("N") };
    const { rounds } = await measurePair({ a: side, b: side, seconds: 0.001, warmup });
    expect(rounds).toBeGreaterThanOrEqual(6);
    await expect(measurePair({ a: side, b: side, rounds: 5 })).rejects.toThrow(/number from 6/);
  });

  it("cannot take turns in the server scenario", async () => {
    const side = { model: denseModel("N") };
    await expect(measurePair({ a: side, b: side, scenario: "server" })).rejects.toMatchObject({
      allowed: "single-stream, multi-stream",
    });
  });
});
