/** Our contestant: training steps of the CIFAR-style ResNet-18. Usage: train-step.mjs WIDTH BATCH [--profile [TRACE_FILE]] */

import { writeFileSync } from "node:fs";
import { chromeTrace, formatProfile } from "@frugal/core/engine";
import { resnet } from "@frugal/core/nn";
import { serve } from "../lib/contestant.mjs";
import { compileStep } from "../lib/model.mjs";

const [width, batch] = process.argv.slice(2).map(Number);
const at = process.argv.indexOf("--profile");
const profile = at >= 0;
const { executable, run, steps } = await compileStep(resnet({ depth: 18, width }), {
  batch,
  weightDecay: 5e-4,
  profile,
});

if (profile) {
  const runs = 8;
  for (let i = 0; i < runs; i++) await run();
  const times = await executable.profile();
  console.log(formatProfile(times, { runs, rows: 30 }));
  const trace = process.argv[at + 1];
  if (trace) writeFileSync(trace, chromeTrace(times));
} else {
  await serve(run, { steps });
}
