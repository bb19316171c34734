/** frugal profile --energy: tables at a precision, the accelerator that skips zeros, and what they take for granted. */

import { beforeAll, describe, expect, it } from "vitest";
import { profileDocumentSchema } from "../src/profile/document-schema.js";
import { type Outcome, workplace } from "./support/cli.js";
import { writeTiny } from "./support/models.js";
import { expectRefusal } from "./support/refusal.js";

const place = workplace();
const run = (...args: string[]): Promise<Outcome> =>
  place.frugal(["profile", "tiny.onnx", ...args]);

beforeAll(() => {
  // One row of 8 times 8 x 4, ReLU, times 4 x 2: 32 and 8 products, 12 and 4 and 2 elements.
  writeTiny(place, "tiny.onnx", {
    inputs: { x: [1, 8] },
    outputs: ["y"],
    weights: { a: [8, 4], b: [4, 2] },
    nodes: [
      { op: "MatMul", in: ["x", "a"], out: ["h"] },
      { op: "Relu", in: ["h"], out: ["r"] },
      { op: "MatMul", in: ["r", "b"], out: ["y"] },
    ],
  });
});

async function json(...args: string[]) {
  const { stdout } = await run(...args, "--json", "-q");
  return profileDocumentSchema.parse(JSON.parse(stdout)).models[0]!;
}

describe("--energy", () => {
  it("takes a table at a precision, which can be computed by hand", async () => {
    const { energy } = await json("--energy", "horowitz45:int8");
    // 40 products of 0.2 + 0.03 pJ; 8 + 32 + 4 and 4 + 8 + 2 elements of 160 pJ: a quarter of a word of DRAM.
    const expected = (40 * 0.23 + 58 * 160) * 1e-12;
    expect(energy).toHaveLength(1);
    expect(energy[0]!.totalJ / expected).toBeCloseTo(1, 12);
  });

  it("takes every precision of a table at once", async () => {
    const { energy } = await json("--energy", "horowitz45:all,jouppi7:bfloat16");
    expect(energy.map((e) => `${e.table}:${e.precision}`)).toEqual([
      ...["float32", "float16", "int32", "int8", "int8x32"].map((p) => `horowitz45:${p}`),
      "jouppi7:bfloat16",
    ]);
  });

  it("shows the accelerator in both modes: without zeros nothing is saved, and that is said", async () => {
    const { asic } = await json("--energy", "asic");
    expect(asic!.map((a) => [a.mode, a.ratio])).toEqual([
      ["reference", 1],
      ["corrected", 1],
    ]);
    const { stdout } = await run("--energy", "asic");
    expect(stdout).toMatch(/zeros: everything is dense: no zeros were measured/);
    for (const topic of ["fusion", "batch", "cache", "skip granularity"]) {
      expect(stdout.match(new RegExp(`^  - ${topic}: `, "gm"))).toHaveLength(2);
    }
  });

  it("computes the corrected mode with an assumed density as by hand", async () => {
    const { asic } = await json("--energy", "asic", "--density", "0.5");
    // 1950 pJ an element: x and a and half of h; half of r, b and y. 3.7 pJ a product, half of the second layer's.
    const [worst, left] = [
      1950 * (8 + 32 + 4 + 4 + 8 + 2) + 3.7 * (32 + 8),
      1950 * (8 + 32 + 2 + 2 + 8 + 2) + 3.7 * (32 + 4),
    ];
    const corrected = asic!.find((a) => a.mode === "corrected")!;
    expect(corrected.withoutSkippingJ / (worst * 1e-12)).toBeCloseTo(1, 12);
    expect(corrected.joules / (left * 1e-12)).toBeCloseTo(1, 12);
  });

  it("prints what it takes for granted where it was asked for, not otherwise", async () => {
    expect((await run("--energy", "jouppi7")).stdout).toMatch(
      /^Assumptions: jouppi7\n {2}- modelled, not measured/m,
    );
    expect((await run()).stdout).not.toMatch(/^Assumptions/m);
  });

  it.each([
    [["--energy", "horowits45"], /no table "horowits45"[\s\S]*did you mean "horowitz45"\?/],
    [["--energy", "horowitz45:int4"], /no precision "int4"[\s\S]*allowed: +float32, float16/],
    [["--energy", "horowitz45:bfloat16"], /no precision "bfloat16"/],
    [["--energy", "eyeriss65"], /no table "eyeriss65"/],
    [["--energy", ""], /no table ""/],
    [["--density", "0.5"], /nothing skips them/],
    [["--energy", "asic", "--density", "1.5"], /0 to 1/],
  ])("refuses %j", async (args, words) => {
    expectRefusal(await run(...args), "E_USAGE", words);
  });
});
