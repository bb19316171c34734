/** frugal profile --explain: what other counters print, and why they differ. */

import { beforeAll, describe, expect, it } from "vitest";
import { profileDocumentSchema } from "../src/profile/document-schema.js";
import { type Outcome, workplace } from "./support/cli.js";
import { writeReference } from "./support/models.js";
import { expectRefusal } from "./support/refusal.js";

const place = workplace();
const run = (...args: string[]): Promise<Outcome> =>
  place.frugal(["profile", "resnet50.onnx", ...args]);

// What the tools printed for torchvision's ResNet-50 at 224 x 224: torch 2.13, fvcore 3378afe, DeepSpeed 38327e0.
const printed = { fvcore: 4_111_512_576, deepspeed: 8_211_108_352, torch: 8_178_368_512 };

beforeAll(() => {
  writeReference(place, "resnet50.onnx", "tv/resnet50");
});

describe("--explain", () => {
  it("lists what every counter prints", async () => {
    const { code, stdout } = await run("--explain");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^fvcore +4,111,512,576 +4\.11 G +MACs/m);
    expect(stdout).toMatch(/^deepspeed-flops +8,211,108,352 +8\.21 G +FLOPs/m);
    expect(stdout).toMatch(/^torch +8,178,368,512 +8\.18 G +FLOPs/m);
  });

  it("says term by term why two counters differ; the terms are the difference", async () => {
    const { stdout } = await run("--explain", "fvcore:deepspeed", "--json", "-q");
    const { models } = profileDocumentSchema.parse(JSON.parse(stdout));
    const { explained } = models[0]!;
    if (explained?.kind !== "tools") throw new Error("two tools were asked for");
    const { fromTotal, toTotal, difference, steps } = explained.explanation;
    expect({ fromTotal, toTotal }).toEqual({
      fromTotal: printed.fvcore,
      toTotal: printed.deepspeed,
    });
    expect(difference).toBe(printed.deepspeed - printed.fvcore);
    expect(steps.reduce((sum, s) => sum + s.change, 0)).toBe(difference);
    for (const s of steps) expect((s.toFactor - s.fromFactor) * s.count).toBe(s.change);
    const { stdout: text } = await run("--explain", "fvcore:deepspeed");
    // Both factors of the products, 53 convolutions: all MACs but the 2,048,000 of the last layer.
    expect(text).toMatch(/^MACs of convolutions +×1 +×2 +4,087,136,256 +\+4,087,136,256/m);
    expect(text).toMatch(/^together +4,111,512,576 +8,211,108,352 +\+4,099,595,776/m);
  });

  it("finds who printed two numbers", async () => {
    const { stdout } = await run("--explain", "4.09G:8.21G");
    expect(stdout).toMatch(/^4\.09 G is what these print:$/m);
    expect(stdout).toMatch(/^8\.21 G is what these print:\n {2}- DeepSpeed FLOPs: 8,211,108,352/m);
    expect(stdout).toMatch(/^together .* 8,211,108,352 /m);
  });

  it("says so where no counter prints a number, and who comes closest", async () => {
    const { code, stdout } = await run("--explain", "4.2G:8.18G");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^4\.2 G: no counter prints it for this model\. Closest is/m);
    expect(stdout).toContain(`8,178,368,512 FLOPs`);
  });

  it.each([
    ["fvcore:deepspede", /no counter "deepspede"[\s\S]*did you mean "deepspeed"\?/],
    ["fvcore:4.09G", /two counters such as fvcore:thop, or two numbers/],
    ["4.09:8.21", /lacks its unit[\s\S]*write 4\.09G or 4\.09M/],
    ["a:b:c", /cannot be read/],
  ])("refuses %s", async (text, words) => {
    expectRefusal(await run("--explain", text), "E_USAGE", words);
  });

  it.each([60, 80, 120])("fits %d columns", async (columns) => {
    for (const value of [[], ["fvcore:deepspeed"], ["4.09G:8.21G"]]) {
      const args = ["profile", "resnet50.onnx", "--explain", ...value];
      const { stdout } = await place.frugal(args, { env: { COLUMNS: String(columns) } });
      expect(stdout.split("\n").filter((line) => line.length > columns)).toEqual([]);
    }
  });
});

describe("--trait", () => {
  it("says how the network was written, and the numbers follow", async () => {
    const { stdout } = await run("--explain", "--trait", "batch-norm=folded");
    expect(stdout).toMatch(/^Taken for granted: batch norms were folded into convolutions/m);
    const plain = await run("--explain");
    const printedBy = (text: string) => /^onnx-tool +([\d,]+)/m.exec(text)?.[1];
    // Folded batch norms are no nodes of their own.
    expect(printedBy(stdout)).not.toBe(printedBy(plain.stdout));
    expect(plain.stdout).not.toMatch(/Taken for granted/);
  });

  it.each([
    [["--explain", "--trait", "attenton=fused"], /did you mean "attention"\?/],
    [["--explain", "--trait", "attention=flash"], /allowed: +matmul, operator, fused, timm/],
    [["--explain", "--trait", "attention"], /attention cannot be ""/],
    [["--explain", "--trait", "batch=0"], /a whole number >= 1/],
    [["--explain", "--trait", "batch=1", "--trait", "batch=2"], /batch is given twice/],
    [["--trait", "attention=fused"], /add --explain/],
  ])("refuses %j", async (args, words) => {
    expectRefusal(await run(...args), "E_USAGE", words);
  });
});
