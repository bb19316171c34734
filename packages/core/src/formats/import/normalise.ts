/** Importers of normalisations, softmax and dropout. */

import { scalarConstant, type Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { elementCount, normaliseAxis } from "../../tensor/index.js";
import type { ImporterTable, ImportNode, NodeImporter } from "./node.js";
import { axesFrom } from "./windows.js";

function batchNormalization(n: ImportNode): readonly (Value | undefined)[] {
  const [x, scale, bias, mean, variance] = [0, 1, 2, 3, 4].map((i) => n.input(i)) as [
    Value,
    Value,
    Value,
    Value,
    Value,
  ];
  const epsilon = n.float("epsilon", 1e-5);
  const momentum = n.float("momentum", 0.9);
  if (n.version < 9) n.flag("spatial", true) || n.refuse("statistics per pixel (spatial = 0)");
  if (n.version < 7) n.flag("is_test") || n.refuse("training mode in an opset this old");
  const training = n.version >= 14 && n.flag("training_mode");
  if (!training) {
    if (n.wants(1)) n.refuse("outputs of training outside training mode");
    return [f.batchNorm(x, { scale, bias, mean, variance, epsilon })];
  }
  const batch = f.batchNormTraining(x, { scale, bias, epsilon });
  const mix = (old: Value, now: Value) => f.add(f.mul(old, momentum), f.mul(now, 1 - momentum));
  return [batch.y, mix(mean, batch.mean), mix(variance, batch.variance)];
}

function layerNormalization(n: ImportNode): readonly (Value | undefined)[] {
  const [x, scale, bias] = [n.input(0), n.optional(1), n.optional(2)];
  const axis = n.int("axis", -1);
  const epsilon = n.float("epsilon", 1e-5);
  n.ignore("stash_type");
  const y = f.layerNorm(x, {
    ...(scale ? { scale } : {}),
    ...(bias ? { bias } : {}),
    axis,
    epsilon,
  });
  if (!n.wants(1) && !n.wants(2)) return [y];
  const over = { axes: axesFrom(axis, x.shape), keepDims: true };
  const mean = f.reduceMean(x, over);
  const variance = f.reduceMean(f.square(f.sub(x, mean)), over);
  return [y, mean, f.reciprocal(f.sqrt(f.add(variance, epsilon)))];
}

function groupNormalization(n: ImportNode): Value {
  const [x, scale, bias] = [n.input(0), n.input(1), n.input(2)];
  const groups = n.int("num_groups", 1);
  n.ignore("stash_type");
  const channels = x.shape[1] ?? n.refuse("its input has no channels");
  // Opset 18 had one scale per group, 21 has one per channel.
  const perChannel = (v: Value) =>
    n.version >= 21 || v.shape[0] === channels
      ? v
      : f.reshape(f.expand(f.reshape(v, [groups, 1]), [groups, channels / groups]), [channels]);
  const options = { scale: perChannel(scale), bias: perChannel(bias), groups };
  return f.groupNorm(x, { ...options, epsilon: n.float("epsilon", 1e-5) });
}

function instanceNormalization(n: ImportNode): Value {
  const [x, scale, bias] = [n.input(0), n.input(1), n.input(2)];
  const groups = x.shape[1] ?? n.refuse("its input has no channels");
  return f.groupNorm(x, { scale, bias, groups, epsilon: n.float("epsilon", 1e-5) });
}

/** Before opset 13 everything from `axis` on was one row. */
const softmax =
  (apply: (x: Value, axis: number) => Value): NodeImporter =>
  (n) => {
    const x = n.input(0);
    if (n.version >= 13) return apply(x, n.int("axis", -1));
    const axis = normaliseAxis(n.int("axis", 1), x.shape.length);
    const rows = elementCount(x.shape.slice(0, axis));
    const columns = elementCount(x.shape.slice(axis));
    return f.reshape(apply(f.reshape(x, [rows, columns]), 1), x.shape);
  };

/** 1 at the first largest element of `axis`. */
function hardmax(x: Value, axis: number): Value {
  const depth = x.shape[normaliseAxis(axis, x.shape.length)]!;
  return f.oneHot(f.argMax(x, { axis }), { depth, axis, dtype: x.dtype });
}

/** (x - mean) / standard deviation, with 1e-9 added to the deviation, as its definition says. */
function meanVariance(n: ImportNode): Value {
  const x = n.input(0);
  const over = { axes: n.ints("axes") ?? [0, 2, 3], keepDims: true };
  const centred = f.sub(x, f.reduceMean(x, over));
  return f.div(centred, f.add(f.sqrt(f.reduceMean(f.square(centred), over)), 1e-9));
}

/** x / (bias + alpha / size * sum of squares over `size` neighbouring channels) ^ beta */
function localResponse(n: ImportNode): Value {
  const x = n.input(0);
  const size = n.int("size", 1);
  const [alpha, beta, bias] = [n.float("alpha", 1e-4), n.float("beta", 0.75), n.float("bias", 1)];
  const before = Math.floor((size - 1) / 2);
  const pads = x.shape.flatMap(() => [0, 0]);
  pads[1] = before;
  pads[1 + x.shape.length] = size - 1 - before;
  const squares = f.pad(f.square(x), { pads });
  const channels = x.shape[1] ?? n.refuse("its input has no channels");
  const shifted = Array.from({ length: size }, (_, i) =>
    f.slice(squares, { starts: [i], ends: [i + channels], axes: [1] }),
  );
  const sum = shifted.reduce((a, b) => f.add(a, b));
  return f.div(x, f.pow(f.add(f.mul(sum, alpha / size), bias), beta));
}

function lpNormalization(n: ImportNode): Value {
  const x = n.input(0);
  const p = n.int("p", 2);
  const over = { axes: [n.int("axis", -1)], keepDims: true };
  if (p === 1) return f.div(x, f.reduceSum(f.abs(x), over));
  if (p !== 2) n.refuse(`p is ${p}`, "1 or 2");
  return f.div(x, f.sqrt(f.reduceSum(f.square(x), over)));
}

/** An exported model drops nothing; the mask, where asked for, is all ones. */
function dropout(n: ImportNode): readonly Value[] {
  const x = n.input(0);
  n.ignore("seed");
  const ratio = n.version < 12 ? n.float("ratio", 0.5) : (n.constantNumber(1) ?? 0.5);
  const training = n.version >= 12 && (n.constantNumber(2) ?? 0) !== 0;
  if (training && ratio > 0) n.refuse("training mode draws random numbers inside the model");
  if (n.version < 7) n.ignore("is_test");
  const mask = f.expand(scalarConstant(1, n.version < 10 ? x.dtype : "bool"), x.shape);
  return [x, mask];
}

export const normalise: ImporterTable = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  Softmax: softmax((x, axis) => f.softmax(x, { axis })),
  LogSoftmax: softmax((x, axis) => f.logSoftmax(x, { axis })),
  Hardmax: softmax(hardmax),
  MeanVarianceNormalization: meanVariance,
  LRN: localResponse,
  LpNormalization: lpNormalization,
  Dropout: dropout,
};
