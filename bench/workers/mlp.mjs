/** Our contestant: steps of an MLP 784-256-10 on batches of 256. Usage: mlp.mjs [THREADS] */

import { mlp } from "@frugal/core/nn";
import { serve } from "../lib/contestant.mjs";
import { compileStep } from "../lib/model.mjs";

const { run, steps } = await compileStep(mlp({ sizes: [784, 256, 10] }), {
  batch: 256,
  threads: Number(process.argv[2] ?? 2),
});
await serve(run, { warmUp: 20, steps });
