/** Which single weights are kept: masks as decisions, and what they say of density. */

import { UserError } from "../../../base/index.js";
import { constant, scalarConstant, type Value } from "../../../graph/index.js";
import { type Context, initializers } from "../../../nn/index.js";
import { functions as f } from "../../../ops/index.js";
import { elementCount, tensor } from "../../../tensor/index.js";
import { indicator, type Scalar } from "../gates/gate.js";

export interface MaskRequest {
  /** Declares what the mask learns. */
  readonly c: Context;
  readonly weight: Value;
}

export interface WeightMask {
  /** 0 and 1, of the weight's shape; no gradient. */
  readonly mask: Value;
  /** Share of weights that are kept: a scalar, differentiable where the kind learns it. */
  readonly density: Value;
}

export interface WeightMaskKind<Options> {
  readonly name: string;
  readonly title: string;
  readonly reference: string;
  /** Names of its options. */
  readonly options: readonly (keyof Options & string)[];
  /** Why a weight cannot have such a mask; undefined if it can. */
  refuses?(weight: Value, options: Options): string | undefined;
  /** How many weights of this tensor stay; absent where that is learned. */
  kept?(weight: Value, options: Options): number;
  /** The options under which the fewest stay; beside `kept`. */
  sparsest?(options: Options): Options;
  /** The options under which this share stays; of kinds that can keep any number. */
  atDensity?(density: number): Options;
  mask(request: MaskRequest, options: Options): WeightMask;
}

export interface MagnitudeOptions {
  /** Share of weights that are kept in every tensor, in (0, 1]. */
  readonly density: number;
}

/** A vector of one number; it takes no space in the graph. */
const filled = (value: number, size: number): Value => f.expand(scalarConstant(value), [size]);

/** The largest weights of every tensor, of equal ones the first. */
export const magnitudeMask: WeightMaskKind<MagnitudeOptions> = {
  name: "magnitude",
  title: "the largest weights",
  reference: "Han et al. 2015, arXiv:1506.02626",
  options: ["density"],
  kept: ({ shape }, { density }) => Math.max(1, Math.round(elementCount(shape) * density)),
  sparsest: () => ({ density: Number.MIN_VALUE }),
  atDensity: (density) => ({ density }),
  mask({ weight }, options) {
    const { density } = options;
    if (!(density > 0 && density <= 1)) {
      throw new UserError("E_CONFIG", `a density of ${density}`, {
        where: "masks.density",
        allowed: "more than 0, at most 1",
      });
    }
    const size = elementCount(weight.shape);
    const k = magnitudeMask.kept!(weight, options);
    const sizes = f.abs(f.reshape(f.stopGradient(weight), [size]));
    // By place and not by the least size that stays: of equal ones that would keep too many.
    const { indices } = f.topK(sizes, { k, sorted: false });
    const mask = f.scatterElements(filled(0, size), indices, filled(1, k), { axis: 0 });
    return { mask: f.reshape(mask, weight.shape), density: f.reduceMean(mask) };
  },
};

export interface ThresholdOptions {
  /** First threshold, in units of weights. Default 0.001. */
  readonly initial?: number;
  /** Of the sigmoid that stands for the step, in units of weights. Default 0.01. */
  readonly temperature?: Scalar;
}

/**
 * Weights above a threshold that is learned, one a tensor: soft density = mean of sigmoid((|w| - t) / temperature).
 */
export const thresholdMask: WeightMaskKind<ThresholdOptions> = {
  name: "threshold",
  title: "weights above a learned threshold",
  reference: "Kusupati et al. 2020, arXiv:2002.03231, with a hard step",
  options: ["initial", "temperature"],
  mask({ c, weight }, { initial = 1e-3, temperature = 0.01 }) {
    const init = initializers.constant(initial);
    const threshold = c.parameter("threshold", [], init, { decay: false });
    const sizes = f.abs(weight);
    const mask = indicator(f.greater(sizes, threshold), weight);
    const soft = f.reduceMean(f.sigmoid(f.div(f.sub(sizes, threshold), temperature)));
    return { mask, density: f.straightThrough(f.reduceMean(mask), soft) };
  },
};

export interface NmOptions {
  /** How many of every `m` are kept. Default 2. */
  readonly n?: number;
  /** Neighbours along the inputs of a filter. Default 4. */
  readonly m?: number;
}

/** The n largest of every m neighbours along axis 1, of equal ones the first. */
export const nmMask: WeightMaskKind<NmOptions> = {
  name: "nm",
  title: "n of m neighbours",
  reference: "Zhou et al. 2021, arXiv:2102.04010",
  options: ["n", "m"],
  kept: ({ shape }, { n = 2, m = 4 }) => (elementCount(shape) / m) * n,
  sparsest: (options) => ({ ...options, n: 1 }),
  refuses: (weight, { m = 4 }) =>
    weight.shape[1]! % m === 0
      ? undefined
      : `its ${weight.shape[1]} inputs are no multiple of ${m}`,
  mask({ weight }, { n = 2, m = 4 }) {
    if (!(Number.isInteger(n) && Number.isInteger(m) && n >= 1 && n <= m)) {
      throw new UserError("E_CONFIG", `${n} of ${m} weights`, {
        where: "masks.n",
        allowed: "whole numbers, 1 <= n <= m",
      });
    }
    const [outputs, inputs, ...kernel] = weight.shape as [number, number, ...number[]];
    const inner = elementCount(kernel);
    const groups = (outputs * inputs * inner) / m;
    // Neighbours last: [outputs, inputs / m, kernel, m].
    const apart = f.transpose(
      f.reshape(f.abs(weight), [outputs, inputs / m, m, inner]),
      [0, 1, 3, 2],
    );
    const sizes = f.reshape(apart, [groups, m]);
    const mine = f.reshape(sizes, [groups, m, 1]);
    const theirs = f.reshape(sizes, [groups, 1, m]);
    const earlier = Float32Array.from({ length: m * m }, (_, i) =>
      i % m < Math.floor(i / m) ? 1 : 0,
    );
    const isEarlier = constant(tensor("float32", [m, m], earlier));
    const before = f.add(
      indicator(f.greater(theirs, mine), weight),
      f.mul(indicator(f.equal(theirs, mine), weight), isEarlier),
    );
    const rank = f.reduceSum(before, { axes: [2] });
    const kept = indicator(f.less(rank, n), weight);
    const back = f.transpose(f.reshape(kept, [outputs, inputs / m, inner, m]), [0, 1, 3, 2]);
    const mask = f.reshape(back, weight.shape);
    return { mask, density: f.reduceMean(mask) };
  },
};
