/** frugal profile: numbers of models that can be counted by hand, in every form of output, and refusals. */

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { fingerprint } from "../src/calibrate/fingerprint.js";
import type { Calibration } from "../src/calibrate/store.js";
import { profileDocumentSchema } from "../src/profile/document-schema.js";
import { type Outcome, workplace } from "./support/cli.js";
import { MLP, product, writeReference, writeTiny } from "./support/models.js";
import { expectRefusal } from "./support/refusal.js";

const place = workplace();
const run = (...args: string[]): Promise<Outcome> => place.frugal(["profile", ...args]);

const loop = {
  inputs: { start: [2, 8], flag: [] },
  outputs: ["last"],
  weights: { w: [8, 8] },
  nodes: [
    {
      op: "Loop",
      name: "steps",
      in: ["", "", "start"],
      out: ["last"],
      attributes: {
        body: {
          inputs: { i: [], c: [], h: [2, 8] },
          outputs: ["again", "next"],
          nodes: [
            // Only data say when it ends.
            { op: "Not", in: ["flag"], out: ["again"] },
            { op: "MatMul", in: ["h", "w"], out: ["next"] },
          ],
        },
      },
    },
  ],
} as const;

const unknownOperator = {
  inputs: { x: [2, 8] },
  outputs: ["y"],
  nodes: [{ op: "Magic", domain: "com.example", in: ["x"], out: ["y"] }],
};

beforeAll(() => {
  writeReference(place, "mlp.onnx", MLP);
  writeReference(place, "resnet50.onnx", "tv/resnet50");
  writeTiny(place, "fixed.onnx", product(3));
  writeTiny(place, "open.onnx", product("batch"));
  writeTiny(place, "loop.onnx", loop);
});

