/** Networks for tests of removal, with states in which nothing is 0 or 1 by chance of initialisation. */

import {
  initialState,
  type Model,
  mlp,
  models,
  type Traced,
  traceModel,
} from "../../../nn/index.js";
import { randomStream } from "../../../random/index.js";
import { type HostTensor, tensor } from "../../../tensor/index.js";
import { traceExits } from "../../trace-exits.js";
import type { AnyTraced } from "../flow.js";
import type { Tracer } from "../gate-channels.js";
import type { ChannelGroup } from "../groups.js";
import { denseNet, depthwiseNet, sigmoidNet } from "./nets.js";

export interface RemovalCase {
  readonly name: string;
  readonly model: Model;
  readonly trace: Tracer;
}

const withExits: Tracer = (model, options) =>
  traceExits(model, { exits: ["stage1", "stage2"], hidden: 5, ...options });

const plainTrace: Tracer = (model, options): Traced => traceModel(model, options);

const imageShape = [3, 8, 8];

export const removalCases: readonly RemovalCase[] = [
  { name: "MLP", model: mlp({ sizes: [6, 9, 7, 3] }), trace: plainTrace },
  { name: "LeNet", model: models.lenet({ inputShape: [1, 12, 12] }), trace: plainTrace },
  {
    name: "ResNet-8",
    model: models.resnet8({ width: 4, inputShape: imageShape }),
    trace: plainTrace,
  },
  {
    name: "ResNet-18",
    model: models.resnet18({ width: 4, inputShape: imageShape }),
    trace: plainTrace,
  },
  { name: "VGG-16-BN", model: models.vgg16bn({ width: 3, hidden: 8 }), trace: plainTrace },
  { name: "digits with exits", model: models.digits({ width: 4 }), trace: withExits },
  { name: "depthwise convolutions", model: depthwiseNet, trace: plainTrace },
  { name: "concatenations", model: denseNet, trace: plainTrace },
  { name: "sigmoids", model: sigmoidNet, trace: plainTrace },
];

const noisy = (seed: number, path: string, size: number): Float32Array => {
  const draw = randomStream(seed, "case", path);
  return Float32Array.from({ length: size }, () => draw.normal());
};

/** First values, but with scales, shifts and running statistics as after training. */
export function trainedState(traced: AnyTraced, seed: number): Record<string, HostTensor> {
  return Object.fromEntries(
    Object.entries(initialState(traced, seed)).map(([path, host]) => {
      if (host.shape.length !== 1) return [path, host];
      const noise = noisy(seed, path, host.data.length);
      const data = host.data.map((v, i) => v + 0.3 * noise[i]!);
      const isVariance = path.endsWith("running_var");
      return [path, tensor("float32", host.shape, isVariance ? data.map(Math.abs) : data)];
    }),
  );
}

export const randomInput = (traced: AnyTraced, seed: number): HostTensor => {
  const { shape } = traced.input;
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor("float32", shape, noisy(seed, "input", size));
};

/** Any channels of the groups that are not fixed, at least one each. */
export function randomMasks(
  groups: readonly ChannelGroup[],
  seed: number,
): Record<string, boolean[]> {
  const draw = randomStream(seed, "masks");
  return Object.fromEntries(
    groups
      .filter((g) => g.fixed === undefined)
      .map(({ name, size }) => {
        const mask = Array.from({ length: size }, () => draw.uniform() < 0.6);
        mask[Math.floor(draw.uniform() * size)] = true;
        return [name, mask];
      }),
  );
}
