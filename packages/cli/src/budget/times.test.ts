import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exitLedger } from "@frugal/core/adaptive";
import { ledgerFrom, rooflineLatency } from "@frugal/core/costs";
import { parseBudget } from "@frugal/core/objectives";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fingerprint } from "../calibrate/fingerprint.js";
import { type Calibration, writeDevice } from "../calibrate/store.js";
import { loadDataset } from "../data/index.js";
import { checkRecipe } from "../recipe/check.js";
import { recipeNetwork } from "../training/network.js";
import { certificateText } from "./certificate-text.js";
import { costRow } from "./certify.js";
import { keptInTime } from "./in-time.js";
import type { BudgetPlan, PlannedLimit } from "./plan.js";
import { planBudget } from "./plan.js";
import { machinePredictor, machineTimes, readTimes, timeStatisticOf, writeTimes } from "./times.js";

const home = mkdtempSync(join(tmpdir(), "frugal-times-"));
const before = process.env.FRUGAL_HOME;
beforeAll(() => {
  process.env.FRUGAL_HOME = home;
});
afterAll(() => {
  if (before === undefined) delete process.env.FRUGAL_HOME;
  else process.env.FRUGAL_HOME = before;
  rmSync(home, { recursive: true, force: true });
});

/** A table without rows: everything is answered by the roofline, 1 GMAC/s, 1 GB/s, 0.1 us a kernel; 0.5 us a run. */
const device = {
  name: "this-machine",
  provider: "cpu",
  threads: 1,
  peakMacsPerSecond: 1e9,
  bytesPerSecond: 1e9,
  overheadMsPerKernel: 1e-4,
};
const calibration: Calibration = {
  format: 1,
  name: "this-machine",
  calibratedAt: "2026-01-01T00:00:00.000Z",
  fingerprint: fingerprint(),
  device,
  table: { format: 1, name: "none", rows: [], baseMs: 5e-4, overheadMsPerKernel: 0 },
  recording: { seconds: 1, profilingMs: 0 },
};
const recipeOf = (budget: Record<string, string>) =>
  checkRecipe(
    {
      name: "times",
      data: { name: "optdigits" },
      model: { name: "digits", options: { width: 4 } },
      objective: { kind: "plain", budget },
      channels: {},
    },
    "recipe",
  );
const statistic = (text: string) => timeStatisticOf(parseBudget(text)[0]!);

describe("a budget of time", () => {
  it("is about the median, or about the percentile that it names; counts are about neither", () => {
    expect(statistic("latency=5ms")).toBe("p50");
    expect(statistic("latency.p95=5ms")).toBe("p95");
    expect(statistic("macs=2M")).toBeUndefined();
    expect(() => statistic("latency.max=5ms")).toThrow(/max of measured times[\s\S]*latency\.p95/);
  });

  it("needs a calibrated machine, and names the command", () => {
    expect(() => machinePredictor()).toThrow(/needs a calibrated machine/);
    expect(() => machinePredictor()).toThrow(
      expect.objectContaining({
        code: "E_CONFIG",
        next: expect.stringContaining("frugal doctor --calibrate"),
      }),
    );
  });

  it("is planned by the prediction times what the whole network took over what was predicted", async () => {
    writeDevice(calibration);
    const dataset = await loadDataset("optdigits", {});
    const recipe = recipeOf({ latency: "50%", "latency.p95": "60%", energy: "50%" });
    const ledger = exitLedger(recipeNetwork(recipe, dataset));
    // By hand: the roofline of every kernel, and what a run costs.
    const predicted = rooflineLatency(ledger, device) + 5e-4;
    const times = machineTimes(machinePredictor(), ledger, { p50: 0.2, p95: 0.3 });
    expect(times.predictedMs).toBeCloseTo(predicted, 9);
    const [median, p95, energy] = planBudget(recipe, dataset, times).limits as [
      PlannedLimit,
      PlannedLimit,
      PlannedLimit,
    ];
    expect(median).toMatchObject({ statistic: "p50", unit: "ms" });
    expect(median.full).toBeCloseTo(0.2, 9);
    expect(median.limit).toBeCloseTo(0.1, 9);
    expect(p95.full).toBeCloseTo(0.3, 9);
    expect(p95.limit).toBeCloseTo(0.18, 9);
    expect(p95.model.title).toMatch(/p95 by the table of this-machine/);
    expect(energy).toMatchObject({ name: "energy", cost: "energy45", unit: "J" });
    expect(energy.statistic).toBeUndefined();
    expect(() => planBudget(recipeOf({ latency: "1%" }), dataset, times)).toThrow(
      /cannot be reached/,
    );
    expect(() => planBudget(recipeOf({ latency: "9s" }), dataset, times)).toThrow(/no saving/);
    const twice = recipeOf({ latency: "50%", "latency.p50": "60%" });
    expect(() => planBudget(twice, dataset, times)).toThrow(/by latency and by latency\.p50/);
  });

  it("goes on with the calibration that it began with, and with no other", () => {
    const times = machineTimes(machinePredictor(), ledgerFrom([]), { p50: 0.2 });
    writeTimes(home, { ...times, predictedMs: 0.1 });
    expect(readTimes(home)).toEqual({ ...times, predictedMs: 0.1 });
    writeDevice({ ...calibration, calibratedAt: "2026-02-02T00:00:00.000Z" });
    expect(() => machinePredictor(readTimes(home))).toThrow(/calibrated anew/);
    writeDevice(calibration);
  });
});