async function json(...args: string[]) {
  const { code, stdout, stderr } = await run(...args, "--json", "-q");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

describe("--json", () => {
  it("has the ten totals of a perceptron that can be counted by hand", async () => {
    const { models } = await json("mlp.onnx");
    // 784 * 300 + 300 * 100 + 100 * 10; one bias each; ReLU after the first two.
    const macs = 235_200 + 30_000 + 1_000;
    const parameters = macs + 300 + 100 + 10;
    expect(models[0]).toMatchObject({
      path: "mlp.onnx",
      parameters,
      macs,
      flops: 2 * macs,
      otherOps: 410 + 400,
      activations: 410,
      // The first product and what ReLU makes of it are alive together.
      peakActivationBytes: 2 * 300 * 4,
      weightBytes: 4 * parameters,
      // Each layer reads its input and its weights and writes its output; each ReLU reads and writes.
      bytesMoved: 4 * (784 + parameters + 300 + 100 + 410 + 2 * 400),
      unpricedOps: 0,
    });
  });

  it("is what the published schema says, every key of it", async () => {
    writeTiny(place, "gap.onnx", unknownOperator);
    const document = await json("mlp.onnx", "resnet50.onnx", "gap.onnx", "--waive", "all");
    profileDocumentSchema.parse(document);
    const schema = await place.frugal(["schema", "profile"]);
    // The rest of the keys appear with --measure and --explain.
    const { required } = JSON.parse(schema.stdout).properties.models.items;
    for (const model of document.models) {
      expect(Object.keys(model).sort()).toEqual([...required].sort());
    }
  });

  it("adds up: layers are the totals, coverage is all nodes", async () => {
    const [model] = (await json("resnet50.onnx")).models;
    const sum = (key: string) =>
      model.layers.reduce((n: number, layer: Record<string, number>) => n + layer[key]!, 0);
    for (const key of ["macs", "parameters", "otherOps", "bytesMoved", "activations"]) {
      expect([key, sum(key)]).toEqual([key, model[key]]);
    }
    const { priced, zero, unknown } = model.coverage;
    expect(priced.share + zero.share + unknown.share).toBeCloseTo(1, 12);
    expect(sum("nodes")).toBe(priced.nodes + zero.nodes + unknown.nodes);
  });

  it("is the same twice", async () => {
    expect(await run("resnet50.onnx", "--json")).toEqual(await run("resnet50.onnx", "--json"));
  });
});

describe("the text", () => {
  it("names MACs and FLOPs apart, exact to the unit", async () => {
    const { code, stdout } = await run("resnet50.onnx");
    expect(code).toBe(0);
    // torch.utils.flop_counter prints 8,178,368,512 FLOPs for this network.
    expect(stdout).toMatch(/^ {2}MACs +4,089,184,256 +4\.09 G/m);
    expect(stdout).toMatch(/^ {2}FLOPs +8,178,368,512 +8\.18 G/m);
    expect(stdout).toMatch(/^ {2}parameters +25,557,032 /m);
    expect(stdout).toMatch(/^layer3 +1\.46 G +35\.8 %/m);
    expect(stdout).toMatch(/^ {2}1-5 {2}×5 +1\.09 G/m);
    expect(stdout).toMatch(/^Coverage .* none unknown$/m);
  });

  it.each([60, 80, 120, 160])("fits %d columns", async (columns) => {
    const env = { COLUMNS: String(columns) };
    for (const models of [["resnet50.onnx"], ["resnet50.onnx", "mlp.onnx"]]) {
      const { stdout } = await place.frugal(["profile", ...models], { env });
      const long = stdout.split("\n").filter((line) => line.length > columns);
      expect(long).toEqual([]);
    }
  });

  it("shows as many levels as asked for, and every layer with all", async () => {
    const names = async (depth: string) => {
      const { stdout } = await run("resnet50.onnx", "--depth", depth);
      return stdout;
    };
    expect(await names("1")).not.toMatch(/^ {2}1-5/m);
    expect(await names("3")).toMatch(/^ {4}downsample/m);
    expect(await names("all")).toMatch(/^ {6}1 /m);
  });

  it("puts two models side by side, with the factor between them", async () => {
    writeTiny(place, "double.onnx", product(6));
    const { stdout } = await run("fixed.onnx", "double.onnx");
    // 3 * 8 * 4 and twice that.
    expect(stdout).toMatch(/^ {2}MACs +96 +192 +×2$/m);
    expect(stdout).toMatch(/^ {2}parameters +32 +32 +same$/m);
  });

  it("tells models of the same name apart by their folders", async () => {
    mkdirSync(place.path("a"), { recursive: true });
    mkdirSync(place.path("b"), { recursive: true });
    writeTiny(place, "a/model.onnx", product(1));
    writeTiny(place, "b/model.onnx", product(2));
    const { stdout } = await run("a/model.onnx", "b/model.onnx");
    expect(stdout).toMatch(/^ +a\/model +b\/model +factor$/m);
  });
});

describe("open ends are closed", () => {
  it.each([
    ["a whole shape", "--input", "x=5x8"],
    ["a named dimension", "--dim", "batch=5"],
  ])("by %s", async (_, option, value) => {
    const { models } = await json("open.onnx", option, value);
    expect(models[0].macs).toBe(5 * 8 * 4);
  });

  it("for each model that has them, where several are given", async () => {
    const { models } = await json("open.onnx", "loop.onnx", "--dim", "batch=5", "--trips", "2");
    expect(models.map((m: { macs: number }) => m.macs)).toEqual([5 * 8 * 4, 2 * 2 * 8 * 8]);
  });

  it("for one model alone, by sizes behind its name: one file at two sizes", async () => {
    const { models } = await json(
      "open.onnx@batch=5",
      "open.onnx@batch=3",
      "open.onnx",
      "--dim",
      "batch=2",
    );
    expect(models.map((m: { macs: number }) => m.macs)).toEqual([5 * 8 * 4, 3 * 8 * 4, 2 * 8 * 4]);
    const { stdout } = await run("open.onnx@batch=5", "open.onnx@batch=10");
    expect(stdout).toMatch(/^ +open@batch=5 +open@batch=10 +factor$/m);
    expect(stdout).toMatch(/^ {2}MACs +160 +320 +×2$/m);
  });

  it.each([
    ["open.onnx@batsh=5", "E_USAGE", /no input "batsh"/],
    ["open.onnx@batch=many", "E_USAGE", /"batch=many" is no size/],
    ["open.onnx@batch=1,batch=2", "E_USAGE", /"batch" is given twice/],
    ["open.onnx@x=5x9", "E_SHAPE", /x/],
    ["none.onnx@batch=1", "E_ONNX", /does not exist/],
  ])("but not by %s", async (word, code, words) => {
    expectRefusal(await run(word), code, words);
  });

  it("by trips, for all loops or by name; the refusal says which", async () => {
    for (const trips of ["7", "steps=7"]) {
      const { models } = await json("loop.onnx", "--trips", trips);
      expect(models[0].macs).toBe(7 * 2 * 8 * 8);
    }
  });
});

describe("--csv and --html", () => {
  it("write a row for each node, whose sums are the totals", async () => {
    const { code, stderr } = await run("resnet50.onnx", "--csv", "nodes.csv");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "wrote nodes.csv\n" });
    const [head, ...rows] = readFileSync(place.path("nodes.csv"), "utf8").trim().split("\n");
    const columns = head!.split(",");
    // Shapes are quoted; the numbers stand before them.
    const sum = (name: string) =>
      rows.reduce((n, row) => n + Number(row.split(",")[columns.indexOf(name)]), 0);
    expect(sum("macs")).toBe(4_089_184_256);
    expect(sum("parameters")).toBe(25_557_032);
    expect(sum("flops")).toBe(8_178_368_512);
  });

  it("never let a name become a formula of a spreadsheet", async () => {
    const node = { op: "Relu", in: ["x"], out: ["y"], name: "=HYPERLINK(1,2)" };
    writeTiny(place, "formula.onnx", { inputs: { x: [1] }, outputs: ["y"], nodes: [node] });
    await run("formula.onnx", "--csv", "formula.csv");
    expect(readFileSync(place.path("formula.csv"), "utf8")).toMatch(
      /^formula\.onnx,"'=HYPERLINK\(1,2\)",Relu,/m,
    );
  });

  it("leave the old files as they were where a model is refused", async () => {
    for (const file of ["old.csv", "old.html"]) place.write(file, "old");
    place.write("broken.onnx", "no model");
    const before = readdirSync(place.folder);
    const refused = await run("mlp.onnx", "broken.onnx", "--csv", "old.csv", "--html", "new.html");
    expectRefusal(refused, "E_ONNX", /not a readable ONNX file/);
    expect(readFileSync(place.path("old.csv"), "utf8")).toBe("old");
    expect(readdirSync(place.folder)).toEqual(before);
  });

  it("are refused over a model, and twice to the same file", async () => {
    const bytes = readFileSync(place.path("mlp.onnx"));
    expectRefusal(await run("mlp.onnx", "--csv", "mlp.onnx"), "E_USAGE", /neither a model/);
    expect(readFileSync(place.path("mlp.onnx"))).toEqual(bytes);
    const twice = await run("mlp.onnx", "--csv", "x.out", "--html", "./x.out");
    expectRefusal(twice, "E_USAGE", /written twice/);
    expect(existsSync(place.path("x.out"))).toBe(false);
  });

  it("are refused where the folder is missing", async () => {
    const refused = await run("mlp.onnx", "--csv", "none/nodes.csv");
    expectRefusal(refused, "E_RUN", /cannot write the file/);
    expect(existsSync(place.path("none"))).toBe(false);
  });
});

