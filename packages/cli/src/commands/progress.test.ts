import { expect, test } from "vitest";
import { progressLine } from "./progress.js";

const progress = {
  step: 12345,
  totalSteps: 67890,
  epoch: 2,
  epochs: 10,
  loss: 0.1234,
  accuracy: 0.987,
  expectedCost: 0.72,
  executedCost: 0.76,
  samplesPerSecond: 14500,
  secondsLeft: 754,
};

test("the line has a bar, loss, accuracy, both costs, samples per second and the time left", () => {
  // 12345 / 67890 of twelve characters are 2.2.
  expect(progressLine(progress, 160)).toBe(
    "━━────────── 12345/67890  loss 0.1234  acc 98.7 %  cost expected 72 % executed 76 %  14.5k samples/s  12:34 left",
  );
});

test("a terminal of 80 columns still shows every number", () => {
  const line = progressLine(progress, 79);
  expect(line.length).toBeLessThanOrEqual(79);
  for (const part of ["12345/67890", "0.1234", "98.7%", "72%", "76%", "14.5k/s", "12:34 left"])
    expect(line).toContain(part);
});

test("what is not known yet is left out", () => {
  expect(progressLine({ step: 0, totalSteps: 10, epoch: 1, epochs: 1 }, 80)).toBe(
    "──────────── 0/10",
  );
});
