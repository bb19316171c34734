/** Calibrated devices as files: `$FRUGAL_HOME/devices/NAME.json`, else `~/.frugal/devices/NAME.json`. */

import { mkdirSync, readFileSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { UserError } from "@frugal/core/base";
import type { Device, LatencyRegressor, LookupTable } from "@frugal/core/costs";
import { discard, writeDurably } from "../run-store/files.js";
import { differences, type Fingerprint, fingerprint } from "./fingerprint.js";
import type { HeldOutErrors } from "./held-out.js";

/** What a calibration found, as it is kept. */
export interface Calibration {
  readonly format: 1;
  readonly name: string;
  /** ISO 8601. */
  readonly calibratedAt: string;
  readonly fingerprint: Fingerprint;
  readonly device: Device;
  readonly table: LookupTable;
  /** Learned from the same kernels. Absent in calibrations of earlier versions. */
  readonly regressor?: LatencyRegressor;
  /** Of each way to predict, on kernels that it had not seen. */
  readonly heldOut?: HeldOutErrors;
  /** Of the table: seconds spent, and what the profile adds to each node, which was taken off. */
  readonly recording: { readonly seconds: number; readonly profilingMs: number };
}

/** The device that is meant where none is named. */
export const DEFAULT_DEVICE = "this-machine";

const NAME = /^[A-Za-z0-9][\w.-]{0,63}$/;

/** Folder of calibrated devices. */
const deviceFolder = (env: Readonly<Record<string, string | undefined>> = process.env) =>
  join(env.FRUGAL_HOME || join(homedir(), ".frugal"), "devices");

/** @throws UserError for names that are no plain file name. */
export function devicePath(name: string): string {
  if (!NAME.test(name)) {
    throw new UserError("E_USAGE", `a device cannot be called ${JSON.stringify(name)}`, {
      where: "--name",
      allowed: "letters, digits, dots, dashes and underscores, at most 64",
    });
  }
  return join(deviceFolder(), `${name}.json`);
}

/** Writes a calibration as a whole or not at all, and gives its path. */
export function writeDevice(calibration: Calibration): string {
  const path = devicePath(calibration.name);
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(deviceFolder(), { recursive: true });
    writeDurably(temporary, `${JSON.stringify(calibration)}\n`);
    renameSync(temporary, path);
  } catch (cause) {
    discard(temporary);
    throw new UserError(
      "E_FILE",
      `the calibration cannot be written: ${(cause as Error).message}`,
      {
        where: path,
        allowed: "a folder that can be written to, on a disk with room",
        next: "name another folder in FRUGAL_HOME",
        cause,
      },
    );
  }
  return path;
}

const isPositive = (v: unknown): boolean => typeof v === "number" && Number.isFinite(v) && v > 0;

function isCalibration(value: unknown): value is Calibration {
  const c = value as Partial<Calibration> | null;
  const { device, table } = c ?? {};
  return (
    c?.format === 1 &&
    typeof c.fingerprint === "object" &&
    isPositive(device?.peakMacsPerSecond) &&
    isPositive(device?.bytesPerSecond) &&
    typeof device?.overheadMsPerKernel === "number" &&
    Array.isArray(table?.rows)
  );
}

function read(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new UserError(
      "E_FILE",
      missing ? "no such calibrated device" : (cause as Error).message,
      {
        where: path,
        next: 'measure this machine with "frugal doctor --calibrate"',
        cause,
      },
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface ReadDeviceOptions {
  /** Accepts a calibration of another machine or runtime, for comparisons; `differences` says what differs. */
  readonly anyMachine?: boolean;
}

export interface StoredDevice extends Calibration {
  /** What differs between the machine that was calibrated and this one; empty where it holds. */
  readonly differences: readonly string[];
}

/**
 * Reads a calibrated device.
 *
 * @throws UserError E_FILE where there is none, where the file is no calibration, and where it was made on another
 * machine or runtime and `anyMachine` is not set.
 */
export function readDevice(
  name: string = DEFAULT_DEVICE,
  { anyMachine = false }: ReadDeviceOptions = {},
): StoredDevice {
  const path = devicePath(name);
  const calibration = read(path);
  const next = 'measure this machine again with "frugal doctor --calibrate"';
  if (!isCalibration(calibration)) {
    throw new UserError("E_FILE", "the file is no calibration of this version", {
      where: path,
      next,
    });
  }
  const found = differences(calibration.fingerprint, fingerprint());
  if (found.length > 0 && !anyMachine) {
    throw new UserError("E_FILE", `${name} was calibrated elsewhere: ${found.join("; ")}`, {
      where: path,
      next,
    });
  }
  return { ...calibration, differences: found };
}