describe("a model that cannot be profiled", () => {
  beforeAll(() => {
    const bytes = readFileSync(place.path("mlp.onnx"));
    writeFileSync(place.path("cut.onnx"), bytes.subarray(0, bytes.length - 100));
    place.write("empty.onnx", "");
    place.write("text.onnx", "this is a text about models\n");
    writeTiny(place, "unknown.onnx", unknownOperator);
    writeTiny(place, "unnamed.onnx", product("?"));
    writeTiny(place, "open two.onnx", { ...product("batch"), inputs: { x: ["batch", 8] } });
  });

  it.each([
    ["is missing", ["none.onnx"], /it does not exist[\s\S]*none\.onnx/],
    ["is a folder", ["home"], /it is a folder[\s\S]*name the \.onnx file/],
    ["is truncated", ["cut.onnx"], /not a readable ONNX file[\s\S]*cut\.onnx/],
    ["is empty", ["empty.onnx"], /empty\.onnx/],
    ["is a text", ["text.onnx"], /not a readable ONNX file[\s\S]*text\.onnx/],
    [
      "has an operator that nobody knows",
      ["unknown.onnx"],
      /com\.example\.Magic[\s\S]*next: +frugal profile unknown\.onnx --waive com\.example\.Magic/,
    ],
    [
      "loops for an unknown number of times",
      ["loop.onnx"],
      /Loop[\s\S]*next: +frugal profile loop\.onnx --trips steps=10/,
    ],
  ])("because it %s is refused", async (_, args, words) => {
    expectRefusal(await run(...args), "E_ONNX", words);
  });

  it.each([
    [
      "an open dimension",
      ["open.onnx"],
      "E_SHAPE",
      /open dimensions: x \[batch, 8\][\s\S]*such as frugal profile open\.onnx --dim batch=1/,
    ],
    [
      "an open dimension without a name, in a file whose name needs quotes",
      ["open two.onnx"],
      "E_SHAPE",
      /frugal profile 'open two\.onnx' --dim batch=1/,
    ],
    ["an unnamed dimension", ["unnamed.onnx"], "E_SHAPE", /--input x=1x8/],
    [
      "a shape that the file does not allow",
      ["fixed.onnx", "--input", "x=4x8"],
      "E_SHAPE",
      /input "x" is \[3, 8\] in the file, not \[4, 8\]/,
    ],
    [
      "two lengths for one dimension",
      ["open.onnx", "--input", "x=4x8", "--dim", "batch=5"],
      "E_SHAPE",
      /dimension "batch" is 5 by dimension batch and 4 by input x/,
    ],
    [
      "an input that the model does not have",
      ["fixed.onnx", "--input", "image=1x8"],
      "E_USAGE",
      /no input "image"[\s\S]*allowed: x/,
    ],
    ["a shape without sense", ["open.onnx", "--input", "x=1xx8"], "E_USAGE", /--input x=1xx8/],
    ["a shape without a name", ["open.onnx", "--input", "1x8"], "E_USAGE", /NAME=SHAPE/],
    ["a negative length", ["open.onnx", "--dim", "batch=-1"], "E_USAGE", /--dim batch=-1/],
    [
      "the same name twice",
      ["open.onnx", "--dim", "batch=1", "--dim", "batch=2"],
      "E_USAGE",
      /--dim names "batch" twice/,
    ],
    ["a schedule that is not", ["fixed.onnx", "--schedule", "lazy"], "E_USAGE", /file-order/],
    [
      "a length that no model has",
      ["open.onnx", "--input", "x=1x8", "--dim", "batsh=5"],
      "E_USAGE",
      /no dimension "batsh"[\s\S]*did you mean "batch"\?/,
    ],
    ["a depth that is not", ["fixed.onnx", "--depth", "0"], "E_USAGE", /whole number >= 1/],
    ["no model at all", [], "E_USAGE", /frugal profile needs models/],
  ])("%s is refused", async (_, args, code, words) => {
    expectRefusal(await run(...args), code, words);
  });

  it("with --json gets its error as JSON, and nothing else on stdout", async () => {
    const { code, stdout } = await run("none.onnx", "--json");
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: "E_ONNX", where: "none.onnx" } });
  });

  it("is counted in part where the gap is waived, and the gap is shown", async () => {
    for (const op of ["com.example.Magic", "all"]) {
      const { code, stdout } = await run("unknown.onnx", "--waive", op);
      expect(code).toBe(0);
      expect(stdout).toMatch(/100\.0 %\) unknown|1 unknown \(100\.0 %\)/);
      expect(stdout).toMatch(/com\.example\.Magic ×1 is not in the totals: no rule for operator/);
    }
    expectRefusal(await run("unknown.onnx", "--waive", "Other"), "E_ONNX", /Magic/);
  });

  it("is refused trips of loops and waivers of operators that it does not have", async () => {
    const cases = [
      [["mlp.onnx", "--trips", "3"], /the model has no loop[\s\S]*leave --trips out/],
      [
        ["loop.onnx", "--trips", "steps=3", "--trips", "stepz=2"],
        /no loop "stepz"[\s\S]*did you mean "steps"/,
      ],
      [["mlp.onnx", "--waive", "Gem"], /no operator "Gem"[\s\S]*did you mean "Gemm"/],
      [["mlp.onnx", "loop.onnx", "--trips", "3", "--waive", "Magic"], /models have no operator/],
    ] as const;
    for (const [args, words] of cases) expectRefusal(await run(...args), "E_USAGE", words);
  });
});

