/** The devices whose rooflines are compared: those that are named, else this machine, if it was calibrated. */

import { existsSync } from "node:fs";
import { UserError } from "@frugal/core/base";
import type { Device } from "@frugal/core/costs";
import { DEFAULT_DEVICE, devicePath, readDevice } from "../calibrate/index.js";

/**
 * Calibrated devices by name. Those of other machines are taken: to compare machines is what they are for here.
 *
 * @throws UserError for names that are given twice, and where there is no such calibration.
 */
export function devicesOf(
  names: readonly string[] | undefined,
  { note }: { readonly note: (text: string) => void },
): readonly Device[] {
  if (names === undefined) {
    if (!existsSync(devicePath(DEFAULT_DEVICE))) return [];
    const { device, differences } = readDevice(DEFAULT_DEVICE, { anyMachine: true });
    if (differences.length === 0) return [device];
    note(`the calibration of this machine no longer holds (${differences.join("; ")})`);
    return [];
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new UserError("E_USAGE", `--device ${twice} is given twice`, {
      allowed: "each device once",
      next: "leave one of them out",
    });
  }
  return names.map((name) => ({ ...readDevice(name, { anyMachine: true }).device, name }));
}
