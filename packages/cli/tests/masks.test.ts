/** Masks on single weights from a recipe: real runs, and the file that they leave, read by an independent count. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fromBinary } from "@bufbuild/protobuf";
import { maskWeights, type TracedExits, traceExits } from "@frugal/core/adaptive";
import { readSafetensors } from "@frugal/core/formats";
import { buildGraph } from "@frugal/core/graph";
import { models } from "@frugal/core/nn";
import { randomStream } from "@frugal/core/random";
import { type HostTensor, tensor } from "@frugal/core/tensor";
import { nodeEngine } from "@frugal/engine";
import { ModelProtoSchema } from "onnx-buf";
import * as ort from "onnxruntime-node";
import { beforeAll, describe, expect, it } from "vitest";
import { certificateSchema } from "../src/budget/certificate.js";
import { type Outcome, workplace } from "./support/cli.js";
import { expectRefusal } from "./support/refusal.js";

const place = workplace();
const recipe = `
name: masked
data: { name: optdigits, limit: 512 }
model: { name: mlp, options: { hidden: [32] } }
objective: { kind: plain }
masks: { kind: magnitude, warmup: 1 }
optimizer: { name: adam, lr: 0.01 }
epochs: 3
batchSize: 32
evaluate: { runs: 8, timed: [32] }
`;
place.write("masked.yaml", recipe);

const runsIn = (root: string): string[] => {
  const folder = place.path(root);
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
};
const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));

/** Parameters of the last checkpoint. */
function weightsOf(run: string): Record<string, HostTensor> {
  const last = readdirSync(join(run, "checkpoints")).sort().at(-1)!;
  const path = join(run, "checkpoints", last, "model.safetensors");
  return Object.fromEntries(readSafetensors(new Uint8Array(readFileSync(path)), path).tensors);
}

/** Floats that a file stores in tensors of at least one axis and that are not zero, by the shape of the tensor. */
function nonZerosOf(path: string): Record<string, number> {
  const { graph } = fromBinary(ModelProtoSchema, new Uint8Array(readFileSync(path)));
  const FLOAT = 1;
  return Object.fromEntries(
    graph!.initializer
      .filter((t) => t.dataType === FLOAT && t.dims.length > 0)
      .map((t) => {
        const values =
          t.rawData.length > 0 ? new Float32Array(t.rawData.slice().buffer) : t.floatData;
        return [t.dims.join("x"), [...values].filter((v) => v !== 0).length];
      }),
  );
}

const model = models.mlp({ hidden: [32], inputShape: [1, 8, 8], classes: 10 });

/** The largest difference between the logits of the file and those of the masked network at the trained weights. */
async function differenceOf(run: string, masks: object): Promise<number> {
  const masked = maskWeights<TracedExits>(model, {
    ...(masks as { kind: "nm" }),
    batchSize: 5,
    training: false,
    trace: (model, options) => traceExits(model, { exits: [], ...options }),
  });
  const graph = buildGraph({ logits: masked.output }, { inputs: [masked.input] });
  const state = Object.entries(weightsOf(run)).map(([input, initial]) => ({ input, initial }));
  const executable = await nodeEngine().compile(graph, { state });
  const { normal } = randomStream(7, "images");
  const images = Float32Array.from({ length: 5 * 64 }, () => normal());
  const shape = masked.input.shape;
  const { logits } = await executable.run({ input: tensor("float32", shape, images) });
  await executable.dispose();
  const session = await ort.InferenceSession.create(join(run, "export", "model.onnx"));
  const out = await session.run({ input: new ort.Tensor("float32", images, [...shape]) });
  const exported = out.logits!.data as Float32Array;
  return Math.max(...exported.map((v, i) => Math.abs(v - Number(logits!.data[i]))));
}

