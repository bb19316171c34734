/** Every model by the name that recipes use. */

import type { Model } from "../types.js";
import { type DigitsNetOptions, digitsNet } from "./digits.js";
import { type LenetOptions, lenet } from "./lenet.js";
import { mlpForData, type NamedMlpOptions } from "./mlp.js";
import { type ResnetOptions, resnet } from "./resnet.js";
import { type VggOptions, vgg16bn } from "./vgg.js";

type FixedDepth = Omit<ResnetOptions, "depth">;

/** What each model can be told. */
export interface ModelOptionsByName {
  readonly digits: DigitsNetOptions;
  readonly lenet: LenetOptions;
  readonly mlp: NamedMlpOptions;
  readonly resnet8: FixedDepth;
  readonly resnet18: FixedDepth;
  readonly resnet20: FixedDepth;
  readonly vgg16bn: VggOptions;
}

export type ModelName = keyof ModelOptionsByName;

/**
 * @example
 * models.resnet8({ inputShape: [1, 28, 28], classes: 10, width: 16 })
 */
export const models: {
  readonly [K in ModelName]: (options: ModelOptionsByName[K]) => Model;
} = {
  digits: digitsNet,
  lenet,
  mlp: mlpForData,
  resnet8: (options) => resnet({ ...options, depth: 8 }),
  resnet18: (options) => resnet({ ...options, depth: 18 }),
  resnet20: (options) => resnet({ ...options, depth: 20 }),
  vgg16bn,
};
