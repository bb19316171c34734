/** Latency by looking kernels up in a table that was recorded on the machine. */

import { UserError } from "../../base/index.js";
import type { Device } from "./device.js";
import type { KernelFamily } from "./families.js";
import { type Kernel, kernelFeatures, kernelKey } from "./kernels.js";
import type { LatencyPredictor } from "./prediction.js";
import { linearAt, ridge } from "./ridge.js";
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
  /** Rows that are interpolated between. Default 12. */
  readonly neighbours?: number;
}

/** Fewer rows than this say nothing about a slope. */
const FEWEST = 4;
/** Beyond the rows' range by more than a quarter (in size): extrapolated. */
const SLACK = Math.log(1.25);

class Family {
  private readonly low: readonly number[];
  private readonly high: readonly number[];

  constructor(readonly rows: readonly LookupRow[]) {
    const columns = rows[0]!.features.map((_, j) => rows.map((r) => r.features[j]!));
    this.low = columns.map((c) => Math.min(...c));
    this.high = columns.map((c) => Math.max(...c));
  }

  isOutside(x: readonly number[]): boolean {
    return x.some((v, j) => v < this.low[j]! - SLACK || v > this.high[j]! + SLACK);
  }

  /** A plane through the nearest rows in log space, nearer rows counting more. */
  interpolate(x: readonly number[], neighbours: number): number {
    const near = this.rows
      .map((row) => ({ row, distance: this.distance(row.features, x) }))
      .sort((a, b) => a.distance - b.distance)
      .slice(0, neighbours);
    const width = near.at(-1)!.distance + 1e-6;
    const plane = ridge(
      near.map(({ row }) => row.features),
      near.map(({ row }) => Math.log(row.ms)),
      { penalty: 0.01, weights: near.map(({ distance }) => 1 / (0.05 + distance / width)) },
    );
    const times = near.map(({ row }) => Math.log(row.ms));
    // A plane through a few rows may tilt: it is held near what they measured.
    const room = Math.log(4);
    const value = linearAt(plane, x);
    return Math.exp(
      Math.min(Math.max(value, Math.min(...times) - room), Math.max(...times) + room),
    );
  }

  /** Features that a family does not vary in do not count. */
  private distance(a: readonly number[], b: readonly number[]): number {
    let sum = 0;
    for (let j = 0; j < a.length; j++) {
      const range = this.high[j]! - this.low[j]!;
      if (range > 0) sum += ((a[j]! - b[j]!) / range) ** 2;
    }
    return Math.sqrt(sum);
  }
}

/**
 * A predictor that looks kernels up by family and shapes: the row itself where there is one, else the weighted plane
 * through the nearest rows of the same family in log space, else the roofline of `fallback`, else a refusal.
 *
 * @throws UserError where a kernel is like no row and there is no fallback.
 * @example
 * const ledger = ledgerOf(buildGraph({ y: matmul(input("x", [1, 784]), input("w", [784, 10])) }));
 * const row = {
 *   family: "linear", key: "linear 1 784 10 1 1 1 1 1", features: kernelFeatures(kernelsOf(ledger)[0]),
 *   ms: 0.02, lowMs: 0.02, highMs: 0.02, samples: 5,
 * };
 * const table = { format: 1, name: "one row", rows: [row], baseMs: 0, overheadMsPerKernel: 0 };
 * predictLatency(ledger, lookupPredictor(table)).sources.hit // 1
 */
export function lookupPredictor(table: LookupTable, options: LookupOptions = {}): LatencyPredictor {
  const { fallback, neighbours = 12 } = options;
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
