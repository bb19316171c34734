/** Training for sparse activations from a recipe: frugal train, --resume, evaluate and sweep. */

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors } from "@frugal/core/formats";
import { beforeAll, describe, expect, it } from "vitest";
import { type Outcome, workplace } from "./support/cli.js";
import { expectRefusal } from "./support/refusal.js";

const place = workplace();
const recipe = `
name: sparse
data: { name: optdigits, limit: 512 }
model: { name: mlp, options: { hidden: [32] } }
objective:
  kind: density
  lambda: { value: 3, warmup: 1 }
  density: { sigma: { from: 1.0e-1, to: 1.0e-2 } }
optimizer: { name: adam, lr: 0.01 }
epochs: 4
batchSize: 32
evaluate: { timed: [32] }
sweep: { lambdas: [0, 3], sigmas: [2.0e-2, 1.0e-2], seeds: [1] }
`;
place.write("sparse.yaml", recipe);
/** Of four epochs of 16 steps. */
const TOTAL = 64;

const runsIn = (root: string): string[] =>
  readdirSync(place.path(root)).map((name) => place.path(root, name));
const records = (run: string, file: string) =>
  readFileSync(join(run, file), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const atSteps = (run: string, name: string): number[] =>
  records(run, "metrics.jsonl")
    .filter((m) => m.name === name && m.split === "train")
    .map((m) => m.value);
function weights(run: string) {
  const name = `step-${String(TOTAL).padStart(8, "0")}`;
  const path = join(run, "checkpoints", name, "model.safetensors");
  const { tensors } = readSafetensors(new Uint8Array(readFileSync(path)), path);
  return new Map([...tensors].map(([key, { data }]) => [key, Buffer.from(data.buffer)]));
}

describe("frugal train with objective density", () => {
  let outcome: Outcome;
  let run = "";
  beforeAll(async () => {
    outcome = await place.frugal(["train", "sparse.yaml"]);
    run = runsIn("runs")[0] ?? "";
  }, 180_000);

  it("trains, evaluates, and shows the density as it goes", () => {
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.stdout).toMatch(/test +\d+\.\d\d % with the whole network/);
    expect(outcome.stderr).toMatch(/epoch 4\/4 .*density 0\.\d{3}/);
  });

  it("records loss, task, cost, accuracy and density of every step: loss = task + lambda * cost", () => {
    const [loss, task, cost, lambda] = ["loss", "task", "cost", "lambda"].map((n) =>
      atSteps(run, n),
    );
    expect(lambda).toHaveLength(TOTAL);
    for (let i = 0; i < 16; i++) {
      // 16 steps in an epoch of warm-up.
      expect(lambda![i]).toBeCloseTo((3 * i) / 16, 6);
      expect(loss![i]).toBeCloseTo(task![i]! + lambda![i]! * cost![i]!, 4);
    }
    // Layers count alike, so that the penalty is the mean density; the first 16 are of the first epoch.
    expect(atSteps(run, "density").slice(0, 16)).toEqual(cost!.slice(0, 16));
    expect(atSteps(run, "accuracy.final").length).toBeGreaterThanOrEqual(TOTAL);
  });

  it("narrows sigma by equal factors, from the first step to the last", () => {
    const sigma = atSteps(run, "sigma");
    expect(sigma[0]).toBeCloseTo(1e-1, 8);
    expect(sigma[TOTAL - 1]).toBeCloseTo(1e-2, 8);
    expect(sigma[32]! / sigma[31]!).toBeCloseTo(0.1 ** (1 / (TOTAL - 1)), 4);
  });

  it("makes the outputs sparser than plain training does", async () => {
    const args = ["train", "sparse.yaml", "--runs", "weak", "--set", "objective.lambda=1e-9"];
    await place.frugal([...args, "-q"]);
    const last = (root: string) => atSteps(root, "density").slice(-8)[0]!;
    expect(last(run)).toBeLessThan(0.92 * last(runsIn("weak")[0]!));
  }, 180_000);

  it("goes on with the very lambda and sigma: weights as if it had not been stopped", async () => {
    const args = ["train", "sparse.yaml", "--runs", "stopped", "--set", "checkpoint.everySteps=3"];
    const running = place.start(args);
    await running.seen(/^epoch 1\/4/m);
    running.kill("SIGKILL");
    await running.outcome;
    const [stopped] = runsIn("stopped");
    const { code } = await place.frugal(["train", "--resume", stopped!]);
    expect(code).toBe(0);
    expect(records(stopped!, "events.jsonl").map((e) => e.kind)).toContain("resumed");
    expect(weights(stopped!)).toEqual(weights(run));
  }, 180_000);

  it("is evaluated as a plain run is", async () => {
    const { code } = await place.frugal(["evaluate", run, "--split", "validation"]);
    expect(code).toBe(0);
    const report = JSON.parse(readFileSync(join(run, "eval", "validation.json"), "utf8"));
    expect(report.full.accuracy.value).toBeGreaterThan(0.5);
  }, 180_000);

  it("knows the layers before it trains: a path that is none leaves no run folder", async () => {
    const args = ["train", "sparse.yaml", "--set", "objective.density.leaves=[hiden0]"];
    const refused = await place.frugal([...args, "--runs", "none"]);
    expectRefusal(
      refused,
      "E_CONFIG",
      /objective\.density\.leaves[\s\S]*hidden0[\s\S]*did you mean "hidden0"/,
    );
    expect(() => runsIn("none")).toThrow();
  });

  it.each([
    ["l1", "elements"],
    ["topK", "energy"],
  ])(
    "trains with %s and weighting %s",
    async (surrogate, weighting) => {
      const density = `density: { surrogate: ${surrogate}, weighting: ${weighting}, leaves: activations, share: 0.5 }`;
      const rival = recipe.replace(/density: \{ sigma.*/, density).replace(/sigmas: .*\], /, "");
      place.write("rival.yaml", rival.replace("epochs: 4", "epochs: 1"));
      rmSync(place.path("rival"), { recursive: true, force: true });
      const { code } = await place.frugal(["train", "rival.yaml", "--runs", "rival"]);
      expect(code).toBe(0);
      expect(atSteps(runsIn("rival")[0]!, "cost").every((v) => v >= 0)).toBe(true);
    },
    180_000,
  );
});

