/** Budgets in joules and milliseconds, the floor under the accuracy, and what is watched: real runs. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { workplace } from "./support/cli.js";
import { expectRefusal } from "./support/refusal.js";

const place = workplace();
place.write(
  "small.yaml",
  `
name: small
data: { name: optdigits, limit: 512 }
model: { name: digits, options: { width: 4 } }
objective: { kind: plain }
channels: { accuracyFloor: 0.6, warmup: 0, fineTune: 1 }
optimizer: { name: adam, lr: 0.01 }
epochs: 9
batchSize: 32
monitor: { pressure: 4 }
evaluate: { runs: 8, timed: [32] }
`,
);

interface Metric {
  readonly step: number;
  readonly epoch: number;
  readonly split: string;
  readonly name: string;
  readonly value: number;
}

describe("a run with a floor under its accuracy and a budget in joules", () => {
  let run = "";
  let metrics: Metric[] = [];
  beforeAll(async () => {
    const args = ["train", "small.yaml", "--budget", "energy=60%", "--runs", "runs"];
    expect(await place.frugal(args)).toMatchObject({ code: 0 });
    run = join(place.path("runs"), readdirSync(place.path("runs"))[0]!);
    const lines = readFileSync(join(run, "metrics.jsonl"), "utf8").trimEnd().split("\n");
    metrics = lines.map((line) => JSON.parse(line));
  }, 120_000);

  it("counts the energy by the 45 nm table, in the network and in the file alike", () => {
    const certificate = JSON.parse(readFileSync(join(run, "certificate.json"), "utf8"));
    const [energy] = certificate.costs;
    expect(energy).toMatchObject({ name: "energy", cost: "energy45", unit: "J", met: true });
    expect(energy.countedBy).toMatch(/45 nm/);
    expect(energy.measured).toBeNull();
    expect(energy.exported).toBe(energy.executed);
    expect(energy.exported).toBeLessThanOrEqual(0.6 * energy.full);
  });

  it("has the price stand still after each validation below the floor, and rise after one above", () => {
    const deciding = metrics.filter((m) => m.epoch <= 8);
    const prices = deciding.filter((m) => m.name === "lambda.energy45");
    const accuracies = deciding.filter((m) => m.split === "validation" && m.name === "accuracy");
    const rises = accuracies.slice(0, -1).map(({ step, value }) => {
      // The price of a step was set before it: the first that may know of the validation is the second one after.
      const after = prices.filter((p) => p.step > step + 1 && p.step <= step + 16);
      return { low: value < 0.6, rise: after.at(-1)!.value - after[0]!.value };
    });
    const low = rises.filter((r) => r.low);
    expect(low.length).toBeGreaterThan(0);
    for (const { rise } of low) expect(rise).toBeLessThanOrEqual(0);
    expect(rises.some((r) => !r.low && r.rise > 0)).toBe(true);
  });

  it("has the pressure of every block on record as often as it was asked for, and in the report", async () => {
    const pressures = metrics.filter((m) => m.name.startsWith("pressure."));
    expect([...new Set(pressures.map((m) => m.epoch))]).toEqual([4, 8]);
    const last = new Map(pressures.map((m) => [m.name, m.value]));
    // The budget pulls at the gates alone, the task at everything.
    expect(last.get("pressure.energy45/stage2")).toBe(0);
    expect(last.get("pressure.task/stage2")).toBeGreaterThan(0);
    expect(last.get("pressure.energy45/gates")).toBeGreaterThan(0);
    expect(await place.frugal(["report", run])).toMatchObject({ code: 0 });
    const page = readFileSync(join(run, "report.html"), "utf8");
    expect(page).toMatch(/Costs and their prices[\s\S]*Gradient pressure[\s\S]*stage2/);
  });
});

describe("a budget of time", () => {
  it.each([
    ["on a machine that is not calibrated", "latency=5ms", /doctor --calibrate/],
    ["of a statistic that samples do not show", "latency.max=5ms", /latency\.p95/],
    ["without a unit", "latency.p95=5", /such as 5ms/],
  ])("is refused before training %s", async (_, budget, words) => {
    const args = ["train", "small.yaml", "--budget", budget, "--runs", "none"];
    expectRefusal(await place.frugal(args), "E_CONFIG", words);
    expect(existsSync(place.path("none"))).toBe(false);
  });

  it("refuses a pressure that is measured never", async () => {
    const set = ["--set", "monitor.pressure=0", "--budget", "macs=5k", "--runs", "none"];
    const refused = await place.frugal(["train", "small.yaml", ...set]);
    expectRefusal(refused, "E_CONFIG", /monitor\.pressure[\s\S]*>= 1/);
  });
});
