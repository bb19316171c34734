/** Measures this machine once, for estimates of latency: its peak, bandwidth and overhead, and a table of kernels. */

import { fingerprint } from "./fingerprint.js";
import { heldOutErrors, regressorOf } from "./held-out.js";
import { measureRates } from "./rates.js";
import { recordTable } from "./record.js";
import { type Calibration, DEFAULT_DEVICE } from "./store.js";

export { type Fingerprint, fingerprint } from "./fingerprint.js";
export {
  type Calibration,
  DEFAULT_DEVICE,
  devicePath,
  type ReadDeviceOptions,
  readDevice,
  type StoredDevice,
  writeDevice,
} from "./store.js";

export interface CalibrateOptions {
  /** Default "this-machine". */
  readonly name?: string;
  readonly provider?: string;
  readonly threads?: number;
  /** For the table of kernels. Default 60. */
  readonly seconds?: number;
  /** Repetitions of each rate. Default 7. */
  readonly rounds?: number;
  readonly progress?: (line: string) => void;
}

/** Measures; nothing is written. */
export async function calibrate(options: CalibrateOptions = {}): Promise<Calibration> {
  const { name = DEFAULT_DEVICE, provider = "cpu", threads = 1, seconds = 60 } = options;
  const { rounds = 7, progress = () => {} } = options;
  const setting = { provider, threads };
  progress("measuring peak, bandwidth and overhead");
  const { baseMs, ...measured } = await measureRates(setting, rounds);
  const recording = await recordTable(setting, { seconds, baseMs, progress });
  const device = {
    ...{ name, provider, threads, measured },
    peakMacsPerSecond: measured.macsPerSecond.median,
    bytesPerSecond: measured.bytesPerSecond.median,
    overheadMsPerKernel: measured.overheadMsPerKernel.median,
  };
  const heldOut = heldOutErrors(recording.timed, device);
  return {
    format: 1,
    name,
    calibratedAt: new Date().toISOString(),
    fingerprint: fingerprint(),
    device,
    regressor: regressorOf(name, recording.rows),
    ...(heldOut ? { heldOut } : {}),
    table: { format: 1, name, rows: recording.rows, baseMs, overheadMsPerKernel: 0 },
    recording: { seconds: recording.seconds, profilingMs: recording.profilingMs },
  };
}
