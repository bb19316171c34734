/** What fires, on the command line: frugal train, evaluate --firing, sweep and report. */

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FiringEvaluation } from "@frugal/core/evaluation";
import { beforeAll, describe, expect, it } from "vitest";
import { workplace } from "./support/cli.js";

const place = workplace();
const recipe = `
name: firing
data: { name: optdigits, limit: 128 }
model: { name: mlp, options: { hidden: [16] } }
objective: { kind: density, lambda: 1, density: { sigma: 1.0e-2 } }
epochs: 1
batchSize: 32
evaluate: { budgets: [], timed: [32], runs: 1 }
sweep: { lambdas: [1], seeds: [1], baselines: [plain] }
`;
const counted = (run: string, split: string): FiringEvaluation =>
  JSON.parse(readFileSync(join(run, "eval", `${split}-firing.json`), "utf8"));

describe("a run that was trained for density", () => {
  let run = "";
  beforeAll(async () => {
    place.write("firing.yaml", recipe);
    expect(await place.frugal(["train", "firing.yaml"])).toMatchObject({ code: 0 });
    run = place.path("runs", readdirSync(place.path("runs"))[0]!);
  }, 120_000);

  it("has its firing counted on the test data, and on validation, where lambdas are chosen", () => {
    const { firing, energy, samples } = counted(run, "test");
    // The official test digits.
    expect(samples).toBe(1797);
    expect(firing.layers.map((l) => [l.kind, l.elements / samples])).toEqual([
      ["flatten", 64],
      ["linear", 16],
      ["activation", 16],
      ["linear", 10],
    ]);
    expect(energy.reference.ratio).toBeLessThan(1);
    // 512, 512, 512 and 261.
    expect(energy.reference).toMatchObject({ batchSize: 512, batches: 4 });
    expect(counted(run, "validation").split).toBe("validation");
  });

  it("shows kinds of layers and both energies when it is evaluated", async () => {
    const seen = await place.frugal(["evaluate", run, "--split", "validation"]);
    expect(seen.stdout).toMatch(/layers +number +not zero +layer by layer/);
    expect(seen.stdout).toMatch(/activation +1 +\d+\.\d %/);
    expect(seen.stdout).toMatch(/as published, batch 512 +\d+\.\d %/);
    expect(seen.stdout).toMatch(/corrected, batch 1 +\d+\.\d % ± \d+\.\d/);
  }, 120_000);

  it("has no report of a file of another version, but the command that makes it anew", async () => {
    const path = join(run, "eval", "test-firing.json");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace('"format": 1', '"format": 99'));
    const seen = await place.frugal(["report", run]);
    writeFileSync(path, text);
    expect(seen.code).not.toBe(0);
    expect(seen.stderr).toContain("another version");
    expect(seen.stderr).toContain("--firing");
  }, 60_000);
});

describe("a sweep over lambda", () => {
  beforeAll(async () => {
    const made = await place.frugal(["sweep", "firing.yaml", "--report", "--out", "sweep"]);
    expect(made).toMatchObject({ code: 0 });
  }, 240_000);

  it("counts its plain trials too, and draws both in the report", () => {
    const trials = readdirSync(place.path("sweep", "trials"));
    expect(trials).toHaveLength(2);
    for (const trial of trials) counted(place.path("sweep", "trials", trial), "test");
    const html = readFileSync(place.path("sweep", "report.html"), "utf8");
    expect(html).toContain("<h2>What fires</h2>");
    expect(html).toContain("Share of values that are not zero, by kind of layer");
    // The first layer of each of two settings.
    expect(html.match(/hidden0 \(linear\)/g)).toHaveLength(2);
    const part = html.slice(html.indexOf("What fires"));
    expect(/<td>lambda 1[^<]*<\/td>.*?<\/tr>/.exec(part)![0]).toMatch(/\d+\.\d\d %/);
  });

  it("leaves plain runs of other sweeps alone until they are asked for", async () => {
    const plain = place.path("sweep", "trials", "plain-s1");
    rmSync(join(plain, "eval"), { recursive: true });
    await place.frugal(["evaluate", plain]);
    expect(existsSync(join(plain, "eval", "test-firing.json"))).toBe(false);
    const seen = await place.frugal(["evaluate", plain, "--firing", "--json"]);
    const { firing } = JSON.parse(seen.stdout) as { firing: FiringEvaluation };
    expect(firing).toEqual(counted(plain, "test"));
    expect(firing.firing.byKind.activation!.share).toBeLessThan(1);
  }, 120_000);

  it("counts plain sweeps where it is told to", async () => {
    place.write("plain.yaml", recipe.replace(/objective:.*\n/, "objective: { kind: plain }\n"));
    const made = await place.frugal(["sweep", "plain.yaml", "--firing", "--out", "plain"]);
    expect(made).toMatchObject({ code: 0 });
    expect(counted(place.path("plain", "trials", "plain-s1"), "test").samples).toBe(1797);
  }, 120_000);
});
