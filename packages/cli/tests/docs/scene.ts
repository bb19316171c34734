/** Names that examples may use without making them: one of each thing that users of the library have at hand. */

import { exitPredictions, traceExits } from "@frugal/core/adaptive";
import type { Engine } from "@frugal/core/engine";
import { tensorData } from "@frugal/core/evaluation";
import { input } from "@frugal/core/graph";
import { type Context, initialState, mlp, models, traceModel } from "@frugal/core/nn";
import { plain } from "@frugal/core/objectives";
import { sgd } from "@frugal/core/optim";
import { randomStream } from "@frugal/core/random";
import { type HostTensor, tensor } from "@frugal/core/tensor";
import { type BatchSource, buildTrainStep } from "@frugal/core/training";
import { nodeEngine } from "@frugal/engine";

const draw = randomStream(1, "scene");
const noise = (shape: readonly number[]): HostTensor<"float32"> => {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).map(() => draw.normal());
  return tensor("float32", shape, data);
};
const classes = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i % 3);

/** A vector in a graph. */
export const x = input("x", [3]);
/** A model with the places layer1, layer2 and layer3. */
export const model = models.resnet8({ width: 4 });
export const engine: Engine = nodeEngine();

const small = mlp({ sizes: [4, 8, 8, 3] });
/** A network of 4 inputs and 3 classes with one exit, "hidden0"; its first weights; data for it. */
export const traced = traceExits(small, { exits: ["hidden0"], batchSize: 16, training: true });
export const state = initialState(traced, 1);
export const validation = tensorData(noise([64, 4]), classes(64));
export const test = tensorData(noise([64, 4]), classes(64));
/** What its exits say about 64 samples. */
export const predictions = exitPredictions(
  { logits: [noise([64, 3]), noise([64, 3])] },
  { split: "validation", exits: ["hidden0", "final"], labels: classes(64) },
);

/** A training step of the same network without exits, and two batches for it. */
const trunk = traceModel(small, { batchSize: 16, training: true });
export const step = buildTrainStep({
  ...trunk,
  ...plain(trunk, { labels: input("labels", [16], "int32") }),
  optimizer: sgd(),
});
const batch = { input: noise([16, 4]), labels: tensor("int32", [16], classes(16)) };
export const source: BatchSource = { stepsPerEpoch: 2, batch: () => batch };

/** What a layer is called with while a model is traced; parameters are plain graph inputs. */
export const context: Context = {
  training: true,
  scope: (_, body) => body(),
  parameter: (name, shape) => input(name, shape),
  buffer: (name, shape) => input(name, shape),
  update: () => {},
  noise: (name, shape) => input(name, shape),
  width: (declared) => declared,
  place: (_, value) => value,
};
