/** What a calibration holds for: the processor, its memory and the runtime. On anything else its times are wrong. */

import { availableParallelism, cpus, totalmem } from "node:os";
import { runtimeVersion } from "@frugal/engine";

export interface Fingerprint {
  readonly cpu: string;
  readonly cores: number;
  readonly arch: string;
  readonly platform: string;
  /** Rounded: virtual machines of one kind differ by a few pages. */
  readonly memoryGigabytes: number;
  readonly runtime: string;
}

export const fingerprint = (): Fingerprint => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
  arch: process.arch,
  platform: process.platform,
  memoryGigabytes: Math.round(totalmem() / 1e9),
  runtime: runtimeVersion(),
});

/**
 * What differs, one line each; none where a calibration holds.
 *
 * @example
 * const here = fingerprint();
 * differences({ ...here, cores: 99 }, here).length // 1
 */
export const differences = (then: Fingerprint, now: Fingerprint): readonly string[] =>
  (Object.keys(now) as (keyof Fingerprint)[])
    .filter((key) => then[key] !== now[key])
    .map((key) => `${key}: calibrated on ${then[key] ?? "nothing known"}, here ${now[key]}`);
