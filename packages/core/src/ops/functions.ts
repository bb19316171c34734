/** The toolbox: every op as a function, for gradient rules and for `import { functions as f }`. */

import { abs } from "./abs.js";
import { add } from "./add.js";
import { addRows } from "./add-rows.js";
import { and } from "./and.js";
import { argMax } from "./arg-max.js";
import { averagePool } from "./average-pool.js";
import { averagePoolGradient } from "./average-pool-gradient.js";
import { batchNorm } from "./batch-norm.js";
import { batchNormTraining } from "./batch-norm-training.js";
import { cast } from "./cast.js";
import { ceil } from "./ceil.js";
import { channelAffine } from "./channel-affine.js";
import { channelDot } from "./channel-dot.js";
import { channelMoments } from "./channel-moments.js";
import { channelSum } from "./channel-sum.js";
import { clip } from "./clip.js";
import { concat } from "./concat.js";
import { conv } from "./conv.js";
import { convInputGradient, convTranspose } from "./conv-transpose.js";
import { convWeightGradient } from "./conv-weight-gradient.js";
import { cos } from "./cos.js";
import { cumSum } from "./cum-sum.js";
import { div } from "./div.js";
import { dropout } from "./dropout.js";
import { elu } from "./elu.js";
import { equal } from "./equal.js";
import { erf } from "./erf.js";
import { exp } from "./exp.js";
import { expand } from "./expand.js";
import { flatten } from "./flatten.js";
import { floor } from "./floor.js";
import { gather } from "./gather.js";
import { gatherElements } from "./gather-elements.js";
import { gelu } from "./gelu.js";
import { gemm } from "./gemm.js";
import { globalAveragePool } from "./global-average-pool.js";
import { greater } from "./greater.js";
import { greaterOrEqual } from "./greater-or-equal.js";
import { groupNorm } from "./group-norm.js";
import { hardSigmoid } from "./hard-sigmoid.js";
import { hardSwish } from "./hard-swish.js";
import { headRows } from "./head-rows.js";
import { layerNorm } from "./layer-norm.js";
import { leakyRelu } from "./leaky-relu.js";
import { less } from "./less.js";
import { lessOrEqual } from "./less-or-equal.js";
import { log } from "./log.js";
import { logSoftmax } from "./log-softmax.js";
import { logSumExp } from "./log-sum-exp.js";
import { matmul } from "./matmul.js";
import { maxPool } from "./max-pool.js";
import { maxPoolGradient } from "./max-pool-gradient.js";
import { maxPoolIndices } from "./max-pool-indices.js";
import { maximum } from "./maximum.js";
import { minimum } from "./minimum.js";
import { mul } from "./mul.js";
import { multiplyAdd } from "./multiply-add.js";
import { neg } from "./neg.js";
import { not } from "./not.js";
import { oneHot } from "./one-hot.js";
import { or } from "./or.js";
import { pad } from "./pad.js";
import { pow } from "./pow.js";
import { reciprocal } from "./reciprocal.js";
import { reduceMax } from "./reduce-max.js";
import { reduceMean } from "./reduce-mean.js";
import { reduceMin } from "./reduce-min.js";
import { reduceProd } from "./reduce-prod.js";
import { reduceSum } from "./reduce-sum.js";
import { relu } from "./relu.js";
import { reluGrad } from "./relu-grad.js";
import { reshape } from "./reshape.js";
import { round } from "./round.js";
import { scatterElements } from "./scatter-elements.js";
import { sigmoid } from "./sigmoid.js";
import { sign } from "./sign.js";
import { sin } from "./sin.js";
import { slice } from "./slice.js";
import { softDensity } from "./soft-density.js";
import { softmax } from "./softmax.js";
import { softplus } from "./softplus.js";
import { split } from "./split.js";
import { sqrt } from "./sqrt.js";
import { square } from "./square.js";
import { squeeze } from "./squeeze.js";
import { stopGradient } from "./stop-gradient.js";
import { straightThrough } from "./straight-through.js";
import { sub } from "./sub.js";
import { sumTo } from "./sum-to.js";
import { tanh } from "./tanh.js";
import { tile } from "./tile.js";
import { topK } from "./top-k.js";
import { transpose } from "./transpose.js";
import { unsqueeze } from "./unsqueeze.js";
import { where } from "./where.js";
import { withGradient } from "./with-gradient.js";
import { xor } from "./xor.js";
import { zerosOf } from "./zeros.js";

export const functions = {
  abs,
  add,
  addRows,
  and,
  argMax,
  averagePool,
  averagePoolGradient,
  batchNorm,
  batchNormTraining,
  cast,
  ceil,
  channelAffine,
  channelDot,
  channelMoments,
  channelSum,
  clip,
  concat,
  conv,
  convInputGradient,
  convTranspose,
  convWeightGradient,
  cos,
  cumSum,
  div,
  dropout,
  elu,
  equal,
  erf,
  exp,
  expand,
  flatten,
  floor,
  gather,
  gatherElements,
  gelu,
  gemm,
  globalAveragePool,
  greater,
  greaterOrEqual,
  groupNorm,
  hardSigmoid,
  hardSwish,
  headRows,
  layerNorm,
  leakyRelu,
  less,
  lessOrEqual,
  log,
  logSoftmax,
  logSumExp,
  matmul,
  maximum,
  maxPool,
  maxPoolGradient,
  maxPoolIndices,
  minimum,
  mul,
  multiplyAdd,
  neg,
  not,
  oneHot,
  or,
  pad,
  pow,
  reciprocal,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProd,
  reduceSum,
  relu,
  reluGrad,
  reshape,
  round,
  scatterElements,
  sigmoid,
  sign,
  sin,
  slice,
  softDensity,
  softmax,
  softplus,
  split,
  sqrt,
  square,
  squeeze,
  stopGradient,
  straightThrough,
  sub,
  sumTo,
  tanh,
  tile,
  topK,
  transpose,
  unsqueeze,
  where,
  withGradient,
  xor,
  zerosOf,
};

export type Functions = typeof functions;
