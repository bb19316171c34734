/** frugal profile --measure and --against, in real processes: what is reported, never how fast it was. */

import { readFileSync, writeFileSync } from "node:fs";
import { encode } from "fast-png";
import { beforeAll, describe, expect, it } from "vitest";
import { denseModel, imageModel } from "../src/measure/testing/models.js";
import { profileDocumentSchema } from "../src/profile/document-schema.js";
import { type Outcome, workplace } from "./support/cli.js";
import { expectRefusal } from "./support/refusal.js";

const place = workplace();
const run = (...args: string[]): Promise<Outcome> => place.frugal(["profile", ...args]);

beforeAll(() => {
  writeFileSync(place.path("small.onnx"), denseModel("batch"));
  writeFileSync(place.path("wide.onnx"), denseModel("batch", 128));
  // One run takes long enough to be a sample by itself, whatever the machine's clock: only then are there percentiles.
  writeFileSync(place.path("large.onnx"), denseModel("batch", 1024));
  for (const name of ["picture", "other"]) writeFileSync(place.path(`${name}.onnx`), imageModel());
  const data = Uint8Array.from({ length: 64 }, (_, i) => i);
  writeFileSync(place.path("grey.png"), encode({ width: 8, height: 8, channels: 1, data }));
});

describe("--measure", () => {
  it("adds times to the counts, in the text, the page and the document", async () => {
    const args = [
      "large.onnx",
      "--dim",
      "batch=1",
      "--measure",
      "--seconds",
      "1",
      "--batch",
      "1,4",
    ];
    const { code, stdout, stderr } = await run(...args, "--html", "large.html");
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "measuring large\nwrote large.html\n",
    });
    // 1024 * 1024 products.
    expect(stdout).toMatch(/^ {2}MACs +1,048,576 /m);
    expect(stdout).toMatch(/^Measured: cpu, 1 thread, batch 1, single-stream; \d+ samples/m);
    for (const name of ["p50", "p90"]) {
      expect(stdout).toMatch(new RegExp(`^  ${name} +[\\d.]+ [µmn]?s  \\[.+, .+\\]$`, "m"));
    }
    expect(stdout).toMatch(/^ {2}batch 4 +[\d.]+ ?[kM]?\/s/m);
    expect(stdout).toMatch(/^ {2}session start .* apart from the runs$/m);
    expect(stdout).toMatch(/^ {2}energy +(not measured: .+|.+ a sample; .+)$/m);
    expect(readFileSync(place.path("large.html"), "utf8")).toContain("Measured: cpu");
  });

  it("is in the document as the schema says", async () => {
    const args = ["small.onnx", "--dim", "batch=2", "--measure", "--seconds", "1", "--batch", "1"];
    const { stdout } = await run(...args, "--percentile", "50", "--json", "-q");
    const { models } = profileDocumentSchema.parse(JSON.parse(stdout));
    const { measured } = models[0]!;
    expect(measured).toMatchObject({ provider: "cpu", threads: 1, scenario: "single-stream" });
    expect(measured!.samplesMs).toHaveLength(measured!.samples);
    expect(measured!.throughput.map((t) => t.batch)).toEqual([1]);
  });
});

describe("--against", () => {
  it("prints the ratio of two models that took turns, with its interval", async () => {
    const args = ["small.onnx", "wide.onnx", "--dim", "batch=1", "--against", "--seconds", "1"];
    const { code, stdout } = await run(...args, "--json", "-q");
    expect(code).toBe(0);
    const { against } = profileDocumentSchema.parse(JSON.parse(stdout));
    const { low, median, high } = against!.ratio;
    expect(low).toBeLessThanOrEqual(median);
    expect(median).toBeLessThanOrEqual(high);
    const text = await run(...args);
    expect(text.stdout).toMatch(
      /^ {2}ratio +[\d.]+ {2}\[[\d.]+, [\d.]+\], time of small over time of wide$/m,
    );
  });
});

describe("--image", () => {
  it("shows the network as a part of the whole request", async () => {
    const args = ["picture.onnx", "--dim", "N=1", "--measure", "--seconds", "1", "--batch", "1"];
    const { code, stdout } = await run(...args, "--image", "grey.png");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Whole request, session start apart$/m);
    const shares = ["decoding", "preprocessing", "network"].map((part) =>
      Number(new RegExp(`^  ${part} .* ([\\d.]+) %$`, "m").exec(stdout)?.[1]),
    );
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(100, 0);
  });

  it("sets the ratio of two models beside that of the whole requests", async () => {
    const args = ["picture.onnx", "other.onnx", "--dim", "N=1", "--against", "--seconds", "1"];
    const { stdout } = await run(...args, "--image", "grey.png", "--json", "-q");
    const { against } = profileDocumentSchema.parse(JSON.parse(stdout));
    const { a, b, request } = against!;
    expect(a.decodeMs).toBe(b.decodeMs);
    expect(request!.low).toBeLessThanOrEqual(request!.median);
    expect(request!.median).toBeLessThanOrEqual(request!.high);
  });
});

describe("--scenario server", () => {
  it("takes the rate of arrivals, and says how near the limit it is", async () => {
    const args = ["small.onnx", "--dim", "batch=1", "--measure", "--scenario", "server"];
    const { code, stdout } = await run(
      ...[...args, "--rate", "50", "--processes", "2"],
      ...["--percentile", "50", "--seconds", "1", "--batch", "1"],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}arrivals +50\/s +[<\d.]+ % of what it serves/m);
  });
});

describe("options about time", () => {
  it.each([
    [
      "without a measurement",
      ["--threads", "2"],
      /--threads says how to measure[\s\S]*add --measure/,
    ],
    ["with an unknown scenario", ["--measure", "--scenario", "rush"], /allowed: +single-stream/],
    ["with no percentile", ["--measure", "--percentile", "100"], /above 0 and below 100/],
    ["with no threads", ["--measure", "--threads", "0"], /a whole number from 1/],
    ["with a batch of words", ["--measure", "--batch", "1,many"], /--batch many/],
    ["with no time", ["--measure", "--seconds", "0"], /above 0/],
    ["with turns of one model", ["--against"], /two models, not 1/],
    ["with arrivals outside of a server", ["--measure", "--rate", "5"], /--scenario server/],
    [
      "with no arrivals",
      ["--measure", "--scenario", "server", "--rate", "0"],
      /queries per second, above 0/,
    ],
    ["with an image and no measurement", ["--image", "grey.png"], /add --measure/],
    [
      "with a file that could not be written afterwards",
      ["--measure", "--csv", "none/x.csv"],
      /none does not exist[\s\S]*mkdir -p/,
      "E_RUN",
    ],
  ])("are refused %s, before anything runs", async (_, args, words, code = "E_USAGE") => {
    const refused = await run("small.onnx", "--dim", "batch=1", ...args);
    expectRefusal(refused, code, words);
    expect(refused.stderr).not.toMatch(/^measuring/m);
  });

  it("an unknown provider is refused with those that there are", async () => {
    const args = ["small.onnx", "--dim", "batch=1", "--measure", "--provider", "warp"];
    expectRefusal(await run(...args), "E_ENGINE", /warp[\s\S]*cpu/);
  });
});
