/** Latency learned from measured kernels and networks: per family a line in log space and boosted trees on what it leaves. */

import { UserError } from "../../base/index.js";
import { randomStream } from "../../random/index.js";
import type { Device } from "./device.js";
import type { KernelFamily } from "./families.js";
import { type Kernel, kernelFeatures } from "./kernels.js";
import type { LatencyPredictor } from "./prediction.js";
import { type Linear, linearAt, ridge } from "./ridge.js";
import { kernelRoofline } from "./roofline.js";
import { type BoostOptions, boost, boostedAt, type Tree } from "./trees.js";

/** One kernel that was timed by itself. */
export interface KernelSample {
  readonly family: KernelFamily;
  readonly features: readonly number[];
  readonly ms: number;
}

/** One network that was timed as a whole. */
export interface NetworkSample {
  readonly kernels: readonly Kernel[];
  readonly ms: number;
}

interface FamilyModel {
  readonly line: Linear;
  readonly trees: readonly Tree[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly samples: number;
}

/** Plain data: goes to JSON and back. */
export interface LatencyRegressor {
  readonly format: 1;
  readonly name: string;
  readonly families: Readonly<Partial<Record<KernelFamily, FamilyModel>>>;
  readonly rate: number;
  /** Whole run: base + per kernel + scale times the kernels' sum. */
  readonly baseMs: number;
  readonly overheadMsPerKernel: number;
  readonly scale: number;
}

export interface FitOptions {
  readonly name: string;
  readonly kernels: readonly KernelSample[];
  readonly networks: readonly NetworkSample[];
  readonly seed?: number;
  readonly boosting?: Partial<BoostOptions>;
}

const defaults: BoostOptions = { rounds: 150, depth: 4, rate: 0.08, leaf: 4, sample: 0.7 };
const FEWEST = 4;
/** A negative overhead takes no more than this leaves of a kernel. */
const LEAST_SHARE = 0.1;
const SLACK = Math.log(1.25);

function fitFamily(samples: readonly KernelSample[], options: BoostOptions, seed: number) {
  const rows = samples.map((s) => s.features);
  const y = samples.map((s) => Math.log(s.ms));
  const line = ridge(rows, y, { penalty: 1e-3 });
  const left = y.map((v, i) => v - linearAt(line, rows[i]!));
  const columns = rows[0]!.map((_, j) => rows.map((r) => r[j]!));
  return {
    line,
    trees: boost(rows, left, options, randomStream(seed, "latency", samples[0]!.family)),
    low: columns.map((c) => Math.min(...c)),
    high: columns.map((c) => Math.max(...c)),
    samples: samples.length,
  };
}

const clamp = (v: number, low: number, high: number) => Math.min(Math.max(v, low), high);

const isOutside = (model: FamilyModel, x: readonly number[]): boolean =>
  x.some((v, j) => v < model.low[j]! - SLACK || v > model.high[j]! + SLACK);

const familyMs = (model: FamilyModel, rate: number, x: readonly number[]): number =>
  Math.exp(linearAt(model.line, x) + boostedAt(model.trees, rate, x));

/**
 * Whole runs from kernels: least squares in relative error of base + overhead * kernels + scale * sum. What a profile adds
 * to a kernel makes the overhead negative.
 */
function fitRuns(networks: readonly { sum: number; count: number; ms: number }[]) {
  let best = { base: 0, overhead: 0, scale: 1 };
  if (networks.length === 0) return best;
  // Coordinate descent on a convex problem with three variables.
  for (let pass = 0; pass < 400; pass++) {
    const fitOne = (key: keyof typeof best, x: (n: (typeof networks)[number]) => number) => {
      let [xx, xy] = [0, 0];
      for (const n of networks) {
        const rest = { ...best, [key]: 0 };
        const left = n.ms - rest.base - rest.overhead * n.count - rest.scale * n.sum;
        xx += (x(n) / n.ms) ** 2;
        xy += (x(n) / n.ms) * (left / n.ms);
      }
      const least = key === "overhead" ? Number.NEGATIVE_INFINITY : 0;
      best = { ...best, [key]: xx === 0 ? best[key] : Math.max(least, xy / xx) };
    };
    fitOne("scale", (n) => n.sum);
    fitOne("overhead", (n) => n.count);
    fitOne("base", () => 1);
  }
  return best;
}

/**
 * Fits a regressor: log milliseconds of a kernel as a line in its log features plus boosted trees, one model for each
 * family; then whole runs as base + overhead * kernels + scale * sum. Equal inputs give an equal regressor.
 *
 * @throws UserError where there are no kernels to learn from.
 * @see nn-Meter (Zhang et al., MobiSys 2021), which sums over fused kernels too.
 * @example
 * const family = "pool" as const;
 * const kernels = [1, 2, 4, 8, 16, 32].map((n) => ({ family, features: [Math.log(n)], ms: n / 100 }));
 * fitLatency({ name: "doubling", kernels, networks: [] }).families.pool?.samples // 6
 */
export function fitLatency(options: FitOptions): LatencyRegressor {
  const { name, kernels, networks, seed = 0 } = options;
  const boosting = { ...defaults, ...options.boosting };
  if (kernels.length === 0) {
    throw new UserError("E_DATA", "no timed kernels to fit a latency model to", {
      where: name,
      next: 'record them with "frugal doctor --calibrate"',
    });
  }
  const families: Partial<Record<KernelFamily, FamilyModel>> = {};
  for (const family of new Set(kernels.map((k) => k.family))) {
    const samples = kernels.filter((k) => k.family === family);
    if (samples.length >= FEWEST) families[family] = fitFamily(samples, boosting, seed);
  }
  const model = {
    ...{ format: 1 as const, name, families, rate: boosting.rate },
    ...{ baseMs: 0, overheadMsPerKernel: 0, scale: 1 },
  };
  const known = networks.flatMap(({ kernels: list, ms }) => {
    const times = list.map((k) => regressedMs(model, k));
    if (times.some((t) => t === undefined)) return [];
    return [{ sum: times.reduce<number>((a, t) => a + t!, 0), count: list.length, ms }];
  });
  const { base, overhead, scale } = fitRuns(known);
  return { ...model, baseMs: base, overheadMsPerKernel: overhead, scale };
}

function regressedMs(model: LatencyRegressor, kernel: Kernel): number | undefined {
  const family = model.families[kernel.family];
  const features = kernelFeatures(kernel);
  return family && features && familyMs(family, model.rate, features);
}

/**
 * Predicts with a fitted regressor; `fallback` answers for families that it has not learned.
 *
 * @throws UserError from `predict` where a kernel's family was not learned and there is no fallback.
 * @example
 * const family = "pool" as const;
 * const kernels = [1, 2, 4, 8].map((n) => ({ family, features: [Math.log(n)], ms: n / 100 }));
 * regressorPredictor(fitLatency({ name: "small", kernels, networks: [] })).name // "regressor small"
 */
export function regressorPredictor(
  model: LatencyRegressor,
  { fallback }: { readonly fallback?: Device } = {},
): LatencyPredictor {
  const { scale, overheadMsPerKernel } = model;
  return {
    name: `regressor ${model.name}`,
    baseMs: model.baseMs,
    predict(kernel) {
      const family = model.families[kernel.family];
      const features = kernelFeatures(kernel);
      if (family && features) {
        const outside = isOutside(family, features);
        const x = outside
          ? features.map((v, j) => clamp(v, family.low[j]! - 2, family.high[j]! + 2))
          : features;
        const own = scale * familyMs(family, model.rate, x);
        const ms = Math.max(LEAST_SHARE * own, own + overheadMsPerKernel);
        return { ms, source: outside ? "extrapolated" : "interpolated" };
      }
      if (fallback) return { ms: kernelRoofline(kernel, fallback), source: "missed" };
      const { path, kind } = kernel.entries[0]!;
      throw new UserError("E_DATA", `${model.name} has not learned kernels like ${kind}`, {
        where: path,
        allowed: Object.keys(model.families).join(", "),
        next: "give a device whose roofline answers for what is missing",
      });
    },
  };
}
