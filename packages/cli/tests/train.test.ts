import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors } from "@frugal/core/formats";
import { beforeAll, describe, expect, it } from "vitest";
import { type Outcome, tinyRecipe, workplace } from "./support/cli.js";

const place = workplace();
const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const lines = (path: string) =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
const runsIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];

describe("frugal train", () => {
  let outcome: Outcome;
  let run = "";
  beforeAll(async () => {
    place.write("tiny.yaml", tinyRecipe);
    outcome = await place.frugal(["train", "tiny.yaml", "--tensorboard"]);
    run = runsIn(place.path("runs"))[0] ?? "";
  }, 60_000);

  it("ends with code 0, the result on stdout and the next command last on stderr", () => {
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.stdout).toMatch(/test +\d+\.\d\d % with the whole network/);
    expect(outcome.stdout).toMatch(/budget +MACs +accuracy +expected +policy +executed +ms/);
    expect(outcome.stderr.trimEnd().split("\n").at(-1)).toMatch(/^next: frugal report runs\//);
  });

  it("prints one plain line an epoch when nobody watches", () => {
    expect(outcome.stderr).toMatch(/epoch 1\/2 .*loss .*cost expected \d+ % executed \d+ %.*left/);
    expect(outcome.stderr).toMatch(/epoch 2\/2 /);
    // No cursor movements.
    expect(outcome.stderr).not.toContain("\u001b[");
  });

  it("names the run by time, recipe and four random digits", () => {
    expect(run).toMatch(/\/\d{8}-\d{6}-tiny-[0-9a-f]{4}$/);
  });

  it("writes a run folder with settings, logs, checkpoints and evaluation", () => {
    expect(readdirSync(run).sort()).toEqual([
      "checkpoints",
      "config.json",
      "eval",
      "events.jsonl",
      "metrics.jsonl",
      "output.log",
      "run.json",
      "tensorboard",
    ]);
    const record = json(join(run, "run.json"));
    expect(record).toMatchObject({
      schemaVersion: 1,
      status: "completed",
      attempt: 1,
      seed: 1,
      step: 32,
      totalSteps: 32,
      testEvaluations: 1,
      dataset: { name: "optdigits", train: 512, test: 1797 },
    });
    expect(record.dataset.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(json(join(run, "config.json"))).toMatchObject({ batchSize: 32, threads: 1 });
    expect(json(join(run, "eval", "test.json"))).toMatchObject({ split: "test", samples: 1797 });
  });

  it("records the loss of every step once, and validation after every epoch", () => {
    const metrics = lines(join(run, "metrics.jsonl"));
    const steps = metrics.filter((m) => m.name === "loss" && m.split === "train");
    expect(steps.map((m) => m.step)).toEqual(Array.from({ length: 32 }, (_, i) => i + 1));
    const accuracy = metrics.filter((m) => m.name === "accuracy" && m.split === "validation");
    expect(accuracy.map((m) => m.epoch)).toEqual([1, 2]);
  });

  it("writes the same numbers once for TensorBoard", () => {
    const [file] = readdirSync(join(run, "tensorboard"));
    expect(file).toMatch(/^events\.out\.tfevents\./);
    const text = readFileSync(join(run, "tensorboard", file!), "latin1");
    const count = (tag: string) => text.split(tag).length - 1;
    expect(count("train/loss")).toBe(32);
    expect(count("train/epochLoss")).toBe(2);
    expect(count("validation/accuracy.final")).toBe(2);
  });

  it("keeps the newest checkpoints, readable by every safetensors reader", () => {
    expect(readdirSync(join(run, "checkpoints"))).toEqual(["step-00000016", "step-00000032"]);
    const path = join(run, "checkpoints", "step-00000032", "model.safetensors");
    const { tensors } = readSafetensors(new Uint8Array(readFileSync(path)), path);
    // 64 inputs to 16 hidden units, and an exit behind them.
    expect(tensors.get("hidden0.weight")?.shape).toEqual([16, 64]);
    expect(tensors.get("exits.hidden0.fc.weight")?.shape).toEqual([10, 16]);
  });

  it("gives the same weights for the same seed, and others for another", async () => {
    const weights = (folder: string) =>
      readFileSync(join(folder, "checkpoints", "step-00000032", "model.safetensors"));
    const train = async (root: string, ...more: string[]) => {
      await place.frugal(["train", "tiny.yaml", "--runs", root, "-q", ...more]);
      return weights(runsIn(place.path(root))[0]!);
    };
    expect((await train("again")).equals(weights(run))).toBe(true);
    expect((await train("other", "--seed", "2")).equals(weights(run))).toBe(false);
  }, 60_000);

  it("prints one JSON document with --json, and nothing but errors with --quiet", async () => {
    const both = await place.frugal(["train", "tiny.yaml", "--json", "--quiet", "--runs", "json"]);
    expect(both.stderr).toBe("");
    expect(JSON.parse(both.stdout)).toMatchObject({
      status: "completed",
      record: { status: "completed" },
      evaluation: { split: "test" },
    });
  }, 60_000);

  it("takes recipes in TypeScript and in JSON", async () => {
    const body = `{ name: "tiny", epochs: 1, data: { name: "optdigits", limit: 64 }, objective: { kind: "plain" }, model: { name: "mlp", options: { hidden: [4] } }, batchSize: 32 }`;
    place.write(
      "recipe.ts",
      `import { defineRecipe } from "frugal";\nconst epochs: number = 1;\nexport default defineRecipe({ ...${body}, epochs });`,
    );
    place.write("recipe.json", body.replace(/(\w+):/g, '"$1":'));
    for (const file of ["recipe.ts", "recipe.json"]) {
      const made = await place.frugal(["train", file, "--runs", file.replace(".", "-")]);
      expect(made).toMatchObject({ code: 0 });
    }
  }, 60_000);

  it("evaluates on validation without looking at the test data again", async () => {
    const looked = await place.frugal([
      "evaluate",
      run,
      "--split",
      "validation",
      "--budget",
      "80%",
    ]);
    expect(looked).toMatchObject({ code: 0 });
    const report = json(join(run, "eval", "validation.json"));
    expect(report.split).toBe("validation");
    expect(report.budgets[0].fraction).toBeCloseTo(0.8, 9);
    expect(json(join(run, "run.json")).testEvaluations).toBe(1);
  }, 60_000);

  it("reports on a run in one file that asks the network for nothing", async () => {
    const reported = await place.frugal(["report", run]);
    expect(reported).toMatchObject({ code: 0 });
    const html = readFileSync(join(run, "report.html"), "utf8");
    expect(html).toContain("<svg");
    expect(html).not.toMatch(/(?:src|href)="?http|@import|url\(/);
    expect(readFileSync(join(run, "report.md"), "utf8")).toContain("| setting | budget |");
    expect(readFileSync(join(run, "report.csv"), "utf8")).toMatch(
      /^setting,lambda,budget_fraction,/,
    );
  });

  it("lists the runs with their status", async () => {
    const listed = await place.frugal(["runs"]);
    expect(listed.stdout).toMatch(/-tiny-[0-9a-f]{4} +completed +32\/32/);
  });
});
