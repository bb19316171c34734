import { expect, test } from "vitest";
import { chromeTrace, formatProfile, groupTimes } from "./profile.js";
import type { NodeTime } from "./types.js";

const time = (
  phase: string,
  path: string,
  op: string,
  startUs: number,
  durationUs: number,
): NodeTime => ({
  phase,
  path,
  op,
  kernel: op,
  startUs,
  durationUs,
});

// Two runs of two nodes: 30 + 10 us, then 50 + 10 us.
const times = [
  time("forward", "conv1", "Conv", 0, 30),
  time("backward", "conv1", "Mul", 30, 10),
  time("forward", "conv1", "Conv", 100, 50),
  time("backward", "conv1", "Mul", 150, 10),
];

test("groups add up calls and times, the largest first", () => {
  expect(groupTimes(times, (t) => t.op)).toEqual([
    { name: "Conv", calls: 2, totalUs: 80, share: 0.8 },
    { name: "Mul", calls: 2, totalUs: 20, share: 0.2 },
  ]);
});

test("no times give no groups", () => {
  expect(groupTimes([], (t) => t.op)).toEqual([]);
});

test("the tables show milliseconds per step and fold small rows into one", () => {
  const text = formatProfile(times, { runs: 2, rows: 1 });
  // 80 us over two steps are 0.040 ms; one call a step.
  expect(text).toMatch(/forward Conv +0\.040 +80\.0 % +1/);
  expect(text).toMatch(/1 more +0\.010 +20\.0 % +1/);
  expect(text).toMatch(/conv1 +0\.050 +100\.0 % +2/);
});

test("the Chrome trace keeps start, duration and layer of every node", () => {
  const { traceEvents } = JSON.parse(chromeTrace(times));
  expect(traceEvents).toHaveLength(4);
  expect(traceEvents[1]).toMatchObject({
    name: "Mul conv1",
    ph: "X",
    ts: 30,
    dur: 10,
    tid: "backward",
  });
});
