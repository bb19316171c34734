export {
  elu,
  gelu,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from "./activations.js";
export { placed, type ResidualOptions, residual, scoped, sequential } from "./compose.js";
export {
  type ConvOptions,
  type ConvTransposeOptions,
  conv1d,
  conv2d,
  convTranspose2d,
  type PerAxis,
} from "./conv.js";
export {
  channelBias,
  type EmbeddingOptions,
  embedding,
  type LinearOptions,
  linear,
} from "./linear.js";
export {
  type BatchNormOptions,
  batchNorm,
  groupNorm,
  type LayerNormOptions,
  layerNorm,
} from "./norm.js";
export {
  adaptiveAveragePool,
  averagePool,
  dropout,
  flatten,
  globalAveragePool,
  maxPool,
  type PoolOptions,
} from "./shape.js";
