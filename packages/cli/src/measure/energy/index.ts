/** Energy, measured or not at all: the first source that is there, or why none is. */

import { batterySource } from "./battery.js";
import type { EnergySource } from "./counter.js";
import { raplSource } from "./rapl.js";

export { type EnergyCounter, type EnergySource, energyOf } from "./counter.js";

/** Counters of the processor are preferred: the battery sees the screen too, and moves slowly. */
const sources = [raplSource, batterySource] as const;

export function energySource(root = "/sys"): EnergySource {
  const reasons: string[] = [];
  for (const open of sources) {
    const source = open(root);
    if (source.available) return source;
    reasons.push(source.reason);
  }
  return { available: false, reason: reasons.join("; ") };
}
