/** Checks of the numbers that optimisers and schedules are given. */

import { UserError } from "../base/index.js";

/** Throws unless low <= value < high for every named number. */
export function requireRange(
  owner: string,
  numbers: Readonly<Record<string, readonly [value: number, low: number, high: number]>>,
): void {
  for (const [name, [value, low, high]] of Object.entries(numbers)) {
    if (value >= low && value < high) continue;
    throw new UserError("E_CONFIG", `${name} is ${value}`, {
      where: owner,
      allowed: high === Infinity ? `a finite number >= ${low}` : `${low} <= ${name} < ${high}`,
    });
  }
}
