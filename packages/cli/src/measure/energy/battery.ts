/** Energy of a whole laptop by the power that its battery gives, while nothing else feeds it. */

import { join } from "node:path";
import type { EnergyCounter, EnergySource } from "./counter.js";
import { namesIn, numberOf, textOf } from "./sysfs.js";

interface Battery {
  readonly name: string;
  readonly folder: string;
}

function batteriesIn(folder: string): Battery[] {
  return (
    namesIn(folder)
      .map((name) => ({ name, folder: join(folder, name) }))
      .filter((b) => textOf(join(b.folder, "type")) === "Battery")
      // "Device": of a mouse or a keyboard.
      .filter((b) => textOf(join(b.folder, "scope")) !== "Device")
  );
}

const isDischarging = (b: Battery): boolean => textOf(join(b.folder, "status")) === "Discharging";

/** Watts now; the files are in millionths, and some drivers give a discharge a minus sign. */
function watts({ folder }: Battery): number | undefined {
  const power = numberOf(join(folder, "power_now"));
  if (power !== undefined) return Math.abs(power) / 1e6;
  const current = numberOf(join(folder, "current_now"));
  const voltage = numberOf(join(folder, "voltage_now"));
  if (current === undefined || voltage === undefined) return undefined;
  return (Math.abs(current) / 1e6) * (voltage / 1e6);
}

/** All of them together; undefined where one does not tell. */
function totalWatts(batteries: readonly Battery[]): number | undefined {
  let sum = 0;
  for (const battery of batteries) {
    const power = watts(battery);
    if (power === undefined) return undefined;
    sum += power;
  }
  return sum;
}

function openCounter(batteries: readonly Battery[]): EnergyCounter {
  let fault: string | undefined;
  let first: number | undefined;
  let lastMs = 0;
  let lastWatts = 0;
  let changedMs = 0;
  let joules = 0;
  let updates = 0;
  let leastStep = Number.POSITIVE_INFINITY;
  let largestStep = 0;
  const name = batteries.map((b) => b.name).join(" + ");
  return {
    sample(nowMs) {
      const now = totalWatts(batteries);
      if (now === undefined || !batteries.every(isDischarging)) {
        fault ??= "the battery stopped discharging while it was measured";
        return;
      }
      if (first !== undefined) joules += (((lastWatts + now) / 2) * (nowMs - lastMs)) / 1000;
      if (first !== undefined && now !== lastWatts) {
        // The power of the time between two updates is known to this energy at best.
        const step = (now * (nowMs - changedMs)) / 1000;
        updates++;
        leastStep = Math.min(leastStep, step);
        largestStep = Math.max(largestStep, step);
        changedMs = nowMs;
      }
      if (first === undefined) changedMs = nowMs;
      first ??= nowMs;
      lastMs = nowMs;
      lastWatts = now;
    },
    read: () => ({
      ...(fault === undefined ? {} : { fault }),
      joules,
      seconds: (lastMs - (first ?? lastMs)) / 1000,
      updates,
      leastStep,
      largestStep,
      domains: [{ name, joules, inSum: true }],
    }),
  };
}

/** Power times time, by the trapezoid between looks. `root` stands for /sys. */
export function batterySource(root: string): EnergySource {
  const folder = join(root, "class", "power_supply");
  const all = batteriesIn(folder);
  if (all.length === 0) return { available: false, reason: `no battery in ${folder}` };
  const discharging = all.filter(isDischarging);
  if (discharging.length === 0) {
    return {
      available: false,
      reason: "the battery is not discharging: unplug the machine to measure by it",
    };
  }
  if (totalWatts(discharging) === undefined) {
    const reason = `the battery ${discharging[0]!.name} tells neither power_now nor current_now and voltage_now`;
    return { available: false, reason };
  }
  return { available: true, method: "battery", open: () => openCounter(discharging) };
}
