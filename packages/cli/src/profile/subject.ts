/** A model as it is reported: what was counted, and what follows from it for a device. */

import type { EnergyReport, Profile } from "@frugal/core/costs";
import type { Measurement } from "@frugal/core/evaluation";
import {
  type AsicEnergy,
  acceleratorEnergy,
  type EnergyRequest,
  energyRequest,
  tableEnergy,
} from "./energy.js";
import type { Explained } from "./explain.js";

/** A time that is predicted from counts, never measured. */
export interface LatencyEstimate {
  readonly method: "roofline" | "table" | "regressor";
  readonly device: string;
  readonly calibratedAt: string;
  readonly ms: number;
  /** Share of the time that comes from kernels that were measured. */
  readonly knownShare?: number;
  /** Mean relative error on kernels that were kept from it when the device was calibrated. */
  readonly heldOutError?: number;
}

export interface Subject {
  /** What stands above its column. */
  readonly name: string;
  readonly profile: Profile;
  /** What its arithmetic and traffic would take by each published table. */
  readonly energy: readonly EnergyReport[];
  /** On the accelerator that skips zeros; empty where nobody asked. */
  readonly asic: readonly AsicEnergy[];
  /** Empty where no device was calibrated. */
  readonly latency: readonly LatencyEstimate[];
  readonly measured?: Measurement;
  /** The answer to `--explain`. */
  readonly explained?: Explained;
}

/** What follows from the counts alone. */
export const subjectOf = (
  name: string,
  profile: Profile,
  request: EnergyRequest = energyRequest({}),
): Subject => ({
  name,
  profile,
  energy: tableEnergy(profile, request),
  asic: acceleratorEnergy(profile, request),
  latency: [],
});

/** The shortest ends of paths that tell the models apart. */
export function namesOf(paths: readonly string[]): readonly string[] {
  const parts = paths.map((p) => p.replace(/\.onnx(?=@|$)/, "").split(/[/\\]/));
  return parts.map((own, i) => {
    for (let n = 1; n < own.length; n++) {
      const name = own.slice(-n).join("/");
      if (parts.every((other, k) => k === i || other.slice(-n).join("/") !== name)) return name;
    }
    return own.join("/");
  });
}