describe("frugal train with masks of a density that a budget sets", () => {
  let outcome: Outcome;
  let run = "";
  beforeAll(async () => {
    const args = ["train", "masked.yaml", "--budget", "nonZeroParameters=700"];
    outcome = await place.frugal(args);
    run = runsIn("runs")[0] ?? "";
  }, 120_000);

  it("ends with code 0, the certificate's table and the note that no time is saved", () => {
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.stdout).toMatch(/nonZeroParameters \(parameters\) +700 .* met/);
    expect(outcome.stdout).toMatch(/note +Zeros inside weights save no time here/);
    expect(outcome.stdout).toMatch(/verdict +met/);
  });

  it("keeps as many weights as the budget allows: one more of both layers would be too many", () => {
    const { kept, options } = json(join(run, "masks.json"));
    const [hidden, output] = [kept["hidden0.weight"], kept["output.weight"]];
    expect([hidden.of, output.of]).toEqual([64 * 32, 32 * 10]);
    // Both layers keep the density's share, and 32 + 10 biases are no matter of masks.
    const at = (d: number) => Math.round(2048 * d) + Math.round(320 * d) + 42;
    expect(hidden.kept + output.kept + 42).toBe(at(options.density));
    expect(at(options.density)).toBeLessThanOrEqual(700);
    // A weight more in the larger layer.
    expect(at(options.density + 1 / 2048)).toBeGreaterThan(700);
  });

  it("certifies what an independent count finds in the file", () => {
    const certificate = certificateSchema.parse(json(join(run, "certificate.json")));
    const { kept } = json(join(run, "masks.json"));
    const found = nonZerosOf(join(run, "export", "model.onnx"));
    expect(found["32x64"]! + (found["10x32"] ?? 0)).toBe(
      kept["hidden0.weight"].kept + kept["output.weight"].kept,
    );
    const total = Object.values(found).reduce((a, b) => a + b, 0);
    expect(certificate).toMatchObject({
      verdict: "met",
      decider: "magnitude",
      channels: {},
      masks: kept,
      note: expect.stringMatching(/save no time/),
      epochs: { deciding: 1, fineTuning: 2 },
    });
    const [cost] = certificate.costs;
    expect(cost).toMatchObject({ full: 2410, requested: 700, exported: total, policy: total });
    expect(cost!.executed).toBe(total);
    // At least one weight of both layers stays.
    expect(cost!.range).toEqual({ lowest: 44, highest: 2410 });
  });

  it("leaves certificates of before masks readable", () => {
    const { masks: _, note: __, ...before } = json(join(run, "certificate.json"));
    expect(certificateSchema.parse(before)).toMatchObject({ masks: {}, note: "" });
  });

  it("exports the network that was masked in training", async () => {
    const { density } = json(join(run, "masks.json")).options;
    expect(await differenceOf(run, { kind: "magnitude", density })).toBeLessThan(1e-5);
  });

  it("trains without masks first: the weights that are masked in the end are still there", () => {
    const hidden = weightsOf(run)["hidden0.weight"]!;
    expect([...hidden.data].every((v) => v !== 0)).toBe(true);
  });

  it("can be evaluated again, with the same zeros", async () => {
    const again = await place.frugal(["evaluate", run, "--split", "validation", "--json"]);
    expect(again).toMatchObject({ code: 0 });
    const report = json(join(run, "eval", "validation.json"));
    expect(report.full.accuracy.value).toBe(
      json(join(run, "certificate.json")).validationAccuracy.value,
    );
  }, 60_000);

  it("goes on where it was stopped, before masks and with them, to the same weights", async () => {
    place.write(
      "long.yaml",
      recipe.replace("epochs: 3", "epochs: 60").replace("warmup: 1", "warmup: 20"),
    );
    const args = ["train", "long.yaml", "--set", "masks.density=0.25"];
    const whole = await place.frugal([...args, "--runs", "whole", "-q"]);
    expect(whole).toMatchObject({ code: 0 });
    const first = place.start([...args, "--runs", "stopped"]);
    await first.seen(/epoch 3\/60/);
    first.kill("SIGINT");
    expect(await first.outcome).toMatchObject({ code: 75 });
    const second = place.start(["train", "--resume", runsIn("stopped")[0]!]);
    await second.seen(/epoch 2[2-9]\/60/);
    second.kill("SIGINT");
    expect(await second.outcome).toMatchObject({ code: 75 });
    const third = await place.frugal(["train", "--resume", runsIn("stopped")[0]!]);
    expect(third).toMatchObject({ code: 0 });
    expect(weightsOf(runsIn("stopped")[0]!)).toEqual(weightsOf(runsIn("whole")[0]!));
  }, 240_000);
});

