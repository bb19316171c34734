/** Memory of one process over many training steps: flat after the warm-up, or something leaks. */

import { readFileSync } from "node:fs";
import { digitsNet } from "@frugal/core/nn";
import { compileStep } from "./lib/model.mjs";

const residentMB = () =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024;

export async function run({ steps, print, note }) {
  const { run: runSteps, steps: together } = await compileStep(digitsNet(), {
    batch: 64,
    threads: 1,
  });
  const warmUp = Math.floor(steps / 6);
  const samples = [];
  const every = Math.max(1, Math.floor(steps / 24));
  for (let i = together; i <= steps; i += together) {
    await runSteps();
    if (Math.floor(i / every) > Math.floor((i - together) / every)) {
      samples.push({ step: i, residentMB: residentMB() });
      note(`step ${i}: ${samples.at(-1).residentMB.toFixed(1)} MB`);
    }
  }
  const after = samples.filter((s) => s.step >= warmUp).map((s) => s.residentMB);
  const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
  // First and last quarter after the warm-up: single samples jump with the garbage collector.
  const quarter = Math.max(1, after.length >> 2);
  const growth = mean(after.slice(-quarter)) / mean(after.slice(0, quarter)) - 1;
  const record = {
    steps,
    warmUp,
    startMB: Math.round(after[0]),
    endMB: Math.round(after.at(-1)),
    growth: Number(growth.toFixed(4)),
  };
  print(
    record,
    `${steps} steps: ${record.startMB} MB after ${warmUp} steps, ${record.endMB} MB at the end, growth ${(100 * growth).toFixed(2)} %`,
  );
}
