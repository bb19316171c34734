import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { certificateSchema } from "../src/budget/certificate.js";
import { type Outcome, workplace } from "./support/cli.js";
import { expectRefusal } from "./support/refusal.js";

const place = workplace();
const recipe = `
name: small
data: { name: optdigits, limit: 512 }
model: { name: digits, options: { width: 4 } }
objective: { kind: plain }
optimizer: { name: adam, lr: 0.01 }
epochs: 2
batchSize: 32
evaluate: { runs: 8, timed: [32] }
checkpoint: { everySteps: 4 }
`;
const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const runsIn = (root: string): string[] => {
  const folder = place.path(root);
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
};
/** Values of a metric that training recorded, in order. */
const recorded = (run: string, name: string): { step: number; value: number }[] =>
  readFileSync(join(run, "metrics.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter((m) => m.name === name && m.split === "train");
const weightsOf = (run: string): string => {
  const last = readdirSync(join(run, "checkpoints")).sort().at(-1)!;
  const bytes = readFileSync(join(run, "checkpoints", last, "model.safetensors"));
  return createHash("sha256").update(bytes).digest("hex");
};

/** MACs of the three 3x3 convolutions on 8x8, 4x4 and 2x2 (padding counted) and the classifier, by hand. */
const macsOf = (a: number, b: number, c: number): number =>
  64 * 9 * a + 16 * 9 * a * b + 4 * 9 * b * c + 10 * c;
/** Filters without biases, two numbers a channel for each normalisation, and the classifier. */
const parametersOf = (a: number, b: number, c: number): number =>
  9 * a + 9 * a * b + 9 * b * c + 2 * (a + b + c) + 10 * c + 10;

beforeAll(() => {
  place.write("small.yaml", recipe);
});

describe("frugal train --budget", () => {
  let outcome: Outcome;
  let run = "";
  beforeAll(async () => {
    outcome = await place.frugal(["train", "small.yaml", "--budget", "macs=5k,parameters=700"]);
    run = runsIn("runs")[0] ?? "";
  }, 60_000);

  it("ends with code 0 and a table of every way of counting", () => {
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.stdout).toMatch(/requested +expected +policy +executed +exported/);
    expect(outcome.stdout).toMatch(/macs \(MACs\) +5,000 .* met/);
    expect(outcome.stdout).toMatch(/verdict +met/);
  });

  it("writes a certificate that its schema takes", () => {
    const certificate = certificateSchema.parse(json(join(run, "certificate.json")));
    expect(certificate).toMatchObject({
      verdict: "met",
      decider: "hardConcrete",
      accuracy: { split: "test", samples: 1797 },
      validationAccuracy: { split: "validation" },
      seeds: { run: 1, split: 0 },
      data: { chosenOn: "validation", testEvaluations: 1 },
      epochs: { deciding: 1, fineTuning: 1 },
    });
  });

  it("counts what hand arithmetic counts, in the network and in the file alike", () => {
    const { channels, costs } = json(join(run, "certificate.json"));
    const [a, b, c] = ["stage1.conv", "stage2.conv", "stage3.conv"].map((n) => channels[n].kept);
    const [macs, parameters] = costs;
    expect(macs).toMatchObject({ executed: macsOf(a, b, c), exported: macsOf(a, b, c) });
    expect(parameters).toMatchObject({
      executed: parametersOf(a, b, c),
      exported: parametersOf(a, b, c),
    });
    expect(macs.full).toBe(macsOf(4, 8, 16));
    expect(macs.range.lowest).toBe(macsOf(1, 1, 1));
    expect(macs.executed).toBeLessThanOrEqual(5000);
    expect(parameters.executed).toBeLessThanOrEqual(700);
  });

  it("names the very file that it counted, which frugal profile counts the same", async () => {
    const { model, costs } = json(join(run, "certificate.json"));
    const bytes = readFileSync(join(run, model.file));
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(model.sha256);
    const profiled = await place.frugal([
      ...["profile", join(run, model.file), "--dim", "batch=1", "--json"],
    ]);
    expect(profiled.code).toBe(0);
    expect(JSON.stringify(JSON.parse(profiled.stdout))).toContain(`${costs[0].exported}`);
  });

  it("keeps the folder of a run: one network, as many steps as a plain one, prices recorded", () => {
    expect(json(join(run, "run.json"))).toMatchObject({
      status: "completed",
      step: 32,
      totalSteps: 32,
      testEvaluations: 1,
    });
    expect(recorded(run, "loss")).toHaveLength(32);
    for (const name of ["hard.macs", "expected.macs", "lambda.macs", "lambda.parameters"]) {
      expect(recorded(run, name).length).toBeGreaterThanOrEqual(16);
    }
    // In the warm-up the budget has no price; later it has one.
    const prices = recorded(run, "lambda.macs").map((m) => m.value);
    expect(prices[0]).toBe(0);
    expect(Math.max(...prices)).toBeGreaterThan(0);
  });

  it("can be evaluated again like any run", async () => {
    const again = await place.frugal(["evaluate", run, "--split", "validation"]);
    expect(again).toMatchObject({ code: 0 });
    expect(json(join(run, "run.json"))).toMatchObject({ testEvaluations: 1 });
  });

  it("ends with code 1 where the certificate says that the budget is not met", async () => {
    const copy = place.path("tampered");
    cpSync(run, copy, { recursive: true });
    rmSync(join(copy, "certificate.json"));
    const config = json(join(copy, "config.json"));
    config.objective.budget = { macs: "1k" };
    writeFileSync(join(copy, "config.json"), JSON.stringify(config));
    const judged = await place.frugal(["train", "--resume", copy, "--allow-config-change"]);
    expect(judged.code).toBe(1);
    expect(judged.stdout).toMatch(/verdict +not met/);
    expect(json(join(copy, "certificate.json"))).toMatchObject({ verdict: "not met" });
  });

  it("goes on where it was stopped, while it decides and after, to the same weights", async () => {
    const runs = "stopped";
    place.write("long.yaml", recipe.replace("epochs: 2", "epochs: 40"));
    const anneal = "channels.temperature={ from: 1, to: 0.2 }";
    const args = ["train", "long.yaml", "--budget", "macs=5k", "--set", anneal];
    const whole = place.frugal([...args, "--runs", "whole", "-q"]);
    expect(await whole).toMatchObject({ code: 0 });
    const first = place.start([...args, "--runs", runs]);
    await first.seen(/epoch 3\/40/);
    first.kill("SIGINT");
    expect(await first.outcome).toMatchObject({ code: 75 });
    const second = place.start(["train", "--resume", runsIn(runs)[0]!]);
    await second.seen(/epoch 2[2-9]\/40/);
    second.kill("SIGINT");
    expect(await second.outcome).toMatchObject({ code: 75 });
    const third = await place.frugal(["train", "--resume", runsIn(runs)[0]!]);
    expect(third).toMatchObject({ code: 0 });
    expect(third.stdout).toMatch(/verdict +met/);
    expect(weightsOf(runsIn(runs)[0]!)).toBe(weightsOf(runsIn("whole")[0]!));
  }, 120_000);

  it.each(["straightThrough", "gamma", "groupLasso"])("decides by %s, too", async (kind) => {
    const args = ["train", "small.yaml", "--budget", "macs=5k", "--set", `channels.kind=${kind}`];
    expect(await place.frugal([...args, "--runs", kind, "-q"])).toMatchObject({ code: 0 });
    const [{ executed, exported }] = json(join(runsIn(kind)[0]!, "certificate.json")).costs;
    expect(executed).toBe(exported);
    expect(executed).toBeLessThanOrEqual(5000);
  });

  it("anneals the temperature of its gates until channels are removed", async () => {
    const anneal = "channels.temperature={ from: 1, to: 0.25, schedule: linear }";
    const args = [
      "train",
      "small.yaml",
      "--budget",
      "macs=5k",
      "--set",
      anneal,
      "--runs",
      "cooled",
    ];
    expect(await place.frugal([...args, "-q"])).toMatchObject({ code: 0 });
    // 512 samples in batches of 32: an epoch of 16 steps decides.
    const temperatures = recorded(runsIn("cooled")[0]!, "temperature");
    expect(temperatures.map((m) => m.step)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    temperatures.forEach(({ value }, i) => {
      expect(value).toBeCloseTo(1 - (0.75 * i) / 15, 6);
    });
  });

  it("lets the weights see the discrete cost where that is asked for", async () => {
    const args = ["train", "small.yaml", "--budget", "macs=5k", "--set", "channels.cost=hard"];
    expect(await place.frugal([...args, "--runs", "hard", "-q"])).toMatchObject({ code: 0 });
    const seen = (folder: string) => {
      const hard = recorded(folder, "hard.macs");
      return recorded(folder, "expected.macs").map(({ value }, i) => value / hard[i]!.value);
    };
    for (const ratio of seen(runsIn("hard")[0]!)) expect(ratio).toBeCloseTo(1, 5);
    // Without it all channels are open at first, each with a probability of sigmoid(ln 9 + 2/3 ln 11) = 0.978.
    expect(seen(run)[0]).toBeLessThan(0.979);
  });

  it("compares with plain training and baselines at equal epochs", async () => {
    const args = ["train", "small.yaml", "--budget", "macs=50%", "--baselines", "--seeds", "1,2"];
    const { code, stdout } = await place.frugal([...args, "--runs", "many", "--json", "-q"]);
    expect(code).toBe(0);
    const { outcomes } = JSON.parse(stdout);
    expect(outcomes).toHaveLength(10);
    const full = macsOf(4, 8, 16);
    for (const { method, macs, met } of outcomes) {
      if (method === "plain") expect({ macs, met }).toEqual({ macs: full, met: undefined });
      else expect({ met, fits: macs <= full / 2 }).toEqual({ met: true, fits: true });
    }
  }, 120_000);
});

describe("a budget that cannot be kept", () => {
  const cases: readonly (readonly [string, readonly string[], string, RegExp])[] = [
    ["is too low", ["--budget", "macs=100"], "E_CONFIG", new RegExp(`${macsOf(1, 1, 1)} MACs to`)],
    ["needs no saving", ["--budget", "macs=5M"], "E_CONFIG", /needs no saving/],
    ["names an unknown cost", ["--budget", "mac=5k"], "E_CONFIG", /did you mean "macs"/],
    ["contradicts itself", ["--budget", "macs=5k", "--budget", "macs=4k"], "E_CONFIG", /twice/],
    [
      "limits one cost in two ways",
      ["--budget", "macs.p50=5k,macs.p95=4k"],
      "E_CONFIG",
      /one limit/,
    ],
    ["has no unit where it needs one", ["--budget", "latency=5"], "E_CONFIG", /such as 5ms/],
    ["has the unit of another cost", ["--budget", "macs=5ms"], "E_CONFIG", /counted in MACs/],
    [
      "is of a cost that no decision moves",
      ["--budget", "stages=1"],
      "E_CONFIG",
      /no decision moves/,
    ],
    ["is missing", ["--set", "channels.kind=gamma"], "E_CONFIG", /no cost sees the decision/],
    [
      "is not about exits",
      ["--budget", "macs=5k", "--set", "objective.kind=exits", "--set", "model.exits=[stage1]"],
      "E_CONFIG",
      /objective\.kind=plain/,
    ],
    [
      "leaves no epoch to decide",
      ["--budget", "macs=5k", "--set", "channels.fineTune=2"],
      "E_CONFIG",
      /0 to 1/,
    ],
    [
      "asks for widths that an unknown machine likes",
      ["--budget", "macs=5k", "--set", "channels.multiple=latency"],
      "E_CONFIG",
      /channels\.multiple[\s\S]*frugal doctor --calibrate/,
    ],
    [
      "asks for multiples that nobody offers",
      ["--budget", "macs=5k", "--set", "channels.multiple=3"],
      "E_CONFIG",
      /channels\.multiple/,
    ],
    [
      "has gates that are too cold",
      ["--budget", "macs=5k", "--set", "channels.temperature=0"],
      "E_CONFIG",
      /channels\.temperature[\s\S]*>= 0\.01/,
    ],
    [
      "anneals in an unknown way",
      ["--budget", "macs=5k", "--set", "channels.temperature={ from: 1, to: 0.5, schedule: step }"],
      "E_CONFIG",
      /channels\.temperature\.schedule[\s\S]*"linear", "cosine", "exponential"/,
    ],
    [
      "sets a temperature that the gate does not have",
      ["--budget", "macs=5k", "--set", "channels.kind=gamma", "--set", "channels.temperature=0.5"],
      "E_CONFIG",
      /kind gamma have no temperature[\s\S]*with kind hardConcrete, straightThrough/,
    ],
    [
      "has a discrete cost without gates",
      ["--budget", "macs=5k", "--set", "channels.kind=random", "--set", "channels.cost=hard"],
      "E_CONFIG",
      /kind random have no cost/,
    ],
    ["is for a run that goes on", ["--budget", "macs=5k", "--resume", "x"], "E_USAGE", /--resume/],
    ["is not there for baselines", ["--baselines"], "E_USAGE", /needs a budget/],
  ];
  it.each(cases)("is refused before training where it %s", async (_, args, code, words) => {
    const refused = await place.frugal(["train", "small.yaml", "--runs", "none", ...args]);
    expectRefusal(refused, code, words);
    expect(existsSync(place.path("none"))).toBe(false);
  });
});
