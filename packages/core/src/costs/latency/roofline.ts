/** The roofline: a kernel takes as long as its products or its traffic, whichever is longer, and what starting it costs. */

import { type Milliseconds, milliseconds } from "../../base/index.js";
import type { Ledger } from "../ledger.js";
import type { Device } from "./device.js";
import { type Kernel, kernelsOf } from "./kernels.js";

/** Milliseconds of the products and of the traffic of one kernel. */
function boundsOf(kernel: Kernel, device: Device): { compute: number; memory: number } {
  return {
    compute: (1e3 * kernel.macs) / device.peakMacsPerSecond,
    memory: (1e3 * (kernel.bytesRead + kernel.bytesWritten)) / device.bytesPerSecond,
  };
}

/** max(compute, memory) + overhead, in milliseconds. */
export function kernelRoofline(kernel: Kernel, device: Device): number {
  const { compute, memory } = boundsOf(kernel, device);
  return Math.max(compute, memory) + device.overheadMsPerKernel;
}

/**
 * Roofline of a ledger, kernel after kernel, nothing overlapping:
 * sum over kernels of max(macs / peak, bytes / bandwidth) + overhead.
 *
 * Without a calibrated device it is a bound, not a prediction: no kernel reaches the peak at all shapes.
 *
 * @returns milliseconds.
 * @see Williams, Waterman and Patterson, Roofline (CACM 52(4), 2009).
 * @example
 * const x = input("x", [1, 1000]);
 * const ledger = ledgerOf(buildGraph({ y: matmul(x, input("w", [1000, 1000])) }));
 * const device = { ...nominalDevice, peakMacsPerSecond: 1e9, bytesPerSecond: 1e9, overheadMsPerKernel: 0.5 };
 * // 1e6 products take 1 ms, 4 * 1,002,000 bytes take 4.008 ms.
 * rooflineLatency(ledger, device) // 4.508
 */
export const rooflineLatency = (ledger: Ledger, device: Device): Milliseconds =>
  milliseconds(kernelsOf(ledger).reduce((sum, k) => sum + kernelRoofline(k, device), 0));

/**
 * The optimistic bound: all traffic hidden behind all products, or the other way round, and no overhead:
 * max(sum of macs / peak, sum of bytes / bandwidth). Never above `rooflineLatency`.
 *
 * @returns milliseconds.
 * @example
 * const ledger = ledgerOf(buildGraph({ y: matmul(input("x", [1, 784]), input("w", [784, 10])) }));
 * rooflineBound(ledger, nominalDevice) <= rooflineLatency(ledger, nominalDevice) // true
 */
export function rooflineBound(ledger: Ledger, device: Device): Milliseconds {
  let [compute, memory] = [0, 0];
  for (const kernel of kernelsOf(ledger)) {
    const bounds = boundsOf(kernel, device);
    compute += bounds.compute;
    memory += bounds.memory;
  }
  return milliseconds(Math.max(compute, memory));
}
