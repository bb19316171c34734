/** The device whose roofline a page draws: a calibrated one, or round numbers that say that they are. */

import type { Roof } from "./page/roofline.js";

/** One core with eight multiply-accumulates a cycle for each of two units at about 3 GHz, one channel of memory. */
const nominal: Roof = {
  name: "a nominal processor core (round numbers, nothing measured)",
  peakMacsPerSecond: 5e10,
  bytesPerSecond: 2e10,
};

export const roofOf = (): Roof => nominal;
