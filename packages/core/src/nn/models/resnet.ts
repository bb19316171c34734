/** Residual networks (He et al. 2016): the CIFAR family of depth 6n+2, and ResNet-18, with torchvision's names. */

import { UserError } from "../../base/index.js";
import { kaimingNormal } from "../initializers.js";
import {
  batchNorm,
  conv2d,
  flatten,
  globalAveragePool,
  linear,
  maxPool,
  relu,
  residual,
  scoped,
  sequential,
} from "../layers/index.js";
import type { Layer, Model } from "../types.js";
import { type ModelOptions, requireCounts, requireImage } from "./options.js";

export interface ResnetOptions extends ModelOptions {
  /** 18, or 6n+2 for the CIFAR family: 8, 14, 20, 32, ... */
  readonly depth: number;
  /** Channels of the first stage; every further stage doubles them. Default 64 for depth 18, else 16. */
  readonly width?: number;
  /**
   * How the image enters: `small` is one 3x3 convolution (CIFAR and below), `imagenet` is torchvision's 7x7
   * convolution with stride 2 and maximum pooling. Only the shape of conv1.weight differs. Default small.
   */
  readonly stem?: "small" | "imagenet";
}

const init = kaimingNormal({ mode: "fanOut" });

const convNorm = (names: readonly [string, string], channels: number, options: ConvShape): Layer =>
  sequential({
    [names[0]]: conv2d(channels, { ...options, bias: false, init }),
    [names[1]]: batchNorm(),
  });

interface ConvShape {
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: number;
}

/** relu(bn2(conv2(relu(bn1(conv1(x))))) + shortcut(x)); the shortcut is a 1x1 convolution where the shape changes. */
function basicBlock(inputs: number, channels: number, stride: number): Layer {
  const first = convNorm(["conv1", "bn1"], channels, { kernel: 3, stride, padding: 1 });
  const second = convNorm(["conv2", "bn2"], channels, { kernel: 3, padding: 1 });
  const body: Layer = (c, x) => second(c, relu(c, first(c, x)));
  const downsample = scoped(
    "downsample",
    sequential([conv2d(channels, { kernel: 1, stride, bias: false, init }), batchNorm()]),
  );
  const same = stride === 1 && inputs === channels;
  return residual(body, { activation: relu, ...(same ? {} : { shortcut: downsample }) });
}

/** Stages with their number of blocks, for a depth. */
function blocksOf(depth: number): number[] {
  if (depth === 18) return [2, 2, 2, 2];
  const n = (depth - 2) / 6;
  if (!Number.isInteger(n) || n < 1) {
    throw new UserError("E_CONFIG", `there is no residual network of depth ${depth} here`, {
      where: "model.depth",
      allowed: "18, or 6n+2: 8, 14, 20, 26, 32, ...",
    });
  }
  return [n, n, n];
}

/**
 * A residual network. Names: conv1, bn1, layer1.0.conv1, ..., layer2.0.downsample.0, ..., fc.
 * Places: layer1, layer2, ...
 *
 * Weights of torchvision's resnet18 fit as they are with `stem: "imagenet"` and 1000 classes; with the small stem all
 * but conv1.weight ([64, 3, 7, 7] there, [64, 3, 3, 3] here). `num_batches_tracked` has no counterpart.
 *
 * @example
 * resnet({ depth: 20, width: 16, inputShape: [3, 32, 32], classes: 10 })
 */
export function resnet(options: ResnetOptions): Model {
  const { depth, inputShape = [3, 32, 32], classes = 10, stem = "small" } = options;
  const { width = depth === 18 ? 64 : 16 } = options;
  const blocks = blocksOf(depth);
  const name = `resnet${depth}`;
  requireImage(inputShape, name, stem === "small" ? 4 : 32);
  requireCounts(name, { classes, width });
  const stemConv =
    stem === "small" ? { kernel: 3, padding: 1 } : { kernel: 7, stride: 2, padding: 3 };
  const stemPool = maxPool({ kernel: 3, stride: 2, padding: 1 });
  return {
    name: `${name}-w${width}`,
    inputShape,
    outputs: classes,
    forward(c, x) {
      let y = relu(c, convNorm(["conv1", "bn1"], width, stemConv)(c, x));
      if (stem === "imagenet") y = stemPool(c, y);
      blocks.forEach((count, stage) => {
        const layer = `layer${stage + 1}`;
        const channels = width * 2 ** stage;
        const stack = sequential(
          Array.from({ length: count }, (_, i) => {
            const enters = stage > 0 && i === 0;
            return basicBlock(enters ? channels / 2 : channels, channels, enters ? 2 : 1);
          }),
        );
        y = c.place(
          layer,
          c.scope(layer, () => stack(c, y)),
        );
      });
      const features = flatten()(c, globalAveragePool()(c, y));
      return c.scope("fc", () => linear(classes)(c, features));
    },
  };
}
