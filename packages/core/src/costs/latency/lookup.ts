/** Latency by looking kernels up in a table that was recorded on the machine. */

import { UserError } from "../../base/index.js";
import type { Device } from "./device.js";
import type { KernelFamily } from "./families.js";
import { type Kernel, kernelFeatures, kernelKey } from "./kernels.js";
import type { LatencyPredictor } from "./prediction.js";
import { type Linear, linearAt, ridge } from "./ridge.js";
import { kernelRoofline } from "./roofline.js";

export interface LookupRow {
  readonly family: KernelFamily;
  readonly key: string;
  readonly features: readonly number[];
  /** Median over the repetitions, and their range. */
  readonly ms: number;
  readonly lowMs: number;
  readonly highMs: number;
  readonly samples: number;
}

/** Plain data: goes to JSON and back. */
export interface LookupTable {
  readonly format: 1;
  readonly name: string;
  readonly rows: readonly LookupRow[];
  /** What a run costs beyond its kernels, and each kernel beyond its row. */
  readonly baseMs: number;
  readonly overheadMsPerKernel: number;
}

export interface LookupOptions {
  /** What answers for kernels that no row is near to. Default: they are refused. */
  readonly fallback?: Device;
  /** Rows that are interpolated between. Default 6. */
  readonly neighbours?: number;
}

/** Fewer rows than this say nothing about a slope. */
const FEWEST = 4;
/** Beyond the rows' range by more than a quarter (in size): extrapolated. */
const SLACK = Math.log(1.25);

/** Closer than this the distance counts no more: repeated measurements differ, too. */
const NEAR = 0.02;

class Family {
  private readonly low: readonly number[];
  private readonly high: readonly number[];
  /** Standard deviations: a feature that a family does not vary in does not count. */
  private readonly scale: readonly number[];
  /** What the family has in common; how far each row lies from it, in log time. */
  private readonly line: Linear;
  private readonly rest: readonly number[];

  constructor(readonly rows: readonly LookupRow[]) {
    const columns = rows[0]!.features.map((_, j) => rows.map((r) => r.features[j]!));
    this.low = columns.map((c) => Math.min(...c));
    this.high = columns.map((c) => Math.max(...c));
    this.scale = columns.map((c) => {
      const mean = c.reduce((a, b) => a + b, 0) / c.length;
      return Math.sqrt(c.reduce((sum, v) => sum + (v - mean) ** 2, 0) / c.length);
    });
    const times = rows.map((r) => Math.log(r.ms));
    this.line = ridge(
      rows.map((r) => r.features),
      times,
      { penalty: 1e-3 },
    );
    this.rest = rows.map((r, i) => times[i]! - linearAt(this.line, r.features));
  }

  isOutside(x: readonly number[]): boolean {
    return x.some((v, j) => v < this.low[j]! - SLACK || v > this.high[j]! + SLACK);
  }

  /** The family's line in log space, moved by what the nearest rows lie from it, nearer ones counting more. */
  interpolate(x: readonly number[], neighbours: number): number {
    const near = this.rows
      .map((row, i) => ({ rest: this.rest[i]!, square: this.squareDistance(row.features, x) }))
      .sort((a, b) => a.square - b.square)
      .slice(0, neighbours);
    let [sum, weights] = [0, 0];
    for (const { rest, square } of near) {
      const weight = 1 / (NEAR + square);
      sum += weight * rest;
      weights += weight;
    }
    return Math.exp(linearAt(this.line, x) + sum / weights);
  }

  private squareDistance(a: readonly number[], b: readonly number[]): number {
    let sum = 0;
    for (let j = 0; j < a.length; j++) {
      const scale = this.scale[j]!;
      if (scale > 1e-9) sum += ((a[j]! - b[j]!) / scale) ** 2;
    }
    return sum;
  }
}

/**
 * A predictor that looks kernels up by family and shapes: the row itself where there is one, else between the nearest rows
 * of the same family, in log space (the family's line, moved by the distance-weighted mean of what these rows lie from it),
 * else the roofline of `fallback`, else a refusal.
 *
 * @throws UserError where a kernel is like no row and there is no fallback.
 * @example
 * const ledger = ledgerOf(buildGraph({ y: matmul(input("x", [1, 784]), input("w", [784, 10])) }));
 * const row = {
 *   family: "linear" as const, key: "linear 1 784 10 1 1 1 1 1", features: kernelFeatures(kernelsOf(ledger)[0]) ?? [],
 *   ms: 0.02, lowMs: 0.02, highMs: 0.02, samples: 5,
 * };
 * const table = { format: 1, name: "one row", rows: [row], baseMs: 0, overheadMsPerKernel: 0 } as const;
 * predictLatency(ledger, lookupPredictor(table)).sources.hit // 1
 */
export function lookupPredictor(table: LookupTable, options: LookupOptions = {}): LatencyPredictor {
  const { fallback, neighbours = 6 } = options;
  const exact = new Map(table.rows.map((row) => [row.key, row]));
  const families = new Map<KernelFamily, Family>();
  for (const family of new Set(table.rows.map((r) => r.family))) {
    families.set(family, new Family(table.rows.filter((r) => r.family === family)));
  }
  const overhead = table.overheadMsPerKernel;

  function miss(kernel: Kernel) {
    if (fallback) return { ms: kernelRoofline(kernel, fallback), source: "missed" } as const;
    const { path, kind } = kernel.entries[0]!;
    throw new UserError("E_DATA", `the table ${table.name} has no kernel like ${kind}`, {
      where: path,
      allowed: [...families.keys()].join(", "),
      next: "give a device whose roofline answers for what is missing, or record more kernels",
    });
  }

  return {
    name: `look-up ${table.name}`,
    baseMs: table.baseMs,
    predict(kernel) {
      const key = kernelKey(kernel);
      const row = key === undefined ? undefined : exact.get(key);
      if (row) return { ms: row.ms + overhead, source: "hit" };
      const features = kernelFeatures(kernel);
      const family = families.get(kernel.family);
      if (!features || !family || family.rows.length < FEWEST) return miss(kernel);
      return {
        ms: family.interpolate(features, neighbours) + overhead,
        source: family.isOutside(features) ? "extrapolated" : "interpolated",
      };
    },
  };
}
