/** LeNet-5 as it is used today: ReLU and maximum pooling (LeCun et al. 1998). */

import { conv2d, flatten, linear, maxPool, relu } from "../layers/index.js";
import type { Model } from "../types.js";
import { type ModelOptions, requireCounts, requireImage } from "./options.js";

export interface LenetOptions extends ModelOptions {
  /** Channels of the first convolution; all other hidden layers are as much narrower or wider. Default 6. */
  readonly width?: number;
}

/** Of the published network: channels of the convolutions, then of the hidden linear layers. */
const widths = [6, 16, 120, 84] as const;

/**
 * Names: conv1, conv2, fc1, fc2, fc3. Places: conv1, conv2 (after pooling).
 *
 * @example
 * traceModel(lenet(), { batchSize: 1, training: false }).places // ["conv1", "conv2"]
 */
export function lenet(options: LenetOptions = {}): Model {
  const { inputShape = [1, 28, 28], classes = 10, width = widths[0] } = options;
  requireImage(inputShape, "lenet", 12);
  requireCounts("lenet", { classes, width });
  const [first, second, third, fourth] = widths.map((w) => Math.round((w * width) / widths[0]));
  // 28 x 28 is padded to LeCun's 32 x 32.
  const padding = inputShape[1]! <= 28 ? 2 : 0;
  const pool = maxPool({ kernel: 2 });
  return {
    name: "lenet",
    inputShape,
    outputs: classes,
    forward(c, x) {
      let y = c.scope("conv1", () => relu(c, conv2d(first!, { kernel: 5, padding })(c, x)));
      y = c.place("conv1", pool(c, y));
      y = c.scope("conv2", () => relu(c, conv2d(second!, { kernel: 5 })(c, y)));
      y = c.place("conv2", pool(c, y));
      y = flatten()(c, y);
      y = c.scope("fc1", () => relu(c, linear(third!)(c, y)));
      y = c.scope("fc2", () => relu(c, linear(fourth!)(c, y)));
      return c.scope("fc3", () => linear(classes)(c, y));
    },
  };
}
