/** frugal compare, as it is installed. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { encodeOnnx } from "@frugal/core/formats";
import { buildGraph, input } from "@frugal/core/graph";
import { lowerGraph } from "@frugal/core/lowering";
import { matmul } from "@frugal/core/ops";
import { beforeAll, describe, expect, it } from "vitest";
import { referenceGraph } from "../../core/src/costs/onnx/testing/fixtures.js";
import { tinyOnnx } from "../../core/src/costs/onnx/testing/model.js";
import { workplace } from "./support/cli.js";
import { expectRefusal } from "./support/refusal.js";

const place = workplace();
const names = ["alexnet", "resnet18", "mobilenet_v2"] as const;
const files = names.map((n) => `${n}.onnx`);

beforeAll(() => {
  for (const name of names) writeFileSync(place.path(`${name}.onnx`), referenceGraph(`tv/${name}`));
});

const compare = (...args: readonly string[]) => place.frugal(["compare", ...args]);

describe("frugal compare", () => {
  it("shows indicators by models, the least marked, with counts that are published", async () => {
    const { code, stdout } = await compare(...files);
    expect(code).toBe(0);
    // torchvision's published parameters: 61,100,840, 11,689,512 and 3,504,872.
    expect(stdout).toMatch(/^ {2}parameters +61\.1 M +11\.7 M +3\.5 M \*$/m);
    expect(stdout).toMatch(/^ {2}MACs +714 M +1\.81 G +301 M \*$/m);
    expect(stdout).toMatch(/below the diagonal Kendall's tau-b/);
    expect(stdout).toMatch(/^ {2}memory-bound/m);
  });

  it.each([80, 120])("fits %i columns", async (width) => {
    const { stdout } = await place.frugal(["compare", ...files], {
      env: { COLUMNS: String(width) },
    });
    expect(stdout.split("\n").filter((line) => line.length > width)).toEqual([]);
  });

  it("prints all of it as JSON, coefficients included", async () => {
    const { code, stdout } = await compare(...files, "--json");
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document.models).toEqual([...names]);
    const macs = document.indicators.find((c: { id: string }) => c.id === "macs");
    expect(macs.readings.map((r: { value: number }) => r.value)).toEqual([
      714_188_480, 1_814_073_344, 300_774_272,
    ]);
    expect(macs.winners).toEqual(["mobilenet_v2"]);
    const { indicators, kendall } = document.agreement;
    // Parameters fall from the first to the last model, MACs rise once: one of three pairs agrees less.
    const [p, m] = [indicators.indexOf("parameters"), indicators.indexOf("macs")];
    expect(kendall[p][m].value).toBeCloseTo(1 / 3, 12);
    expect(document.pairs).toHaveLength(3);
    expect(document.warnings.map((w: { rule: string }) => w.rule)).toContain("memory-bound");
  });

  it("writes one row a model as CSV", async () => {
    const { code } = await compare(...files, "--csv", "out.csv", "--accuracy", "resnet18=69.76");
    expect(code).toBe(0);
    const [head, ...rows] = readFileSync(place.path("out.csv"), "utf8").trim().split("\n");
    expect(head).toMatch(/^model,file,accuracy,parameters,/);
    expect(rows.map((r) => r.split(",").slice(0, 4))).toEqual([
      ["alexnet", "alexnet.onnx", "", "61100840"],
      ["resnet18", "resnet18.onnx", "0.6976", "11689512"],
      ["mobilenet_v2", "mobilenet_v2.onnx", "", "3504872"],
    ]);
  });

  it("draws frontiers where accuracies are given, as shares or in per cent", async () => {
    const { code, stdout } = await compare(
      ...files,
      ...["alexnet=0.5652", "resnet18.onnx=69.76", "mobilenet_v2=71.88%"].flatMap((a) => [
        "--accuracy",
        a,
      ]),
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Accuracy +56\.5 % +69\.8 % +71\.9 %$/m);
    // MobileNetV2 is the most accurate and has the fewest parameters and MACs: alone on those frontiers.
    expect(stdout).toMatch(/^ {2}mobilenet_v2\n {6}by parameters/m);
  });
});

describe("frugal compare --cost-notes", () => {
  it("takes accuracies, active parameters, baselines and times from other machines", async () => {
    place.write(
      "notes.yaml",
      `
models:
  mobilenet_v2:
    accuracy: { correct: 35940, of: 50000 }
    measured:
      - { machine: RTX 3090, batch: 256, perSecond: 9888 }
      - { machine: phone, p50Ms: { value: 20, low: 19, high: 21 } }
  resnet18.onnx:
    accuracy: { seeds: [0.697, 0.698, 0.699] }
    resizedToMatch: alexnet
    measured:
      - { machine: RTX 3090, batch: 256, perSecond: 11189 }
      - { machine: phone, p50Ms: { value: 60, low: 58, high: 66 } }
`,
    );
    const { code, stdout } = await compare(...files, "--cost-notes", "notes.yaml");
    expect(code).toBe(0);
    expect(stdout).toMatch(/RTX 3090 \(batch 256\): resnet18 is 1\.13 times as fast/);
    expect(stdout).toMatch(/phone: mobilenet_v2 is 3 times as fast/);
    expect(stdout).toMatch(/resnet18 is declared as resized to match alexnet/);
  });

  it.each([
    ["a key that does not exist", "models: { resnet18: { acuracy: 0.7 } }", /acuracy.*accuracy/s],
    [
      "an impossible accuracy",
      "models: { resnet18: { accuracy: 1.2 } }",
      /1\.2 is not allowed here/,
    ],
    [
      "an interval without its value",
      "models: { resnet18: { accuracy: { value: 0.7, low: 0.71, high: 0.72 } } }",
      /low <= value <= high/,
    ],
    [
      "two rows of one setting",
      "models: { resnet18: { measured: [{ machine: a, p50Ms: 1 }, { machine: a, p50Ms: 2 }] } }",
      /each setting once/,
    ],
    [
      "more active parameters than there are",
      "models: { resnet18: { activeParameters: 11689513 } }",
      /11689513 active parameters of 11689512/,
    ],
    ["broken YAML", "models: [", /cannot be parsed/],
  ])("refuses %s", async (_, text, words) => {
    place.write("bad.yaml", text);
    expectRefusal(await compare(...files, "--cost-notes", "bad.yaml"), "E_CONFIG", words);
  });

  it("refuses notes about a model that is not compared", async () => {
    place.write("other.yaml", "models: { resnet19: { accuracy: 0.7 } }");
    const outcome = await compare(...files, "--cost-notes", "other.yaml");
    expectRefusal(outcome, "E_USAGE", /no model here is called "resnet19".*resnet18/s);
  });
});

describe("frugal compare --measure", () => {
  it("times the models in turns, with intervals", async () => {
    // The weights are inputs, too: files that run without any.
    for (const width of [32, 64]) {
      const product = matmul(input("x", [8, width]), input("w", [width, width]));
      writeFileSync(
        place.path(`w${width}.onnx`),
        encodeOnnx(lowerGraph(buildGraph({ y: product }))),
      );
    }
    const { code, stdout, stderr } = await compare(
      ...["w32.onnx", "w64.onnx", "--measure", "--seconds", "1", "--json"],
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stderr).toMatch(/round 4 of 4/);
    const { indicators } = JSON.parse(stdout);
    const mean = indicators.find((c: { indicator: string }) => c.indicator === "meanMs");
    expect(mean.setting).toMatch(/ \(cpu, 1 thread, batch 8\)$/);
    for (const { value, interval } of mean.readings) {
      expect(value).toBeGreaterThan(0);
      expect(interval.low).toBeLessThanOrEqual(value);
      expect(interval.high).toBeGreaterThanOrEqual(value);
    }
  }, 60_000);

  it.each(["--threads", "--seconds", "--provider"])(
    "%s alone has no effect: refused",
    async (o) => {
      expectRefusal(await compare(...files, o, "1"), "E_USAGE", /add --measure/);
    },
  );
});

describe("frugal compare --device", () => {
  /** A calibration as it is kept, of a machine that is not this one. */
  function calibrated(name: string, peakMacsPerSecond: number, bytesPerSecond: number): void {
    mkdirSync(place.path("home", "devices"), { recursive: true });
    const device = { name, peakMacsPerSecond, bytesPerSecond, overheadMsPerKernel: 0, threads: 1 };
    const calibration = { format: 1, name, fingerprint: {}, device, table: { rows: [] } };
    writeFileSync(place.path("home", "devices", `${name}.json`), JSON.stringify(calibration));
  }

  it("computes rooflines, and finds that two devices order models differently", async () => {
    calibrated("fast-memory", 1e12, 1e12);
    calibrated("slow-memory", 1e12, 1e9);
    const devices = ["--device", "fast-memory", "--device", "slow-memory"];
    const { code, stdout, stderr } = await compare(...files.slice(0, 2), ...devices);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^ {2}on slow-memory\n {2}roofline latency/m);
    expect(stdout).toMatch(/by the roofline of fast-memory: alexnet is .* as fast as resnet18/);
    expect(stdout).toMatch(/by the roofline of slow-memory: resnet18 is .* as fast as\s+alexnet/);
  });

  it("refuses devices that were not calibrated, or twice the same", async () => {
    expectRefusal(await compare(...files, "--device", "none"), "E_FILE", /doctor --calibrate/);
    const twice = ["--device", "fast-memory", "--device", "fast-memory"];
    expectRefusal(await compare(...files, ...twice), "E_USAGE", /given twice/);
  });
});

