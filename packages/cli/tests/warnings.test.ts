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
    // At this rate nothing moves, whatever its price: the accuracy stays that of guessing. Large batches are all alike.
    const many = ["data.limit=3000", "batchSize=256"];
    const run = await trained("ignored", "optimizer.lr=1e-6", ...many);
    expect(run.code).toBe(0);
    expect(signatures(run).sort()).toEqual(["atChance", "costIgnored"]);
    expect(run.events.find((e) => e.cost === "density")).toMatchObject({
      advice: expect.stringMatching(/lambda/),
    });
    expect(run.lines).toHaveLength(2);
    expect(run.lines.join("\n")).toMatch(
      /^warning: the cost density stands still at (1|0\.99\d*|1\.0\d*) of its start/m,
    );
  }, 180_000);

  it("of a price that is too low to be heard, though the density changes by itself", async () => {
    const run = await trained("unheard", "objective.lambda=1e-6");
    expect(run.code).toBe(0);
    expect(signatures(run)).toEqual(["costIgnored"]);
    expect(run.lines).toEqual([
      expect.stringMatching(/^warning: the price of the cost density is not heard beside the task/),
    ]);
  }, 180_000);

  it("of a plain training that does not learn", async () => {
    const run = await trained(
      "guessing",
      "objective={kind: plain}",
      "optimizer.lr=1e-7",
      "epochs=3",
    );
    expect(run.code).toBe(0);
    expect(signatures(run)).toEqual(["atChance"]);
    expect(run.lines.join()).toContain("guessing has 0.1");
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
