/** Latency as a cost: any predictor, differentiable in what decisions say of the kernels. */

import type { Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { type Amount, asCost, plus, sumOf, times } from "../amounts.js";
import type { CostModel } from "../cost-model.js";
import { runShares, ShareKeys, unionOf } from "../shares.js";
import { type Device, nominalDevice } from "./device.js";
import { type Kernel, kernelsOf, withChannels } from "./kernels.js";
import { type LookupOptions, type LookupTable, lookupPredictor } from "./lookup.js";
import { type LatencyPredictor, predictLatency } from "./prediction.js";
import { type LatencyRegressor, regressorPredictor } from "./regressor.js";
import { kernelRoofline } from "./roofline.js";

/** Shares of the channels at which a kernel is predicted; straight lines between. */
const KNOTS = [0, 0.25, 0.5, 0.75, 1];

/** Times at the knots: none without channels, never falling, as more channels are never faster on average. */
function curve(at: (share: number) => number): number[] {
  const points = KNOTS.map((k) => (k === 0 ? 0 : at(k)));
  const top = points.at(-1)!;
  let highest = 0;
  return points.map((p) => {
    highest = Math.max(highest, Math.min(p, top));
    return highest;
  });
}

/** The straight lines through the knots, as a value: slope * s, and at each knot the change of slope * relu(s - knot). */
function along(points: readonly number[], share: Value): Amount {
  const slopes = points.slice(1).map((p, i) => (p - points[i]!) / (KNOTS[i + 1]! - KNOTS[i]!));
  const bends = slopes.map((m, i) => m - (slopes[i - 1] ?? 0));
  return sumOf(
    bends.flatMap((bend, i): Amount[] => {
      if (bend === 0) return [];
      return [times(i === 0 ? share : f.relu(f.sub(share, KNOTS[i]!)), bend)];
    }),
  );
}

interface Group {
  readonly first: Kernel;
  readonly kernels: Kernel[];
}

/** Kernels that the same decisions apply to. */
function groupKernels(kernels: readonly Kernel[]): readonly Group[] {
  const keys = new ShareKeys();
  const groups = new Map<string, Group>();
  for (const kernel of kernels) {
    const { activities, kept, written } = decisionsOf(kernel);
    const key = [...activities, [kept], [written]]
      .map((shares) => keys.of(shares.filter((v) => v !== undefined)))
      .join("|");
    const group = groups.get(key);
    if (group) group.kernels.push(kernel);
    else groups.set(key, { first: kernel, kernels: [kernel] });
  }
  return [...groups.values()];
}

/** Of what is fused, the first says how many channels are read, the last that says it how many are written. */
const decisionsOf = ({ entries }: Kernel) => ({
  activities: entries.map(runShares),
  kept: entries[0]!.channels?.in,
  written: entries.findLast((e) => e.channels?.out)?.channels?.out,
});

export interface LatencyCostOptions {
  readonly name: string;
  readonly title: string;
  readonly predictor: LatencyPredictor;
}

/**
 * A cost in milliseconds from a predictor: base + sum over kernels of time * activity * channels.
 *
 * Shares of channels: each kernel is predicted with 1/4, 1/2, 3/4 and all of its input channels, and of its output
 * channels; between, straight lines; the two are multiplied as ratios to the whole kernel. Times never fall with a share.
 *
 * @example
 * const flat = { name: "flat", baseMs: 1, predict: () => ({ ms: 0.5, source: "hit" as const }) };
 * const graph = buildGraph({ y: matmul(input("x", [1, 784]), input("w", [784, 10])) });
 * latencyCost({ name: "flat", title: "half a millisecond a kernel", predictor: flat }).full(ledgerOf(graph)) // 1.5
 */
export function latencyCost({ name, title, predictor }: LatencyCostOptions): CostModel {
  const msOf = (kernel: Kernel) => predictor.predict(kernel).ms;
  const inCurve = (k: Kernel) => curve((s) => msOf(withChannels(k, { in: s, out: 1 })));
  const outCurve = (k: Kernel) => curve((s) => msOf(withChannels(k, { in: 1, out: s })));
  const added = (curves: readonly number[][]) =>
    KNOTS.map((_, i) => curves.reduce((sum, c) => sum + c[i]!, 0));

  function timeOf({ first, kernels }: Group): Amount {
    const { kept, written } = decisionsOf(first);
    if (kept && written) {
      return sumOf(
        kernels.map((k) => {
          const product = times(along(inCurve(k), kept), along(outCurve(k), written));
          return times(product, 1 / msOf(k));
        }),
      );
    }
    if (kept) return along(added(kernels.map(inCurve)), kept);
    if (written) return along(added(kernels.map(outCurve)), written);
    return kernels.reduce((sum, k) => sum + msOf(k), 0);
  }

  /** A kernel runs if anything that is fused into it does. */
  const cost = (group: Group): Amount =>
    times(unionOf(decisionsOf(group.first).activities), timeOf(group));

  return {
    name,
    title,
    unit: "ms",
    composition: "subadditive",
    full: (ledger) => predictLatency(ledger, predictor).ms,
    expected(ledger) {
      const kernels = kernelsOf(ledger);
      const total = sumOf(groupKernels(kernels).map(cost));
      return asCost(plus(total, kernels.length === 0 ? 0 : predictor.baseMs));
    },
  };
}

/**
 * Roofline latency on a device, as a cost: see `rooflineLatency`.
 *
 * @example
 * const ledger = exitLedger(traced);
 * rooflineCost(nominalDevice).full(ledger) === rooflineLatency(ledger, nominalDevice) // true
 */
export const rooflineCost = (device: Device): CostModel =>
  latencyCost({
    name: "latency",
    title: `roofline latency, ${device.name}`,
    predictor: {
      name: `roofline ${device.name}`,
      baseMs: 0,
      predict: (kernel) => ({ ms: kernelRoofline(kernel, device), source: "interpolated" }),
    },
  });

/**
 * Latency from a recorded table, as a cost.
 *
 * @example
 * const table = { format: 1, name: "empty", rows: [], baseMs: 0, overheadMsPerKernel: 0 } as const;
 * lookupCost(table, { fallback: nominalDevice }).unit // "ms"
 */
export const lookupCost = (table: LookupTable, options: LookupOptions = {}): CostModel =>
  latencyCost({
    name: "latencyLookup",
    title: `latency looked up, ${table.name}`,
    predictor: lookupPredictor(table, options),
  });

/**
 * Latency from a fitted regressor, as a cost.
 *
 * @example
 * const family = "pool" as const;
 * const kernels = [1, 2, 4, 8].map((n) => ({ family, features: [Math.log(n)], ms: n / 100 }));
 * regressorCost(fitLatency({ name: "small", kernels, networks: [] })).unit // "ms"
 */
export const regressorCost = (
  model: LatencyRegressor,
  options: { readonly fallback?: Device } = {},
): CostModel =>
  latencyCost({
    name: "latencyRegressor",
    title: `latency learned, ${model.name}`,
    predictor: regressorPredictor(model, options),
  });

/** The roofline of the nominal device: a default for recipes, nominal, not calibrated. */
export const nominalLatencyCost = rooflineCost(nominalDevice);
