/** Every indicator of cost that models are ranked by. */

import { flopsOf, macs } from "../../base/index.js";
import { rooflineLatency } from "../../costs/index.js";
import { counted, type Indicator, measured, modelled } from "./indicator.js";

export type IndicatorName =
  | "parameters"
  | "activeParameters"
  | "parameterUses"
  | "weightBytes"
  | "macs"
  | "validMacs"
  | "flops"
  | "otherOps"
  | "activations"
  | "peakActivationBytes"
  | "bytesMoved"
  | "trainingBytes"
  | "kernels"
  | "criticalPathKernels"
  | "criticalPathMacs"
  | "energy45"
  | "energy7"
  | "rooflineMs"
  | "meanMs"
  | "p50Ms"
  | "p95Ms"
  | "p99Ms"
  | "sampleMs"
  | "joules";

/**
 * The indicators by name; each is a cost, less is better.
 *
 * @example
 * indicators.macs.title // "MACs"
 */
export const indicators: Readonly<Record<IndicatorName, Indicator>> = {
  parameters: counted("parameters", "numbers", "parameters"),
  activeParameters: counted("active parameters", "numbers", "activeParameters"),
  parameterUses: counted("parameter uses", "numbers", "parameterUses"),
  weightBytes: counted("weight bytes", "B", "weightBytes"),
  macs: counted("MACs", "MACs", "macs"),
  validMacs: counted("MACs without padding", "MACs", "validMacs"),
  flops: {
    title: "FLOPs",
    unit: "FLOPs",
    better: "less",
    source: "counted",
    value: (f) =>
      f.macs === undefined
        ? { missing: "there is no file to count" }
        : { value: flopsOf(macs(f.macs)) },
  },
  otherOps: counted("other operations", "ops", "otherOps"),
  activations: counted("activations", "numbers", "activations"),
  peakActivationBytes: counted("peak activation memory", "B", "peakActivationBytes"),
  bytesMoved: counted("bytes moved", "B", "bytesMoved"),
  trainingBytes: counted("training memory (Adam)", "B", "trainingBytes"),
  kernels: counted("kernels", "kernels", "kernels"),
  criticalPathKernels: counted("kernels in sequence", "kernels", "criticalPathKernels"),
  criticalPathMacs: counted("MACs in sequence", "MACs", "criticalPathMacs"),
  energy45: modelled("energy, 45 nm, float32", "J", "energy45"),
  energy7: modelled("energy, 7 nm, float16", "J", "energy7"),
  rooflineMs: {
    title: "roofline latency",
    unit: "ms",
    better: "less",
    source: "modelled",
    on(device, { model: { profile } }) {
      if (profile === undefined) return { missing: "there is no file to count" };
      return { value: rooflineLatency(profile.ledger, device) };
    },
  },
  meanMs: measured("mean latency", "ms", (row) => row.meanMs),
  p50Ms: measured("p50 latency", "ms", (row) => row.p50Ms),
  p95Ms: measured("p95 latency", "ms", (row) => row.p95Ms),
  p99Ms: measured("p99 latency", "ms", (row) => row.p99Ms),
  sampleMs: measured("time per sample", "ms", (row) => row.sampleMs),
  joules: measured("measured energy", "J", (row) => row.joules),
};

export const indicatorNames = Object.keys(indicators) as readonly IndicatorName[];
