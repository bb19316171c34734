/** VGG-16 with batch normalisation (Simonyan and Zisserman 2015), with torchvision's names. */

import { kaimingNormal, normal, zeros } from "../initializers.js";
import {
  batchNorm,
  conv2d,
  dropout,
  flatten,
  linear,
  maxPool,
  relu,
  sequential,
} from "../layers/index.js";
import type { Context, Layer, Model } from "../types.js";
import { type ModelOptions, requireCounts, requireImage } from "./options.js";

export interface VggOptions extends ModelOptions {
  /** Channels of the first stage; the others have 2, 4, 8 and 8 times as many. Default 64. */
  readonly width?: number;
  /**
   * Width of the two hidden classifier layers: torchvision's 4096 suits 224 x 224 images. 0: none, as networks for images of
   * 32 x 32 pixels have it; classifier.0 is then the only linear layer. Default 8 * width.
   */
  readonly hidden?: number;
  /** Of the classifier. Default 0.5. */
  readonly dropoutRate?: number;
}

/** Convolutions of each stage, and their channels in units of the width. */
const stages = [
  { convs: 2, factor: 1 },
  { convs: 2, factor: 2 },
  { convs: 3, factor: 4 },
  { convs: 3, factor: 8 },
  { convs: 3, factor: 8 },
];

/**
 * VGG-16-BN. Names: features.0 (convolution), features.1 (normalisation), ..., classifier.0, .3, .6.
 * Places: features.stage1 to features.stage5, after the pooling.
 *
 * Weights of torchvision's vgg16_bn fit as they are with `{ inputShape: [3, 224, 224], hidden: 4096, classes: 1000 }`;
 * for other sizes features.* fit, and the classifier is smaller.
 *
 * @example
 * vgg16bn({ inputShape: [3, 32, 32], classes: 100 }).outputs // 100
 */
export function vgg16bn(options: VggOptions = {}): Model {
  const { inputShape = [3, 32, 32], classes = 10, width = 64, dropoutRate = 0.5 } = options;
  const { hidden = 8 * width } = options;
  requireImage(inputShape, "vgg16bn", 32);
  requireCounts("vgg16bn", { classes, width, ...(hidden === 0 ? {} : { hidden }) });
  const dense = (outputs: number) =>
    linear(outputs, { init: normal({ deviation: 0.01 }), biasInit: zeros });
  const below = [dense(hidden), relu, dropout(dropoutRate)];
  const classifier = sequential(
    hidden === 0 ? [linear(classes)] : [...below, ...below, dense(classes)],
  );
  return {
    name: `vgg16bn-w${width}`,
    inputShape,
    outputs: classes,
    forward(c: Context, x) {
      let y = x;
      // torchvision numbers every layer, poolings and activations included.
      let index = 0;
      const next = (layer: Layer) => {
        const before = y;
        y = c.scope("features", () => c.scope(String(index++), () => layer(c, before)));
      };
      stages.forEach(({ convs, factor }, stage) => {
        for (let i = 0; i < convs; i++) {
          const init = kaimingNormal({ mode: "fanOut" });
          next(conv2d(factor * width, { kernel: 3, padding: 1, init, biasInit: zeros }));
          next(batchNorm());
          next(relu);
        }
        next(maxPool({ kernel: 2 }));
        y = c.place(`features.stage${stage + 1}`, y);
      });
      const flat = flatten()(c, y);
      return c.scope("classifier", () => classifier(c, flat));
    },
  };
}
