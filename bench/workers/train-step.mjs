/** Our contestant: training steps of the CIFAR-style ResNet-18. Usage: train-step.mjs WIDTH BATCH [--profile] */

import { chromeTrace, formatProfile } from "@frugal/core/engine";
import { input } from "@frugal/core/graph";
import { resnet, traceModel } from "@frugal/core/nn";
import { crossEntropy } from "@frugal/core/objectives";
import { reduceMean } from "@frugal/core/ops";
import { sgd } from "@frugal/core/optim";
import { randomStream } from "@frugal/core/random";
import { tensor } from "@frugal/core/tensor";
import { buildTrainStep } from "@frugal/core/training";
import { nodeEngine } from "@frugal/engine";
import { serve } from "../lib/contestant.mjs";

const [width, batch] = process.argv.slice(2).map(Number);
const profile = process.argv.includes("--profile");

const traced = traceModel(resnet({ depth: 18, width }), { batchSize: batch, training: true });
const labels = input("labels", [batch], "int32");
const step = buildTrainStep({
  ...traced,
  loss: reduceMean(crossEntropy(traced.output, labels)),
  optimizer: sgd({ momentum: 0.9, weightDecay: 5e-4 }),
});
const engine = nodeEngine({ threads: Number(process.env.THREADS ?? 2) });
const executable = await engine.compile(step.graph, { state: step.state, profile });

const stream = randomStream(0, "bench");
const pixels = Float32Array.from({ length: batch * 3 * 32 * 32 }, () => stream.normal());
const feeds = {
  input: tensor("float32", [batch, 3, 32, 32], pixels),
  labels: tensor("int32", [batch], Array.from({ length: batch }, (_, i) => i % 10)),
  lr: tensor("float32", [], [0.05]),
  step: tensor("float32", [], [1]),
};
const needed = Object.fromEntries([...step.feeds.data, ...step.feeds.scalars].map((n) => [n, feeds[n]]));

if (profile) {
  const runs = 8;
  for (let i = 0; i < runs; i++) await executable.run(needed);
  const times = await executable.profile();
  console.log(formatProfile(times, { runs, rows: 30 }));
  if (process.env.TRACE) (await import("node:fs")).writeFileSync(process.env.TRACE, chromeTrace(times));
} else {
  await serve(() => executable.run(needed));
}
