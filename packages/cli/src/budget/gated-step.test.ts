import type { EpochEvent, StepEvent } from "@frugal/core/training";
import { beforeAll, describe, expect, it } from "vitest";
import { type Dataset, loadDataset } from "../data/index.js";
import { checkRecipe } from "../recipe/check.js";
import { gatedNetwork, gatedStretch } from "./gated-step.js";
import { planBudget } from "./plan.js";

const FULL = 11664;
const recipe = checkRecipe(
  {
    name: "floor",
    data: { name: "optdigits" },
    model: { name: "digits", options: { width: 4 } },
    objective: { kind: "plain", budget: { macs: "5k" } },
    channels: { warmup: 0, accuracyFloor: 0.9 },
    optimizer: { name: "adam" },
    epochs: 8,
  },
  "recipe",
);
let dataset: Dataset;
beforeAll(async () => {
  dataset = await loadDataset("optdigits", {});
});

type Control = ReturnType<NonNullable<ReturnType<typeof gatedStretch>["notes"]>>["control"];

function stretch(control?: Control) {
  const plan = planBudget(recipe, dataset);
  const gate = "hardConcrete" as const;
  return gatedStretch({
    recipe,
    plan,
    gated: gatedNetwork(recipe, plan, { gate, training: true }),
    settled: gatedNetwork(recipe, plan, { gate, training: false }),
    stepsPerEpoch: 4,
    ...(control ? { control } : {}),
  });
}
/** A step at which the whole network was open: what raises the price. */
const step = (n: number): StepEvent => ({
  kind: "step",
  step: n,
  epoch: 0,
  metrics: { "hard.macs": FULL, "expected.macs": FULL },
  scalars: {},
  elapsedMs: 1,
});
const epoch = (n: number, accuracy: number): EpochEvent => ({
  kind: "epoch",
  epoch: 0,
  step: n,
  metrics: {},
  evaluation: { accuracy },
  elapsedMs: 1,
  samplesPerSecond: 1,
});
const priceOf = (s: ReturnType<typeof stretch>) => s.notes!().control!.macs!.multiplier;

describe("the floor under the accuracy", () => {
  it("holds the price while the last validation was below it, and lets go after one above", () => {
    const s = stretch();
    for (const n of [1, 2, 3, 4]) s.observe!(step(n));
    const before = priceOf(s);
    expect(before).toBeGreaterThan(0);
    s.observe!(epoch(4, 0.5));
    for (const n of [5, 6, 7, 8]) {
      s.observe!(step(n));
      expect(priceOf(s)).toBe(before);
    }
    s.observe!(epoch(8, 0.95));
    s.observe!(step(9));
    // One update further, as if the four had not been.
    const never = stretch();
    for (const n of [1, 2, 3, 4, 5]) never.observe!(step(n));
    expect(priceOf(s)).toBe(priceOf(never));
    expect(priceOf(s)).toBeGreaterThan(before);
  });

  it("is remembered by a checkpoint between the validation and the next step", () => {
    const s = stretch();
    s.observe!(step(1));
    s.observe!(epoch(1, 0.5));
    const kept = JSON.parse(JSON.stringify(s.notes!().control)) as Control;
    const resumed = stretch(kept);
    for (const one of [s, resumed]) one.observe!(step(2));
    expect(resumed.notes!()).toEqual(s.notes!());
    expect(priceOf(resumed)).toBe(kept!.macs!.multiplier);
    expect(resumed.notes!().control!.macs).toMatchObject({ isPaused: true, accuracy: 0.5 });
  });
});
