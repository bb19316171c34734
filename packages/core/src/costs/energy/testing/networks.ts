/** The networks of the reference experiments, as records of the zero-skipping accelerator. */

import { buildGraph } from "../../../graph/index.js";
import {
  averagePool,
  batchNorm,
  conv2d,
  flatten,
  globalAveragePool,
  type Layer,
  linear,
  type Model,
  maxPool,
  relu,
  residual,
  scoped,
  sequential,
  tanh,
  traceModel,
} from "../../../nn/index.js";
import { ledgerOf } from "../../graph-ledger.js";
import type { Ledger } from "../../ledger.js";
import { type AsicRecord, asicLeaf, asicRecordOf, dense } from "../index.js";

export function ledgerOfModel(model: Model, batchSize = 1): Ledger {
  const traced = traceModel(model, { batchSize, training: false });
  return ledgerOf(buildGraph({ y: traced.output }), {
    parameters: traced.parameters.map((p) => p.value),
    buffers: traced.buffers.map((b) => b.value),
  });
}

const image = (channels: number, side: number) => [channels, side, side] as const;

const model = (
  name: string,
  options: { shape: readonly number[]; classes: number; net: Layer },
): Model => ({
  name,
  inputShape: options.shape,
  outputs: options.classes,
  forward: options.net,
});

/** LeCun's network with tanh and average pooling; 28 x 28 padded by 2. */
export const lenetTanh: Model = model("lenet-tanh", {
  shape: image(1, 28),
  classes: 10,
  net: sequential([
    conv2d(6, { kernel: 5, padding: 2 }),
    tanh,
    averagePool({ kernel: 2 }),
    conv2d(16, { kernel: 5 }),
    tanh,
    averagePool({ kernel: 2 }),
    flatten(),
    linear(120),
    tanh,
    linear(84),
    tanh,
    linear(10),
  ]),
});

const conv = (channels: number, options: { kernel: number; stride?: number; padding?: number }) =>
  conv2d(channels, { ...options, bias: false });

function block(channels: number, stride: number): Layer {
  const body = sequential({
    conv1: conv(channels, { kernel: 3, stride, padding: 1 }),
    bn1: batchNorm(),
    relu1: relu,
    conv2: conv(channels, { kernel: 3, padding: 1 }),
    bn2: batchNorm(),
  });
  const shortcut = scoped(
    "shortcut",
    sequential([conv(channels, { kernel: 1, stride }), batchNorm()]),
  );
  return (c, x) =>
    residual(body, {
      activation: scoped("relu2", relu),
      ...(stride === 1 && x.shape[1] === channels ? {} : { shortcut }),
    })(c, x);
}

/** ResNet-18 as the sponge experiments train it: no pooling in the stem; 7 x 7 with stride 2 on 64 x 64 images. */
export function spongeResnet18(side: 32 | 64): Model {
  const stem = side === 32 ? { kernel: 3, padding: 1 } : { kernel: 7, stride: 2, padding: 3 };
  const widths = [64, 128, 256, 512];
  return model("sponge-resnet18", {
    shape: image(3, side),
    classes: side === 32 ? 10 : 8,
    net: sequential([
      conv(64, stem),
      batchNorm(),
      relu,
      ...widths.flatMap((w, i) => [block(w, i === 0 ? 1 : 2), block(w, 1)]),
      globalAveragePool(),
      flatten(),
      linear(side === 32 ? 10 : 8),
    ]),
  });
}

/** VGG-16 as the sponge experiments train it: biases beside the normalisation, a sixth pool on 64 x 64 images. */
export function spongeVgg16(side: 32 | 64): Model {
  const stages = [
    [64, 64],
    [128, 128],
    [256, 256, 256],
    [512, 512, 512],
    [512, 512, 512],
    ...(side === 64 ? [[]] : []),
  ];
  const classes = side === 32 ? 10 : 8;
  return model("sponge-vgg16", {
    shape: image(3, side),
    classes,
    net: sequential([
      ...stages.flatMap((widths) => [
        ...widths.flatMap((w) => [conv2d(w, { kernel: 3, padding: 1 }), batchNorm(), relu]),
        maxPool({ kernel: 2 }),
      ]),
      averagePool({ kernel: 1 }),
      flatten(),
      linear(classes),
    ]),
  });
}

const sparse: ReadonlySet<string> = new Set(["activation", "pool", "globalPool"]);

/**
 * The record with a share of zeros after every ReLU, which pools hand on as it is (the recount's simplification), and with the modules of the experiments that a graph does not show:
 * the normaliser of the input, and flattening before and after the classifier.
 */
export function spongeRecord(network: Model, zeros: number): AsicRecord {
  const record = asicRecordOf(ledgerOfModel(network), {
    densities: ({ kind }) => (sparse.has(kind) ? { outputs: 1 - zeros } : undefined),
  });
  const pixels = network.inputShape.reduce((a, b) => a * b, 1);
  const normaliser = asicLeaf({
    path: "normaliser",
    kind: "other",
    inputs: dense(pixels),
    outputs: dense(pixels),
  });
  const pooled = record.leaves.at(-2)!.outputs;
  const scores = dense(network.outputs);
  const flat = asicLeaf({ path: "flatten", kind: "identity", inputs: pooled, outputs: pooled });
  const last = asicLeaf({ path: "flatten2", kind: "identity", inputs: scores, outputs: scores });
  const [head, body] = [record.leaves.at(-1)!, record.leaves.slice(0, -1)];
  return { ...record, leaves: [normaliser, ...body, flat, head, last] };
}