describe("a network that is timed before it is kept", () => {
  const limit = (asked: number): PlannedLimit =>
    ({
      name: "latency",
      cost: "latency",
      unit: "ms",
      statistic: "p50",
      limit: asked,
      full: 10,
      range: { lowest: 1, highest: 10 },
    }) as PlannedLimit;
  /** A decision that costs what it may; the machine takes `factor` times that. */
  const settle = async (asked: number, factor: number) => {
    const tried: number[] = [];
    const kept = await keptInTime({ limits: [limit(asked)] } as unknown as BudgetPlan, {
      decide: ({ limits }) => limits[0]!.limit,
      async measure(decision) {
        tried.push(decision);
        return () => factor * decision;
      },
    });
    return { kept, tried };
  };

  it("is chosen anew where it takes longer than was predicted, until it does not", async () => {
    // 4 would take 6; 4 * 0.95 * 4 / 6 takes 3.8.
    const { kept, tried } = await settle(4, 1.5);
    expect(tried).toHaveLength(2);
    expect(1.5 * kept).toBeCloseTo(3.8, 9);
  });

  it("may be larger where it takes less than was predicted", async () => {
    const { kept } = await settle(4, 0.5);
    expect(0.5 * kept).toBeCloseTo(3.8, 9);
  });

  it("is the smallest there is where none is fast enough", async () => {
    expect((await settle(2, 5)).kept).toBe(1);
  });

  it("is not timed where the budget is about counts", async () => {
    const { statistic: _, ...counted } = limit(4);
    const plan = { limits: [counted] } as unknown as BudgetPlan;
    const kept = await keptInTime(plan, {
      decide: () => "once",
      measure: () => Promise.reject(new Error("timed")),
    });
    expect(kept).toBe("once");
  });
});

describe("a certificate", () => {
  const limit = {
    name: "latency",
    cost: "latency",
    model: { title: "p50 by the table" },
    unit: "ms",
    statistic: "p50",
    limit: 5,
    full: 10,
    range: { lowest: 1, highest: 10 },
  } as unknown as PlannedLimit;
  const counted = { expected: null, policy: null, executed: 4.8, exported: 4.8 };
  const measured = (value: number) => ({
    value,
    low: value,
    high: value,
    statistic: "p50" as const,
  });
  const row = (value: number) => costRow(limit, { ...counted, measured: measured(value) });

  it("judges a time by what was measured, whatever was predicted", () => {
    expect(row(4.9)).toMatchObject({ met: true });
    expect(row(5.1)).toMatchObject({ met: false });
    expect(row(6)).toMatchObject({ gaps: { measured: 6 / 4.8 - 1, budget: 6 / 5 - 1 } });
    const slow = costRow(limit, {
      ...counted,
      executed: 5.5,
      exported: 5.5,
      measured: measured(4),
    });
    expect(slow.met).toBe(true);
  });

  it("judges what is counted by both counts", () => {
    const energy = { ...limit, unit: "J", limit: 5, statistic: undefined } as never;
    expect(costRow(energy, { ...counted, measured: null }).met).toBe(true);
    expect(costRow(energy, { ...counted, exported: 5.1, measured: null }).met).toBe(false);
  });

  it("shows prediction and measurement side by side", () => {
    const text = certificateText({
      costs: [row(5.1)],
      accuracy: { value: 1, interval: { low: 1, high: 1 }, split: "test", samples: 1 },
      validationAccuracy: {
        value: 1,
        interval: { low: 1, high: 1 },
        split: "validation",
        samples: 1,
      },
      time: {
        medianMs: measured(5.1),
        fullMedianMs: measured(10),
        ratio: measured(0.5),
        batch: 1,
        threads: 1,
        provider: "cpu",
        rounds: 20,
      },
      channels: {},
      masks: {},
      note: "",
      seeds: { run: 1, split: 0 },
      data: { chosenOn: "validation" },
      verdict: "not met",
    } as never);
    expect(text).toMatch(/latency \(ms\) +5 +- +- +4\.8 +4\.8 +5\.1 +\+2\.00 % +51\.0 % +not met/);
    expect(text).toMatch(/latency: measured 5\.1 ms \(95 %: 5\.1 to 5\.1 ms\), \+6\.25 % against/);
  });
});