describe("frugal train with masks of two in four", () => {
  let run = "";
  let told: { masks: { note: string; density: number } };
  beforeAll(async () => {
    const args = ["train", "masked.yaml", "--set", "masks={ kind: nm, n: 2, m: 4 }"];
    const { code, stdout } = await place.frugal([...args, "--runs", "nm", "--json", "-q"]);
    expect(code).toBe(0);
    told = JSON.parse(stdout);
    run = runsIn("nm")[0] ?? "";
  }, 120_000);

  it("tells the density that was reached and the note, and certifies nothing", () => {
    expect(told.masks).toMatchObject({
      kind: "nm",
      density: 0.5,
      note: expect.stringMatching(/save no time/),
      exported: { parameters: 2410, nonZeroParameters: 1024 + 160 + 42 },
    });
    expect(existsSync(join(run, "certificate.json"))).toBe(false);
  });

  it("leaves half of every layer in the file", () => {
    expect(nonZerosOf(join(run, "export", "model.onnx"))).toMatchObject({
      "32x64": 1024,
      "10x32": 160,
    });
  });

  it("exports the network that was masked in training", async () => {
    expect(await differenceOf(run, { kind: "nm" })).toBeLessThan(1e-5);
  });
});

describe("masks that cannot be", () => {
  const cases: readonly (readonly [string, readonly string[], string, RegExp])[] = [
    [
      "keep more than there are",
      ["--set", "masks={ kind: nm, n: 5, m: 4 }"],
      "E_CONFIG",
      /masks\.n[\s\S]*n <= m/,
    ],
    [
      "are of weights that are not there",
      ["--set", "masks={ density: 0.5, only: [fc.weight] }"],
      "E_CONFIG",
      /fc\.weight[\s\S]*hidden0\.weight, output\.weight/,
    ],
    [
      "are to lower a cost that they do not move",
      ["--budget", "macs=50%"],
      "E_CONFIG",
      /do not move macs[\s\S]*nonZeroMacs, nonZeroParameters[\s\S]*channels/,
    ],
    [
      "are to save time",
      ["--budget", "latency=1ms"],
      "E_CONFIG",
      /do not move latency[\s\S]*nonZeroMacs/,
    ],
    [
      "are to keep less than one weight of a layer",
      ["--budget", "nonZeroParameters=43"],
      "E_CONFIG",
      /44 parameters to 2\.41k parameters/,
    ],
    [
      "are fixed above the budget",
      ["--set", "masks={ kind: nm }", "--budget", "nonZeroParameters=1200"],
      "E_CONFIG",
      // Half of 2368 weights and 42 biases; with one of four, 592 and 42.
      /come to 1\.23k parameters[\s\S]*634 parameters to 2\.41k[\s\S]*masks\.n or masks\.m/,
    ],
    [
      "are compared with ways to remove channels",
      ["--set", "masks.density=0.5", "--baselines"],
      "E_USAGE",
      /remove channels/,
    ],
  ];
  it.each(cases)(
    "are refused before training where they %s",
    async (_, args, code, words) => {
      const refused = await place.frugal(["train", "masked.yaml", "--runs", "none", ...args]);
      expectRefusal(refused, code, words);
      expect(existsSync(place.path("none"))).toBe(false);
    },
    60_000,
  );
});
