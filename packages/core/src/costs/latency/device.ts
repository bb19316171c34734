/** A device as the roofline sees it: three numbers, and where they come from. */

/** A measured quantity: the median and the range of the repetitions. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly samples: number;
}

export interface Device {
  readonly name: string;
  /** Multiply-accumulates per second at most. */
  readonly peakMacsPerSecond: number;
  readonly bytesPerSecond: number;
  /** What starting one kernel costs, however small it is. */
  readonly overheadMsPerKernel: number;
  readonly threads: number;
  /** Execution provider of the engine. */
  readonly provider: string;
  /** Absent: nominal, not calibrated. */
  readonly measured?: Readonly<
    Record<"macsPerSecond" | "bytesPerSecond" | "overheadMsPerKernel", Spread>
  >;
}

/**
 * One core of a processor with 256-bit vectors at 3 GHz: two fused multiply-adds of eight floats a cycle, 10 GB/s, 2
 * microseconds a kernel. Nominal, not calibrated: for orders of magnitude and as a default; `frugal doctor --calibrate`
 * measures the machine at hand.
 */
export const nominalDevice: Device = {
  name: "nominal core (not calibrated)",
  peakMacsPerSecond: 3e9 * 2 * 8,
  bytesPerSecond: 10e9,
  overheadMsPerKernel: 0.002,
  threads: 1,
  provider: "cpu",
};
