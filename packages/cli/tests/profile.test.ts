import { readdirSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { type Outcome, tinyRecipe, workplace } from "./support/cli.js";

const place = workplace();

describe("frugal train --profile", () => {
  let outcome: Outcome;
  beforeAll(async () => {
    place.write("tiny.yaml", tinyRecipe);
    outcome = await place.frugal(["train", "tiny.yaml", "--profile"]);
  }, 60_000);

  it("prints the time of a step per op and per layer", () => {
    expect(outcome).toMatchObject({ code: 0 });
    expect(outcome.stdout).toMatch(/^op +ms \/ step +share +calls$/m);
    expect(outcome.stdout).toMatch(/^layer +ms \/ step/m);
    // Three linear layers of the tiny network: two hidden ones and the classifier, forward and backward.
    for (const layer of ["hidden0", "hidden1", "exits.hidden0"])
      expect(outcome.stdout).toContain(`\n${layer}`);
    expect(outcome.stdout).toMatch(/^forward /m);
    expect(outcome.stdout).toMatch(/^backward /m);
    expect(outcome.stdout).toMatch(/ms in the nodes of a step \(batch 32, mean of 10 steps/);
  });

  it("writes a Chrome trace of the same steps and makes no run folder", () => {
    expect(readdirSync(place.folder).sort()).toEqual(["home", "tiny.trace.json", "tiny.yaml"]);
    const { traceEvents } = JSON.parse(readFileSync(place.path("tiny.trace.json"), "utf8"));
    for (const event of traceEvents) {
      expect(event).toMatchObject({ ph: "X", ts: expect.any(Number), dur: expect.any(Number) });
    }
    // The total of the trace is what the last line says.
    const totalUs = traceEvents.reduce((sum: number, e: { dur: number }) => sum + e.dur, 0);
    const said = /([\d.]+) ms in the nodes/.exec(outcome.stdout)![1]!;
    expect(totalUs / 10 / 1000).toBeCloseTo(Number(said), 2);
    // The same nodes in every one of the ten steps.
    expect(traceEvents.length % 10).toBe(0);
  });

  it("takes the name of the trace, and prints JSON with --json", async () => {
    const args = ["train", "--profile", "other.json", "tiny.yaml", "--json", "-q"];
    const { code, stdout, stderr } = await place.frugal(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { trace, steps, ops, layers } = JSON.parse(stdout);
    expect({ trace, steps }).toEqual({ trace: "other.json", steps: 10 });
    for (const groups of [ops, layers]) {
      const shares = groups.reduce((sum: number, g: { share: number }) => sum + g.share, 0);
      expect(shares).toBeCloseTo(1, 6);
    }
  });

  it("refuses options that are about a run", async () => {
    const { code, stderr } = await place.frugal([
      "train",
      "tiny.yaml",
      "--profile",
      "--tensorboard",
    ]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error E_USAGE: --profile does not go with --tensorboard/);
  });
});
