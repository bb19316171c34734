/** Kernels of softmax and its kin, of layer norm, batch norm and the channel ops. */

import type { EpsilonAttrs } from "../ops/batch-norm.js";
import { affineParts, type ChannelAffineAttrs } from "../ops/channel-affine.js";
import type { LayerNormAttrs } from "../ops/layer-norm.js";
import type { AxisAttrs } from "../ops/softmax.js";
import { elementCount, type Shape } from "../tensor/index.js";
import { broadcastPosition, forEachIndex } from "./indexing.js";
import type { Kernel } from "./types.js";

/** log(sum(exp(values))), shifted by the largest so that nothing overflows. */
export function logSumExpOf(values: readonly number[]): number {
  const top = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(top)) return top;
  return top + Math.log(values.reduce((sum, v) => sum + Math.exp(v - top), 0));
}

/** log(sum(exp)) of the line along `axis` through every element. */
function lineTotals(data: Float64Array, shape: Shape, axis: number): Float64Array {
  const kept = shape.map((d, i) => (i === axis ? 1 : d));
  const lines = Array.from({ length: elementCount(kept) }, (): number[] => []);
  forEachIndex(shape, (index, at) => {
    lines[broadcastPosition(index, kept)]!.push(data[at]!);
  });
  const totals = lines.map(logSumExpOf);
  const out = new Float64Array(data.length);
  forEachIndex(shape, (index, at) => {
    out[at] = totals[broadcastPosition(index, kept)]!;
  });
  return out;
}

export const logSoftmax: Kernel<AxisAttrs> = ([x], { axis }) => {
  const totals = lineTotals(x!.data, x!.shape, axis);
  return [x!.data.map((v, at) => v - totals[at]!)];
};

export const softmax: Kernel<AxisAttrs> = ([x], { axis }) => {
  const totals = lineTotals(x!.data, x!.shape, axis);
  return [x!.data.map((v, at) => Math.exp(v - totals[at]!))];
};

export const layerNorm: Kernel<LayerNormAttrs> = ([x, scale, bias], { axis, epsilon }) => {
  const out = new Float64Array(x!.data.length);
  const width = elementCount(x!.shape.slice(axis));
  for (let start = 0; start < out.length; start += width) {
    const line = x!.data.subarray(start, start + width);
    const mean = line.reduce((sum, v) => sum + v, 0) / width;
    const variance = line.reduce((sum, v) => sum + (v - mean) ** 2, 0) / width;
    line.forEach((v, i) => {
      const normal = (v - mean) / Math.sqrt(variance + epsilon);
      out[start + i] = normal * (scale?.data[i] ?? 1) + (bias?.data[i] ?? 0);
    });
  }
  return [out];
};

/** The channel of every element of [N, C, ...]. */
const channelOf = (shape: Shape) => {
  const pixels = elementCount(shape.slice(2));
  return (at: number) => Math.floor(at / pixels) % shape[1]!;
};

export const batchNorm: Kernel<EpsilonAttrs> = ([x, scale, bias, mean, variance], { epsilon }) => {
  const channel = channelOf(x!.shape);
  return [
    x!.data.map((v, at) => {
      const c = channel(at);
      const normal = (v - mean!.data[c]!) / Math.sqrt(variance!.data[c]! + epsilon);
      return normal * scale!.data[c]! + bias!.data[c]!;
    }),
  ];
};

export const channelAffine: Kernel<ChannelAffineAttrs> = (inputs, attrs) => {
  const { x, scale, shift, residual } = affineParts(inputs, attrs);
  const channel = channelOf(x.shape);
  return [
    x.data.map((v, at) => {
      const c = channel(at);
      const y = v * scale.data[c]! + (shift?.data[c] ?? 0) + (residual?.data[at] ?? 0);
      return attrs.relu ? Math.max(y, 0) : y;
    }),
  ];
};

/** Sums of `term` over every channel. */
function channelTotals(shape: Shape, term: (at: number) => number): Float64Array {
  const out = new Float64Array(shape[1]!);
  const channel = channelOf(shape);
  for (let at = 0; at < elementCount(shape); at++) out[channel(at)]! += term(at);
  return out;
}

export const channelSum: Kernel<unknown> = ([x]) => [channelTotals(x!.shape, (at) => x!.data[at]!)];

export const channelDot: Kernel<unknown> = ([x, y]) => [
  channelTotals(x!.shape, (at) => x!.data[at]! * y!.data[at]!),
];

export const channelMoments: Kernel<unknown> = ([x]) => [
  x!.data,
  channelTotals(x!.shape, (at) => x!.data[at]!),
  channelTotals(x!.shape, (at) => x!.data[at]! ** 2),
];
