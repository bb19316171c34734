/** A compact convolutional network for tiny images, such as the built-in 8 x 8 digits. */

import {
  batchNorm,
  conv2d,
  flatten,
  globalAveragePool,
  linear,
  maxPool,
  relu,
} from "../layers/index.js";
import type { Context, Model } from "../types.js";
import { type ModelOptions, requireCounts, requireImage } from "./options.js";

export interface DigitsNetOptions extends ModelOptions {
  /** Channels of the first stage; the others have 2 and 4 times as many. Default 16. */
  readonly width?: number;
}

/**
 * Three stages of 3x3 convolution, batch normalisation and ReLU; the image is halved after the first two.
 * Names: stage1.conv, stage1.bn, ..., fc. Places: stage1, stage2, stage3.
 *
 * @example
 * traceModel(digitsNet({ width: 8 }), { batchSize: 1, training: false }).places // ["stage1", "stage2", "stage3"]
 */
export function digitsNet(options: DigitsNetOptions = {}): Model {
  const { inputShape = [1, 8, 8], classes = 10, width = 16 } = options;
  requireImage(inputShape, "digits", 4);
  requireCounts("digits", { classes, width });
  return {
    name: `digits-w${width}`,
    inputShape,
    outputs: classes,
    forward(c: Context, x) {
      let y = x;
      [width, 2 * width, 4 * width].forEach((channels, i) => {
        const name = `stage${i + 1}`;
        y = c.scope(name, () => {
          const conv = conv2d(channels, { kernel: 3, padding: 1, bias: false });
          const z = c.scope("conv", () => conv(c, y));
          const active = relu(
            c,
            c.scope("bn", () => batchNorm()(c, z)),
          );
          return i < 2 ? maxPool({ kernel: 2 })(c, active) : active;
        });
        y = c.place(name, y);
      });
      const features = flatten()(c, globalAveragePool()(c, y));
      return c.scope("fc", () => linear(classes)(c, features));
    },
  };
}