describe("a calibrated device", () => {
  const spread = { median: 1, low: 1, high: 1, samples: 7 };

  it("adds a latency that can be computed by hand", async () => {
    const calibration: Calibration = {
      format: 1,
      name: "abacus",
      calibratedAt: "2026-01-01T00:00:00.000Z",
      fingerprint: fingerprint(),
      device: {
        name: "abacus",
        peakMacsPerSecond: 1000,
        bytesPerSecond: 1e9,
        overheadMsPerKernel: 1,
        threads: 1,
        provider: "cpu",
        measured: { macsPerSecond: spread, bytesPerSecond: spread, overheadMsPerKernel: spread },
      },
      table: { format: 1, name: "abacus", rows: [], baseMs: 0, overheadMsPerKernel: 0 },
      recording: { seconds: 1, profilingMs: 0 },
    };
    mkdirSync(place.path("home", "devices"), { recursive: true });
    place.write("home/devices/abacus.json", JSON.stringify(calibration));
    const { models } = await json("fixed.onnx", "--device", "abacus");
    // 96 products at a thousand a second are longer than 272 bytes at a billion; one kernel starts.
    expect(models[0].latency[0]).toMatchObject({ method: "roofline", device: "abacus", ms: 97 });
    expect(models[0].latency[1]).toMatchObject({ method: "table", knownShare: 0 });
    const { stdout } = await run("fixed.onnx", "--device", "abacus", "--html", "abacus.html");
    expect(stdout).toMatch(/^ {2}roofline +97 ms/m);
    expect(readFileSync(place.path("abacus.html"), "utf8")).toContain("abacus: 1 kMACs/s, 1 GB/s");
  });

  it("that does not exist is refused with the way to make one", async () => {
    const refused = await run("fixed.onnx", "--device", "none");
    expectRefusal(refused, "E_FILE", /frugal doctor --calibrate/);
  });

  it("is not needed: without one no latency is predicted", async () => {
    const { models } = await json("fixed.onnx");
    expect(models[0].latency).toEqual([]);
  });
});
