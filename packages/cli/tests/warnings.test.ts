/** What frugal train says of runs that fail in a known way. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { workplace } from "./support/cli.js";

const place = workplace();
place.write(
  "failing.yaml",
  `
name: failing
data: { name: optdigits, limit: 512 }
model: { name: mlp, options: { hidden: [32] } }
objective: { kind: density, lambda: 1 }
optimizer: { name: adam, lr: 0.01 }
epochs: 4
batchSize: 32
evaluate: { timed: [32] }
`,
);

/** Trains with some keys changed: exit code, warnings of the terminal and of events.jsonl. */
async function trained(root: string, ...set: readonly string[]) {
  const options = set.flatMap((s) => ["--set", s]);
  const { code, stderr } = await place.frugal([
    "train",
    "failing.yaml",
    "--runs",
    root,
    ...options,
  ]);
  const [name] = existsSync(place.path(root)) ? readdirSync(place.path(root)) : [];
  const events = readFileSync(join(place.path(root), name!, "events.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter((e) => e.kind === "warning");
  return { code, lines: stderr.match(/^warning: .*/gm) ?? [], events };
}
const signatures = ({ events }: Awaited<ReturnType<typeof trained>>): string[] =>
  events.map((e) => e.signature);

describe("frugal train warns", () => {
  it("of nothing where density falls and the accuracy holds", async () => {
    const run = await trained("healthy", "objective.density.sigma=0.1");
    expect(run).toEqual({ code: 0, lines: [], events: [] });
  }, 180_000);

  it("of a cost that nothing follows, once, on the terminal and in events.jsonl", async () => {
    // Neither the price nor the rate is worth mentioning.
    const run = await trained("ignored", "objective.lambda=1e-9", "optimizer.lr=1e-6");
    expect(run.code).toBe(0);
    expect(signatures(run)).toEqual(["costIgnored"]);
    expect(run.events[0]).toMatchObject({
      cost: "density",
      advice: expect.stringMatching(/lambda/),
    });
    expect(run.lines).toHaveLength(1);
    expect(run.lines[0]).toMatch(
      /^warning: the cost density stands still at (1|0\.99\d*|1\.0\d*) of its start/,
    );
  }, 180_000);

  it("of accuracy that collapses as the price rises", async () => {
    const price = "objective.lambda={value: 110, warmup: 5}";
    const run = await trained("collapsed", price, "objective.density.sigma=1", "epochs=6");
    expect(run.code).toBe(0);
    expect(signatures(run)).toEqual(["accuracyCollapse"]);
    expect(run.lines.join("\n")).toContain("lower lambda");
  }, 180_000);

  it("of layers in which nothing becomes zero", async () => {
    // Logits shrink under the penalty and are never exactly zero.
    const layers = "objective.density.leaves=[output]";
    const run = await trained(
      "dense",
      layers,
      "objective.lambda=0.1",
      "objective.density.sigma=0.1",
    );
    expect(run.code).toBe(0);
    expect(signatures(run)).toEqual(["ratioStuck"]);
    expect(run.lines[0]).toContain("these layers make none");
  }, 180_000);

  it("of a sigma at which the penalty is not a number, before it says which number broke", async () => {
    const run = await trained("narrow", "objective.density.sigma=1e-50");
    expect(run.code).toBe(2);
    expect(signatures(run)).toEqual(["sigmaTooSmall"]);
    expect(run.lines[0]).toContain("loss is not finite at step 1, with a sigma of 1e-50");
  }, 180_000);
});
