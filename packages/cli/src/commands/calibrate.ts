/** frugal doctor --calibrate: measures this machine and keeps what it found. */

import type { Spread } from "@frugal/core/costs";
import { type ExitCode, exitCodes } from "../app/exit.js";
import type { Terminal } from "../app/terminal.js";
import { calibrate, DEFAULT_DEVICE, devicePath, writeDevice } from "../calibrate/index.js";

const three = (v: number): string => String(Number(v.toPrecision(3)));

/** Median with the range of the repetitions, in a unit. */
const line = (name: string, s: Spread, factor: number, unit: string): string =>
  `${name.padEnd(20)}${three(s.median * factor)} ${unit} (${three(s.low * factor)} to ${three(s.high * factor)}, ${s.samples} repetitions)`;

export async function calibrateMachine(
  name: string = DEFAULT_DEVICE,
  terminal: Terminal,
): Promise<ExitCode> {
  // A bad name should not cost a minute.
  devicePath(name);
  terminal.note("calibrating takes one to two minutes; leave the machine alone meanwhile");
  const found = await calibrate({ name, progress: (text) => terminal.progress(text) });
  const path = writeDevice(found);
  terminal.clearProgress();
  const { device, table, recording, heldOut } = found;
  const families = new Map<string, number>();
  for (const { family } of table.rows) families.set(family, (families.get(family) ?? 0) + 1);
  terminal.document({
    path,
    ...{
      name,
      calibratedAt: found.calibratedAt,
      fingerprint: found.fingerprint,
      device,
      recording,
    },
    ...(heldOut ? { heldOut } : {}),
    table: {
      rows: table.rows.length,
      families: Object.fromEntries(families),
      baseMs: table.baseMs,
    },
  });
  terminal.result(`${found.fingerprint.cpu}, ${device.provider}, ${device.threads} thread`);
  const { measured } = device;
  if (measured) {
    terminal.result(line("peak", measured.macsPerSecond, 1e-9, "GMAC/s"));
    terminal.result(line("bandwidth", measured.bytesPerSecond, 1e-9, "GB/s"));
    terminal.result(line("overhead a kernel", measured.overheadMsPerKernel, 1e3, "us"));
  }
  terminal.result(`${"overhead a run".padEnd(20)}${three(table.baseMs * 1e3)} us`);
  const counts = [...families].map(([family, n]) => `${family} ${n}`).join(", ");
  terminal.result(`${"kernels in the table".padEnd(20)} ${table.rows.length}: ${counts}`);
  if (heldOut) {
    const errors = (["roofline", "table", "regressor"] as const)
      .map((method) => `${method} ${three(100 * heldOut[method])} %`)
      .join(", ");
    terminal.result(
      `${"held-out error".padEnd(20)}${errors}: mean over ${heldOut.kernels} kernels not shown to them`,
    );
  }
  terminal.result(`${"written to".padEnd(20)}${path}`);
  terminal.next("frugal profile model.onnx");
  return exitCodes.done;
}
