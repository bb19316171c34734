/** Every op, by kind. A kind that lacks a reference kernel or a contract row does not compile. */

import { absOp } from "./abs.js";
import { addOp } from "./add.js";
import { addRowsOp } from "./add-rows.js";
import { andOp } from "./and.js";
import { argMaxOp } from "./arg-max.js";
import { averagePoolOp } from "./average-pool.js";
import { averagePoolGradientOp } from "./average-pool-gradient.js";
import { batchNormOp } from "./batch-norm.js";
import { castOp } from "./cast.js";
import { ceilOp } from "./ceil.js";
import { channelAffineOp } from "./channel-affine.js";
import { channelDotOp } from "./channel-dot.js";
import { channelMomentsOp } from "./channel-moments.js";
import { channelSumOp } from "./channel-sum.js";
import { clipOp } from "./clip.js";
import { concatOp } from "./concat.js";
import { convOp } from "./conv.js";
import { convTransposeOp } from "./conv-transpose.js";
import { convWeightGradientOp } from "./conv-weight-gradient.js";
import { cosOp } from "./cos.js";
import { cumSumOp } from "./cum-sum.js";
import { divOp } from "./div.js";
import { dropoutOp } from "./dropout.js";
import { eluOp } from "./elu.js";
import { equalOp } from "./equal.js";
import { erfOp } from "./erf.js";
import { expOp } from "./exp.js";
import { expandOp } from "./expand.js";
import { flattenOp } from "./flatten.js";
import { floorOp } from "./floor.js";
import { gatherOp } from "./gather.js";
import { gatherElementsOp } from "./gather-elements.js";
import { geluOp } from "./gelu.js";
import { gemmOp } from "./gemm.js";
import { globalAveragePoolOp } from "./global-average-pool.js";
import { greaterOp } from "./greater.js";
import { greaterOrEqualOp } from "./greater-or-equal.js";
import { hardSigmoidOp } from "./hard-sigmoid.js";
import { hardSwishOp } from "./hard-swish.js";
import { headRowsOp } from "./head-rows.js";
import { layerNormOp } from "./layer-norm.js";
import { leakyReluOp } from "./leaky-relu.js";
import { lessOp } from "./less.js";
import { lessOrEqualOp } from "./less-or-equal.js";
import { logOp } from "./log.js";
import { logSoftmaxOp } from "./log-softmax.js";
import { logSumExpOp } from "./log-sum-exp.js";
import { matmulOp } from "./matmul.js";
import { maxPoolOp } from "./max-pool.js";
import { maxPoolGradientOp } from "./max-pool-gradient.js";
import { maxPoolIndicesOp } from "./max-pool-indices.js";
import { maximumOp } from "./maximum.js";
import { minimumOp } from "./minimum.js";
import { mulOp } from "./mul.js";
import { multiplyAddOp } from "./multiply-add.js";
import { negOp } from "./neg.js";
import { notOp } from "./not.js";
import { oneHotOp } from "./one-hot.js";
import { orOp } from "./or.js";
import { padOp } from "./pad.js";
import { powOp } from "./pow.js";
import { reciprocalOp } from "./reciprocal.js";
import { reduceMaxOp } from "./reduce-max.js";
import { reduceMeanOp } from "./reduce-mean.js";
import { reduceMinOp } from "./reduce-min.js";
import { reduceProdOp } from "./reduce-prod.js";
import { reduceSumOp } from "./reduce-sum.js";
import { reluOp } from "./relu.js";
import { reluGradOp } from "./relu-grad.js";
import { reshapeOp } from "./reshape.js";
import { roundOp } from "./round.js";
import { scatterElementsOp } from "./scatter-elements.js";
import { sigmoidOp } from "./sigmoid.js";
import { signOp } from "./sign.js";
import { sinOp } from "./sin.js";
import { sliceOp } from "./slice.js";
import { softDensityOp } from "./soft-density.js";
import { softmaxOp } from "./softmax.js";
import { softplusOp } from "./softplus.js";
import { splitOp } from "./split.js";
import { sqrtOp } from "./sqrt.js";
import { squeezeOp } from "./squeeze.js";
import { stopGradientOp } from "./stop-gradient.js";
import { straightThroughOp } from "./straight-through.js";
import { subOp } from "./sub.js";
import { tanhOp } from "./tanh.js";
import { tileOp } from "./tile.js";
import { topKOp } from "./top-k.js";
import { transposeOp } from "./transpose.js";
import { unsqueezeOp } from "./unsqueeze.js";
import { whereOp } from "./where.js";
import { withGradientOp } from "./with-gradient.js";
import { xorOp } from "./xor.js";

