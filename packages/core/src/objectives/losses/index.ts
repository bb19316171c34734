export { type CrossEntropyOptions, crossEntropy } from "./cross-entropy.js";
export {
  binaryCrossEntropy,
  type HuberOptions,
  huber,
  meanSquaredError,
} from "./regression.js";
