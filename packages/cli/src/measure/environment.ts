/** The machine while it measures: what makes one result differ from another. */

import { availableParallelism, cpus, loadavg, platform, release, totalmem } from "node:os";
import { join } from "node:path";
import type { MeasurementEnvironment } from "@frugal/core/evaluation";
import { textOf } from "./energy/sysfs.js";

/** Cores by the quota of the container's group; null without one. */
function coreLimit(sysRoot: string): number | null {
  const [quota, period] = (textOf(join(sysRoot, "fs/cgroup/cpu.max")) ?? "").split(" ").map(Number);
  return quota !== undefined && period !== undefined && quota > 0 && period > 0
    ? quota / period
    : null;
}

/** Load of the last minute; systems without one show zeros for all three. */
const load = (): number | null => {
  const averages = loadavg();
  return platform() === "win32" ? null : averages[0]!;
};

export interface EnvironmentProbe {
  finish(versions: Readonly<Record<string, string>>): MeasurementEnvironment;
  warnings(threads: number): string[];
}

/** Looks at once, and again when it is finished. */
export function probeEnvironment(sysRoot = "/sys"): EnvironmentProbe {
  const before = load();
  const governorFile = "devices/system/cpu/cpu0/cpufreq/scaling_governor";
  const governor = textOf(join(sysRoot, governorFile)) ?? null;
  const cores = availableParallelism();
  return {
    finish(versions) {
      const after = load();
      return {
        cpu: cpus()[0]?.model ?? "unknown",
        cores,
        memoryBytes: totalmem(),
        loadAverage: before === null || after === null ? null : { before, after },
        governor,
        platform: `${platform()} ${release()} ${process.arch}`,
        coreLimit: coreLimit(sysRoot),
        versions: { node: process.versions.node, ...versions },
      };
    },
    warnings(threads) {
      const busy =
        before !== null && before + threads > cores + 0.5
          ? [
              `the machine was busy before the measurement (load ${before.toFixed(2)} on ${cores} cores)`,
            ]
          : [];
      const slow =
        governor !== null && governor !== "performance"
          ? [
              `the frequency governor is "${governor}": the clock of the cores changes with the load`,
            ]
          : [];
      return [...busy, ...slow];
    },
  };
}
