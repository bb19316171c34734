/** What a kind of channel gate is: how a group's channels are opened and closed, and how that is learned. */

import { constant, type Value } from "../../../graph/index.js";
import type { Context } from "../../../nn/index.js";
import { functions as f } from "../../../ops/index.js";
import { tensor } from "../../../tensor/index.js";
import type { ChannelGroup, GroupAxis } from "../groups.js";

/** What a gate is made from while a model is traced. */
export interface GateRequest {
  readonly group: ChannelGroup;
  readonly training: boolean;
  /** Declares what the gate learns and the noise it needs, below `gates.<group>`. */
  readonly c: Context;
  /** A parameter of the model. */
  readonly parameter: (path: string) => Value;
}

/** All of shape [size of the group]. */
export interface ChannelGate {
  /** What the group's parameters are multiplied by: in training perhaps random or soft, else 0 where closed. */
  readonly z: Value;
  /** 1 where open, 0 where closed, without gradient and without chance. */
  readonly open: Value;
  /** What an open channel is multiplied by when gates are folded into the parameters. */
  readonly strength: Value;
  /** How probable, or how nearly, a channel is open: differentiable, in [0, 1]. */
  readonly probability: Value;
  /** The larger, the later a channel should go. */
  readonly score: Value;
  /** What a penalty shrinks, for gates that open and close by the size of parameters. */
  readonly magnitude?: Value;
}

export interface ChannelGateKind<Options> {
  readonly name: string;
  readonly title: string;
  readonly reference: string;
  /** What its `temperature` is where nobody sets one; absent where the kind has none. */
  readonly temperature?: number;
  /** Why a group cannot have such a gate; undefined if it can. */
  refuses?(group: ChannelGroup): string | undefined;
  gate(request: GateRequest, options: Options): ChannelGate;
}

/** A scalar, fixed or fed: temperatures that fall while training are graph inputs. */
export type Scalar = number | Value;

/** 1 where the condition holds; no gradient. */
export const indicator = (condition: Value, like: Value): Value =>
  f.stopGradient(f.cast(condition, like.dtype));

/** [size] ones. */
export const ones = (size: number): Value =>
  constant(tensor("float32", [size], new Float32Array(size).fill(1)));

/** A group keeps its best channel, of equal ones the first, whatever happens: a layer needs one. */
export function keepBest(open: Value, score: Value): Value {
  const position = f.argMax(f.stopGradient(score), { axis: 0 });
  return f.stopGradient(f.maximum(open, f.oneHot(position, { depth: score.shape[0]! })));
}

/** The part of an axis that belongs to a group, as [size, repeat, rest]: rest is everything along the other axes. */
export function entriesOf(value: Value, at: GroupAxis, size: number): Value {
  const { axis, repeat, start } = at;
  const order = [axis, ...value.shape.keys()].filter((a, i) => i === 0 || a !== axis);
  const length = value.shape[axis]!;
  const rows = f.reshape(f.transpose(value, order), [length, -1]);
  const end = start + size * repeat;
  const own =
    start === 0 && end === length
      ? rows
      : f.slice(rows, { starts: [start], ends: [end], axes: [0] });
  return f.reshape(own, [size, repeat * rows.shape[1]!]);
}

/**
 * Root of the mean square of all entries of a channel. Kept off 0, where the root has no slope: a channel that is at 0 must
 * be able to stay there.
 */
export function rootMeanSquare(request: GateRequest, axes: readonly GroupAxis[]): Value {
  const { group, parameter } = request;
  const parts = axes.map((at) => entriesOf(parameter(at.path), at, group.size));
  const joined = f.concat(parts, { axis: 1 });
  return f.sqrt(f.add(f.reduceMean(f.square(joined), { axes: [1] }), 1e-12));
}

/**
 * A gate that is open where a magnitude is above a threshold t. Its probability n^2 / (n^2 + t^2) is 1/2 at the threshold.
 *
 * In training nothing is masked, so that what fell below the threshold may come back; at evaluation it is.
 */
export function thresholdGate(
  magnitude: Value,
  { threshold, training }: { readonly threshold: number; readonly training: boolean },
): ChannelGate {
  const open = keepBest(indicator(f.greater(magnitude, threshold), magnitude), magnitude);
  const square = f.square(magnitude);
  const one = ones(magnitude.shape[0]!);
  return {
    z: training ? one : open,
    open,
    strength: one,
    probability: f.div(square, f.add(square, threshold * threshold)),
    score: magnitude,
    magnitude,
  };
}