describe("frugal compare refuses", () => {
  it("one model", async () => {
    expectRefusal(await compare("resnet18.onnx"), "E_USAGE", /frugal profile resnet18\.onnx/);
  });

  it("the same file twice, however it is written", async () => {
    const outcome = await compare("resnet18.onnx", "./resnet18.onnx");
    expectRefusal(outcome, "E_USAGE", /same file is given twice/);
  });

  it.each([
    ["resnet19=0.7", /no model here is called "resnet19"/],
    ["resnet18=170", /is no accuracy/],
    ["resnet18", /accuracy without a model/],
  ])("--accuracy %s", async (accuracy, words) => {
    expectRefusal(await compare(...files, "--accuracy", accuracy), "E_USAGE", words);
  });

  it("two accuracies of one model", async () => {
    const twice = ["--accuracy", "resnet18=0.7", "--accuracy", "resnet18.onnx=0.71"];
    expectRefusal(await compare(...files, ...twice), "E_USAGE", /two accuracies/);
  });

  it("a CSV in the place of a model, and leaves the model as it was", async () => {
    const before = readFileSync(place.path("resnet18.onnx"));
    expectRefusal(await compare(...files, "--csv", "resnet18.onnx"), "E_USAGE", /cannot write/);
    expect(readFileSync(place.path("resnet18.onnx")).equals(before)).toBe(true);
  });

  it("open dimensions, and says what to type", async () => {
    const open = tinyOnnx({
      inputs: { x: ["batch", 8] },
      outputs: ["y"],
      nodes: [{ op: "Relu", in: ["x"], out: ["y"] }],
    });
    writeFileSync(place.path("open.onnx"), open);
    const outcome = await compare("resnet18.onnx", "open.onnx");
    expectRefusal(outcome, "E_SHAPE", /open\.onnx/);
    // The binding concerns one of the two models only.
    const bound = await compare("resnet18.onnx", "open.onnx", "--dim", "batch=4");
    expect(bound).toMatchObject({ code: 0 });
  });

  it("a file that does not exist", async () => {
    expectRefusal(await compare("resnet18.onnx", "gone.onnx"), "E_ONNX", /does not exist/);
  });
});