describe("frugal sweep with objective density", () => {
  it("trains every lambda with every sigma; a lambda of 0 is the plain network, once", async () => {
    const swept = await place.frugal(["sweep", "sparse.yaml", "--runs", "swept"]);
    expect(swept).toMatchObject({ code: 0 });
    const trials = join(runsIn("swept")[0]!, "trials");
    expect(readdirSync(trials).sort()).toEqual([
      "lambda-3-sigma-0.01-s1",
      "lambda-3-sigma-0.02-s1",
      "plain-s1",
    ]);
    const config = (id: string) =>
      JSON.parse(readFileSync(join(trials, id, "config.json"), "utf8"));
    expect(config("lambda-3-sigma-0.02-s1").objective).toMatchObject({
      lambda: { value: 3, warmup: 1 },
      density: { sigma: { from: 0.1, to: 0.02 } },
    });
    expect(config("plain-s1").objective).toMatchObject({ kind: "plain" });
    expect(config("plain-s1").objective).not.toHaveProperty("density");
    // The plain network first, which all others are compared with.
    const [head, , plain, ...rows] = swept.stdout.split("\n");
    expect(head).toMatch(/^lambda +sigma +seeds +test accuracy +not zero +energy, as published/);
    expect(plain).toMatch(/^plain +- +1 +\d+\.\d\d % +\d+\.\d % +\d+\.\d % +- +\d+\.\d %$/);
    expect(rows[0]).toMatch(
      /^3 +0\.02 +1 +\d+\.\d\d % +\d+\.\d % +\d+\.\d % +-?\d+\.\d % +\d+\.\d %$/,
    );
    expect(rows[1]).toMatch(/^3 +0\.01 /);
  }, 300_000);
});
