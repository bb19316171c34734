/** Compiles a training step of one of our models for a contestant. */

import { input } from "@frugal/core/graph";
import { traceModel } from "@frugal/core/nn";
import { crossEntropy } from "@frugal/core/objectives";
import { reduceMean } from "@frugal/core/ops";
import { sgd } from "@frugal/core/optim";
import { randomStream } from "@frugal/core/random";
import { elementCount, tensor } from "@frugal/core/tensor";
import { buildTrainStep, stepRunner, stepsPerRun } from "@frugal/core/training";
import { nodeEngine } from "@frugal/engine";

export const THREADS = Number(process.env.THREADS ?? 2);

/** A tensor of standard normal numbers. */
export function normal(shape, seed = 0) {
  const stream = randomStream(seed, "bench");
  return tensor(
    "float32",
    shape,
    Float32Array.from({ length: elementCount(shape) }, () => stream.normal()),
  );
}

const taskLoss = ({ output }, labels) => reduceMean(crossEntropy(output, labels));

/**
 * SGD with momentum on cross entropy, or on another loss of a traced model and its labels. `run()` does `steps` steps, as many at once as the training loop does, and reads
 * their losses.
 */
export async function compileStep(
  model,
  { batch, weightDecay = 0, profile = false, threads = THREADS, lossOf = taskLoss, scalars = {} },
) {
  const traced = traceModel(model, { batchSize: batch, training: true });
  const labels = input("labels", [batch], "int32");
  const step = buildTrainStep({
    ...traced,
    loss: lossOf(traced, labels),
    optimizer: sgd({ momentum: 0.9, weightDecay }),
  });
  const feeds = {
    input: normal([batch, ...model.inputShape]),
    labels: tensor(
      "int32",
      [batch],
      Array.from({ length: batch }, (_, i) => i % model.outputs),
    ),
    lr: tensor("float32", [], [0.05]),
    ...scalars,
  };
  const engine = nodeEngine({ threads });
  if (profile) {
    const executable = await engine.compile(step.graph, { state: step.state, profile });
    return { executable, steps: 1, run: async () => (await executable.run(feeds)).loss.data[0] };
  }
  const steps = stepsPerRun(step);
  const runner = stepRunner({ engine, step, state: step.state, turns: steps });
  const group = Array.from({ length: steps }, () => feeds);
  return { steps, run: async () => (await runner.run(group)).map((r) => r.loss.data[0]) };
}
