/** Our contestant: steps of ResNet-18 with the density penalty. Usage: eat-step.mjs WIDTH BATCH SHARE [--profile] */

import { formatProfile } from "@frugal/core/engine";
import { input } from "@frugal/core/graph";
import { resnet } from "@frugal/core/nn";
import { density } from "@frugal/core/objectives";
import { scalar } from "@frugal/core/tensor";
import { serve } from "../lib/contestant.mjs";
import { compileStep } from "../lib/model.mjs";

const [width, batch, share] = process.argv.slice(2).map(Number);
const profile = process.argv.includes("--profile");
const { executable, run, steps } = await compileStep(resnet({ depth: 18, width }), {
  batch,
  weightDecay: 5e-4,
  profile,
  scalars: { lambda: scalar("float32", 2.5) },
  lossOf: (traced, labels) =>
    density(traced, { labels, lambda: input("lambda", []), sigma: 1e-4, share }).loss,
});

if (profile) {
  const runs = 8;
  for (let i = 0; i < runs; i++) await run();
  console.log(formatProfile(await executable.profile(), { runs, rows: 40 }));
} else {
  await serve(run, { steps });
}
