/** How costs, their prices and the gradients of both went over the epochs of one run. */

import { existsSync } from "node:fs";
import { type PressureRow, pressureRows } from "@frugal/core/objectives";
import { certificatePath, readCertificate } from "../budget/certificate.js";
import { type MetricRecord, readMetrics } from "../run-store/metrics.js";
import type { RunRecord } from "../run-store/record.js";

/** Pairs of epoch and value. */
export type CurvePoints = readonly (readonly [number, number])[];

export interface CostCurve {
  /** Empty where an objective has one cost without a name. */
  readonly name: string;
  /** Shares of the whole network: by soft decisions, and by those that are taken. */
  readonly soft: CurvePoints;
  readonly hard: CurvePoints;
  readonly lambda: CurvePoints;
  /** Share of the whole network. */
  readonly limit?: number;
}

export interface CostCurves {
  readonly costs: readonly CostCurve[];
  /** The last that was measured. */
  readonly pressure?: { readonly epoch: number; readonly rows: readonly PressureRow[] };
}

/** The last value of every epoch: what is also recorded by step ends in the mean, or in the last scalar that was fed. */
const byEpoch = (metrics: readonly MetricRecord[], name: string): Map<number, number> =>
  new Map(metrics.filter((m) => m.name === name).map((m) => [m.epoch, m.value]));

function curveOf(metrics: readonly MetricRecord[], name: string): CostCurve {
  const named = (kind: string) => byEpoch(metrics, name === "" ? kind : `${kind}.${name}`);
  const [soft, expected, hard] = [named("cost"), named("expected"), named("hard")];
  const shares = [...hard].flatMap(([epoch, value]): [number, number][] => {
    const start = expected.get(epoch)! / soft.get(epoch)!;
    return start > 0 ? [[epoch, value / start]] : [];
  });
  return { name, soft: [...soft], hard: shares, lambda: [...named("lambda")] };
}

function lastPressure(metrics: readonly MetricRecord[]): CostCurves["pressure"] {
  const measured = metrics.filter((m) => m.name.startsWith("pressure."));
  const epoch = measured.at(-1)?.epoch;
  if (epoch === undefined) return undefined;
  const own = measured.filter((m) => m.epoch === epoch);
  return { epoch, rows: pressureRows(Object.fromEntries(own.map((m) => [m.name, m.value]))) };
}

/** Undefined where nothing in the run had a cost. */
export function costCurves(folder: string, record: RunRecord): CostCurves | undefined {
  const metrics = readMetrics(folder, record).filter((m) => m.split === "train");
  const names = new Set(
    metrics.flatMap(
      (m) =>
        /^cost(?:\.(.+))?$/
          .exec(m.name)
          ?.slice(1)
          .map((n) => n ?? "") ?? [],
    ),
  );
  if (names.size === 0) return undefined;
  const limits = existsSync(certificatePath(folder)) ? readCertificate(folder).costs : [];
  const costs = [...names].map((name): CostCurve => {
    const found = limits.find((l) => l.name === name || l.cost === name);
    const limit = found && found.requested / found.full;
    return { ...curveOf(metrics, name), ...(limit === undefined ? {} : { limit }) };
  });
  const pressure = lastPressure(metrics);
  return { costs, ...(pressure ? { pressure } : {}) };
}
