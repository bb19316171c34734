/** How far predictions lie from kernels that the models have not seen: a fifth of what was recorded is kept from them. */

import {
  type Device,
  fitLatency,
  type Kernel,
  kernelKey,
  type LatencyPredictor,
  type LatencyRegressor,
  type LookupRow,
  type LookupTable,
  lookupPredictor,
  lookupRows,
  regressorPredictor,
} from "@frugal/core/costs";
import { predictionAccuracy } from "@frugal/core/evaluation";

/** A kernel with its times in milliseconds. */
export interface TimedKernel {
  readonly kernel: Kernel;
  readonly ms: readonly number[];
}

/** Mean of |predicted - measured| / measured over the kernels that were kept away. */
export interface HeldOutErrors {
  readonly kernels: number;
  readonly roofline: number;
  readonly table: number;
  readonly regressor: number;
}

/** Every so many-th shape is kept away, wherever it was recorded. */
const ONE_IN = 5;

/** A regressor of kernels alone: whole runs add nothing to their sum. */
export const regressorOf = (name: string, rows: readonly LookupRow[]): LatencyRegressor =>
  fitLatency({ name, kernels: rows, networks: [] });

/** Undefined where fewer than two shapes could be kept away. */
export function heldOutErrors(
  timed: readonly TimedKernel[],
  device: Device,
): HeldOutErrors | undefined {
  const rows = new Map(lookupRows(timed).map((row) => [row.key, row]));
  const away = new Set([...rows.keys()].filter((_, i) => i % ONE_IN === ONE_IN - 1));
  const known = [...rows.values()].filter((row) => !away.has(row.key));
  const tableOf = (list: readonly LookupRow[]): LookupTable => ({
    ...{ format: 1, name: "held out", rows: list },
    ...{ baseMs: 0, overheadMsPerKernel: 0 },
  });
  const tests = [...away].flatMap((key) => {
    const kernel = timed.find((t) => kernelKey(t.kernel) === key)?.kernel;
    return kernel ? [{ kernel, ms: rows.get(key)!.ms }] : [];
  });
  if (tests.length < 2) return undefined;
  const measured = tests.map((t) => t.ms);
  const error = (predict: LatencyPredictor["predict"]) =>
    predictionAccuracy(
      tests.map(({ kernel }) => predict(kernel).ms),
      measured,
    ).meanRelativeError;
  const fallback = { fallback: device };
  return {
    kernels: tests.length,
    // An empty table knows nothing but the roof.
    roofline: error(lookupPredictor(tableOf([]), fallback).predict),
    table: error(lookupPredictor(tableOf(known), fallback).predict),
    regressor: error(regressorPredictor(regressorOf("held out", known), fallback).predict),
  };
}
