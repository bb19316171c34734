/** One count in a fresh process, as a command line would do it: profile.mjs FILE [REPETITIONS]. Prints one line of JSON. */

import { readFileSync } from "node:fs";

const since = (start) => performance.now() - start;
const start = performance.now();
const { profile } = await import("@frugal/core/costs");
const importMs = since(start);
const [file, repetitions = "1"] = process.argv.slice(2);
const reading = performance.now();
const bytes = readFileSync(file);
const readMs = since(reading);
const countMs = [];
let counted;
for (let i = 0; i < Number(repetitions); i++) {
  const counting = performance.now();
  counted = profile(bytes, { path: file });
  countMs.push(since(counting));
}
const peak = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"));
const { macs, parameters } = counted;
const peakMB = Math.round(Number(peak[1]) / 1024);
console.log(JSON.stringify({ importMs, readMs, countMs, macs, parameters, peakMB }));
