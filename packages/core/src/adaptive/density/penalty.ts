/** The penalty of energy-aware training: how dense the outputs of a network's layers are. */

import { UserError } from "../../base/index.js";
import type { LayerKind, Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import type { Leaf } from "./leaves.js";
import { sampler } from "./sample.js";
import { type SurrogateName, surrogates } from "./surrogates/index.js";
import { type WeightingName, weightings } from "./weights.js";

export interface DensityPenaltyOptions {
  readonly leaves: readonly Leaf[];
  /** The end of the network: what "energy" finds the readers of each tensor from. */
  readonly output: Value;
  /**
   * Width of the surrogate: a value counts half at its square root. A number above 0; or a scalar, such as the graph
   * input "sigma" that a schedule feeds. Only "eat" has one. Default 1e-4, as in the reference code.
   */
  readonly sigma?: Value | number;
  /** Default "mean": every layer counts alike, whatever its size (the reference). */
  readonly weighting?: WeightingName;
  /** Default "eat". */
  readonly surrogate?: SurrogateName;
  /**
   * Share of the batch's images that the penalty looks at, above 0 and up to 1: the first ones. Default 1: all of them,
   * as published. Below 1 the densities are those of these images only. As batches are drawn at random they are a random
   * sample, so that penalty and gradient have the same expectation (for "hoyer", which is no mean over elements, nearly)
   * with more noise, at that share of the price.
   */
  readonly share?: number;
  /** Share of each image's elements that "topK" leaves alone, from 0 to below 1. Default 0.5. */
  readonly keep?: number;
}

export interface LeafDensity {
  readonly leaf: Leaf;
  /** Of the whole penalty. */
  readonly weight: number;
  /** Scalar: the surrogate of this layer's output. */
  readonly density: Value;
}

export interface DensityPenalty {
  /** Scalar: the weighted mean of all layers. For "eat" in [0, 1). */
  readonly penalty: Value;
  readonly layers: readonly LeafDensity[];
  /** Scalar: the plain mean over all layers, however they are weighted. */
  readonly mean: Value;
  /** Scalars: the plain mean over the layers of each kind. */
  readonly byKind: Readonly<Partial<Record<LayerKind, Value>>>;
  /** Images that it looks at. */
  readonly images: number;
}

/** Throws unless a number is above 0. */
export function requirePositive(value: number, where: string): void {
  if (Number.isFinite(value) && value > 0) return;
  throw new UserError("E_CONFIG", `${where.split(".").at(-1)} is ${value}`, {
    where,
    allowed: "a number > 0",
  });
}

function requireShare(value: number, where: string, { closed }: { closed: "low" | "high" }): void {
  const fits = closed === "high" ? value > 0 && value <= 1 : value >= 0 && value < 1;
  if (fits) return;
  throw new UserError("E_CONFIG", `${where.split(".").at(-1)} is ${value}`, {
    where,
    allowed: closed === "high" ? "a number > 0 and <= 1" : "a number >= 0 and < 1",
  });
}

function requireName<T extends string>(name: T, table: Readonly<Record<T, unknown>>, key: string) {
  if (Object.hasOwn(table, name)) return;
  throw new UserError("E_CONFIG", `there is no ${key} "${name}"`, {
    where: `objective.${key}`,
    allowed: Object.keys(table).join(", "),
  });
}

const sum = (values: readonly Value[]): Value => values.reduce((a, b) => f.add(a, b));

const meanOf = (layers: readonly LeafDensity[]): Value =>
  f.mul(sum(layers.map((l) => l.density)), 1 / layers.length);

function meansByKind(layers: readonly LeafDensity[]): DensityPenalty["byKind"] {
  const kinds = [...new Set(layers.map((l) => l.leaf.kind))];
  return Object.fromEntries(
    kinds.map((kind) => [kind, meanOf(layers.filter((l) => l.leaf.kind === kind))]),
  );
}

/**
 * sum_k w_k s(a_k) over the outputs a_k of the given layers, with the surrogate s and weights that add up to 1:
 * "mean" 1 / K; "elements" in proportion to the tensor's elements; "energy" in proportion to what the zero-skipping
 * accelerator spends on it: 1950 pJ for writing and each reading of an element, and 3.7 pJ for each product of the layers
 * that read it.
 *
 * Reference: Lazzaro et al., "Minimizing Energy Consumption of Deep Learning Models by Energy-Aware Training", ICIAP 2023
 * (weighting "mean", surrogate "eat", share 1).
 *
 * @throws UserError E_CONFIG for sigma <= 0, a share outside (0, 1], an unknown name, or no layers.
 * @example
 * const traced = traceModel(lenet(), { batchSize: 8, training: true });
 * const leaves = leafOutputs(traced);
 * const { penalty, layers } = densityPenalty({ leaves, output: traced.output, sigma: 1e-4 });
 * penalty.shape // []
 */
export function densityPenalty(options: DensityPenaltyOptions): DensityPenalty {
  const { leaves, output, sigma = 1e-4, weighting = "mean", surrogate = "eat" } = options;
  const { share = 1, keep = 0.5 } = options;
  if (typeof sigma === "number") requirePositive(sigma, "objective.sigma");
  requireShare(share, "objective.share", { closed: "high" });
  requireShare(keep, "objective.keep", { closed: "low" });
  requireName(weighting, weightings, "weighting");
  requireName(surrogate, surrogates, "surrogate");
  if (leaves.length === 0) {
    throw new UserError("E_CONFIG", "no layer is given", { where: "objective.leaves" });
  }
  const batch = output.shape[0]!;
  const images = Math.max(1, Math.round(share * batch));
  const looked = sampler({ output, images });
  const weights = weightings[weighting](leaves, output);
  const layers = leaves.map((leaf, k): LeafDensity => {
    const density = surrogates[surrogate].of(looked(leaf.value), { sigma, keep });
    return { leaf, weight: weights[k]!, density };
  });
  const [first] = layers as [LeafDensity];
  const areEqual = layers.every(({ weight }) => weight === first.weight);
  const penalty = areEqual
    ? f.mul(sum(layers.map(({ density }) => density)), first.weight)
    : sum(layers.map(({ density, weight }) => f.mul(density, weight)));
  return { penalty, layers, mean: meanOf(layers), byKind: meansByKind(layers), images };
}
