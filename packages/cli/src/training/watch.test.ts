import { describe, expect, it } from "vitest";
import type { MetricRecord } from "../run-store/metrics.js";
import { trainingWatch, warningText } from "./watch.js";

const TOTAL = 1000;
const plan = {
  costs: [{ name: "macs", start: 8e6 }],
  ofStep: ({ cost, lambda }: Readonly<Record<string, number>>) => ({
    "cost.macs": cost!,
    "lambda.macs": lambda!,
  }),
};
/** A cost that falls to a tenth in 300 steps and stays there; odd steps are above it by as much as even ones below. */
const cost = (step: number): number =>
  Math.max(0.1, 1 - 0.003 * step) + (step % 2 === 0 ? 0.05 : -0.05);
const steps = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i + 1);

describe("trainingWatch", () => {
  it("says once that a cost stands still under a price, though its batches swing", () => {
    const watch = trainingWatch(plan, TOTAL);
    const said = steps(0, TOTAL).flatMap((step) =>
      watch
        .step(step, { cost: step % 2 === 0 ? 1.05 : 0.95, lambda: 0.1 })
        .map((w) => `${step} ${w.signature} ${w.cost}`),
    );
    // A point has 10 of 1000 steps; 20 points make standing still.
    expect(said).toEqual(["200 costIgnored macs"]);
  });

  it("does not say so of a cost that has fallen, nor of a run that goes on after the fall", () => {
    const whole = trainingWatch(plan, TOTAL);
    expect(steps(0, TOTAL).flatMap((s) => whole.step(s, { cost: cost(s), lambda: 0.1 }))).toEqual(
      [],
    );
    const record = (step: number, name: string, value: number): MetricRecord => ({
      ...{ attempt: 1, epoch: 1, wall: 0, split: "train", step },
      ...{ name, value },
    });
    const records = steps(0, 500).flatMap((s) => [
      record(s, "cost", cost(s)),
      record(s, "lambda", 0.1),
    ]);
    const later = (watch: ReturnType<typeof trainingWatch>) =>
      steps(500, TOTAL).flatMap((s) => watch.step(s, { cost: cost(s), lambda: 0.1 }));
    const resumed = trainingWatch(plan, TOTAL);
    resumed.replay(records);
    expect(later(resumed)).toEqual([]);
    // Without the records it would be said.
    expect(later(trainingWatch(plan, TOTAL))).toHaveLength(1);
  });

  it("says that the accuracy collapses after two evaluations, with the advice of the plan", () => {
    const watch = trainingWatch({ ...plan, advice: { accuracyCollapse: "stop" } }, TOTAL);
    const said = [0.9, 0.6, 0.5].flatMap((accuracy, i) => watch.validated(100 * i, { accuracy }));
    expect(said).toMatchObject([{ signature: "accuracyCollapse", advice: "stop" }]);
    expect(warningText(said[0]!)).toMatch(
      /^the accuracy fell .* \(accuracy 0\.9 at step 0, .*\): stop$/,
    );
  });

  it("names a sigma that has made the numbers of a step infinite", () => {
    const watch = trainingWatch(plan, TOTAL);
    expect(watch.broke(1, { sigma: 1e-3 })).toEqual([]);
    expect(trainingWatch(plan, TOTAL).broke(1, { sigma: 1e-30 })).toMatchObject([
      { signature: "sigmaTooSmall", what: expect.stringContaining("loss is not finite at step 1") },
    ]);
  });
});
