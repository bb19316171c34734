export { type DigitsNetOptions, digitsNet } from "./digits.js";
export { type LenetOptions, lenet } from "./lenet.js";
export { type MlpOptions, mlp, type NamedMlpOptions } from "./mlp.js";
export type { ModelOptions } from "./options.js";
export { type ModelName, type ModelOptionsByName, models } from "./registry.js";
export { type ResnetOptions, resnet } from "./resnet.js";
export { type VggOptions, vgg16bn } from "./vgg.js";