export const ops = {
  Abs: absOp,
  Add: addOp,
  AddRows: addRowsOp,
  And: andOp,
  ArgMax: argMaxOp,
  AveragePool: averagePoolOp,
  AveragePoolGradient: averagePoolGradientOp,
  BatchNormalization: batchNormOp,
  Cast: castOp,
  Ceil: ceilOp,
  ChannelAffine: channelAffineOp,
  ChannelDot: channelDotOp,
  ChannelMoments: channelMomentsOp,
  ChannelSum: channelSumOp,
  Clip: clipOp,
  Concat: concatOp,
  Conv: convOp,
  ConvTranspose: convTransposeOp,
  ConvWeightGradient: convWeightGradientOp,
  Cos: cosOp,
  CumSum: cumSumOp,
  Div: divOp,
  Dropout: dropoutOp,
  Elu: eluOp,
  Equal: equalOp,
  Erf: erfOp,
  Exp: expOp,
  Expand: expandOp,
  Flatten: flattenOp,
  Floor: floorOp,
  Gather: gatherOp,
  GatherElements: gatherElementsOp,
  Gelu: geluOp,
  Gemm: gemmOp,
  GlobalAveragePool: globalAveragePoolOp,
  Greater: greaterOp,
  GreaterOrEqual: greaterOrEqualOp,
  HardSigmoid: hardSigmoidOp,
  HardSwish: hardSwishOp,
  HeadRows: headRowsOp,
  LayerNormalization: layerNormOp,
  LeakyRelu: leakyReluOp,
  Less: lessOp,
  LessOrEqual: lessOrEqualOp,
  Log: logOp,
  LogSoftmax: logSoftmaxOp,
  LogSumExp: logSumExpOp,
  MatMul: matmulOp,
  Max: maximumOp,
  MaxPool: maxPoolOp,
  MaxPoolGradient: maxPoolGradientOp,
  MaxPoolIndices: maxPoolIndicesOp,
  Min: minimumOp,
  Mul: mulOp,
  MultiplyAdd: multiplyAddOp,
  Neg: negOp,
  Not: notOp,
  OneHot: oneHotOp,
  Or: orOp,
  Pad: padOp,
  Pow: powOp,
  Reciprocal: reciprocalOp,
  ReduceMax: reduceMaxOp,
  ReduceMean: reduceMeanOp,
  ReduceMin: reduceMinOp,
  ReduceProd: reduceProdOp,
  ReduceSum: reduceSumOp,
  Relu: reluOp,
  ReluGrad: reluGradOp,
  Reshape: reshapeOp,
  Round: roundOp,
  ScatterElements: scatterElementsOp,
  Sigmoid: sigmoidOp,
  Sign: signOp,
  Sin: sinOp,
  Slice: sliceOp,
  SoftDensity: softDensityOp,
  Softmax: softmaxOp,
  Softplus: softplusOp,
  Split: splitOp,
  Sqrt: sqrtOp,
  Squeeze: squeezeOp,
  StopGradient: stopGradientOp,
  StraightThrough: straightThroughOp,
  Sub: subOp,
  Tanh: tanhOp,
  Tile: tileOp,
  TopK: topKOp,
  Transpose: transposeOp,
  Unsqueeze: unsqueezeOp,
  Where: whereOp,
  WithGradient: withGradientOp,
  Xor: xorOp,
} as const;

export type OpKind = keyof typeof ops;
