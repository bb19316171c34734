/** A model as it is reported: what was counted, and what follows from it for a device. */

import {
  type AbsoluteTableName,
  type EnergyReport,
  energyTableNames,
  energyTables,
  modelledEnergy,
  type Profile,
} from "@frugal/core/costs";
import type { Measurement } from "@frugal/core/evaluation";

import type { Explained } from "./explain.js";

/** A time that is predicted from counts, never measured. */
export interface LatencyEstimate {
  readonly method: "roofline" | "table";
  readonly device: string;
  readonly calibratedAt: string;
  readonly ms: number;
  /** Share of the time that comes from kernels that were measured. */
  readonly knownShare?: number;
}

export interface Subject {
  /** What stands above its column. */
  readonly name: string;
  readonly profile: Profile;
  /** What its arithmetic and traffic would take by each published table. */
  readonly energy: readonly EnergyReport[];
  /** Empty where no device was calibrated. */
  readonly latency: readonly LatencyEstimate[];
  readonly measured?: Measurement;
  /** The answer to `--explain`. */
  readonly explained?: Explained;
}

/** What follows from the counts alone. */
export function subjectOf(name: string, profile: Profile): Subject {
  const tables = energyTableNames.filter(
    (table): table is AbsoluteTableName => energyTables[table].unit === "pJ",
  );
  return {
    name,
    profile,
    energy: tables.map((table) => modelledEnergy(profile, { table })),
    latency: [],
  };
}

/** The shortest ends of paths that tell the models apart. */
export function namesOf(paths: readonly string[]): readonly string[] {
  const parts = paths.map((p) => p.replace(/\.onnx$/, "").split(/[/\\]/));
  return parts.map((own, i) => {
    for (let n = 1; n < own.length; n++) {
      const name = own.slice(-n).join("/");
      if (parts.every((other, k) => k === i || other.slice(-n).join("/") !== name)) return name;
    }
    return own.join("/");
  });
}
