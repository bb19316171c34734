/** The device whose roof bounds the models: a calibrated one, or the nominal one, which says that it is. */

import { existsSync } from "node:fs";
import { UserError } from "@frugal/core/base";
import {
  type Device,
  lookupPredictor,
  nominalDevice,
  type Profile,
  predictLatency,
  regressorPredictor,
  rooflineLatency,
} from "@frugal/core/costs";
import type { StoredDevice } from "../calibrate/store.js";
import type { LatencyEstimate } from "./subject.js";

export interface ChosenDevice {
  readonly device: Device;
  /** Absent: nominal, nothing was measured. */
  readonly stored?: StoredDevice;
  /** Why a calibration that is there was not used, or what is doubtful about it. */
  readonly note?: string;
}

const nominal: ChosenDevice = { device: nominalDevice };

/** The named device; without a name that of this machine, if it was calibrated. */
export async function chosenDevice(name: string | undefined): Promise<ChosenDevice> {
  // The store knows the runtime, which takes its time to load.
  const { DEFAULT_DEVICE, devicePath, readDevice } = await import("../calibrate/store.js");
  if (name !== undefined) {
    const stored = readDevice(name, { anyMachine: true });
    const { differences } = stored;
    const note = `device ${name} is not this machine: ${differences.join("; ")}`;
    return { device: stored.device, stored, ...(differences.length > 0 ? { note } : {}) };
  }
  if (!existsSync(devicePath(DEFAULT_DEVICE))) return nominal;
  try {
    const stored = readDevice();
    return { device: stored.device, stored };
  } catch (error) {
    // Who did not ask for a device gets the counts.
    if (!(error instanceof UserError)) throw error;
    return { ...nominal, note: `${error.what}: no latency is predicted` };
  }
}

/** What a calibrated device would take by its roof, and by its table of kernels. */
export function latencyOf(profile: Profile, { stored }: ChosenDevice): readonly LatencyEstimate[] {
  if (!stored) return [];
  const { device, table, regressor, heldOut, calibratedAt, name } = stored;
  const fallback = { fallback: device };
  const predicted = predictLatency(profile.ledger, lookupPredictor(table, fallback));
  const estimate = (method: LatencyEstimate["method"], ms: number): LatencyEstimate => ({
    ...{ method, device: name, calibratedAt, ms },
    ...(heldOut ? { heldOutError: heldOut[method] } : {}),
  });
  return [
    estimate("roofline", rooflineLatency(profile.ledger, device)),
    { ...estimate("table", predicted.ms), knownShare: predicted.coverage.time },
    ...(regressor
      ? [
          estimate(
            "regressor",
            table.baseMs +
              predictLatency(profile.ledger, regressorPredictor(regressor, fallback)).ms,
          ),
        ]
      : []),
  ];
}
