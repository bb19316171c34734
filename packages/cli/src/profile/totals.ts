/** Every total that is printed: what it is called, its unit, where it comes from, and what to say about it. */

import {
  type ElementKind,
  energyPrecisions,
  energyTableNames,
  energyTables,
  type MacKind,
  type Profile,
} from "@frugal/core/costs";
import type { Measurement } from "@frugal/core/evaluation";
import { share, short } from "./amounts.js";
import type { AsicEnergy } from "./energy.js";
import type { LatencyEstimate, Subject } from "./subject.js";

export type TotalUnit = "count" | "bytes" | "joules" | "milliseconds" | "ratio";

export interface Total {
  readonly label: string;
  readonly unit: TotalUnit;
  /** Undefined where it is not known for a model: the row is left out, or a dash in a column. */
  readonly value: (subject: Subject) => number | undefined;
  readonly note?: (subject: Subject) => string | undefined;
}

export interface TotalGroup {
  readonly title: string;
  readonly totals: readonly Total[];
}

const kindNames: Readonly<Record<MacKind, string>> = {
  conv: "conv",
  linear: "linear",
  matmul: "activations",
  recurrent: "recurrent",
};

const elementNames: Readonly<Record<ElementKind, string>> = {
  biasAdds: "bias",
  batchNorm: "batch norm",
  layerNorm: "layer norm",
  groupNorm: "group norm",
  activation: "activation functions",
  softmax: "softmax",
  maxPoolIn: "max pooling",
  maxPoolOut: "",
  avgPoolIn: "average pooling",
  avgPoolOut: "",
  add: "additions",
  mul: "products",
  elementwise: "other elementwise",
  reduction: "reductions",
  resample: "resampling",
};

function macsByKind({ macs, macsByKind }: Profile): string {
  const parts = (Object.keys(kindNames) as MacKind[])
    .filter((kind) => macsByKind[kind] > 0)
    .map((kind) => `${kindNames[kind]} ${share(macsByKind[kind], macs)}`);
  return parts.join(", ");
}

/** The largest classes by the elements that they touch. */
function mostElements({ elements }: Profile): string {
  const list = (Object.keys(elementNames) as ElementKind[])
    .filter((kind) => elementNames[kind] !== "" && elements[kind] > 0)
    .sort((a, b) => elements[b] - elements[a])
    .slice(0, 3);
  return list.length === 0
    ? ""
    : `elements: ${list.map((kind) => `${elementNames[kind]} ${short(elements[kind])}`).join(", ")}`;
}

const count = (
  label: string,
  value: (p: Profile) => number | undefined,
  note?: (p: Profile) => string | undefined,
): Total => ({
  label,
  unit: "count",
  value: ({ profile }) => value(profile),
  ...(note ? { note: ({ profile }) => note(profile) } : {}),
});

const size = (...args: Parameters<typeof count>): Total => ({ ...count(...args), unit: "bytes" });

export const totalGroups: readonly TotalGroup[] = [
  {
    title: "Arithmetic",
    totals: [
      count("MACs", (p) => p.macs, macsByKind),
      count(
        "FLOPs",
        (p) => p.flops,
        () => "1 MAC = 2 FLOPs",
      ),
      count(
        "MACs, valid taps only",
        (p) => p.validMacs,
        (p) =>
          p.validMacs === p.macs
            ? "no padding"
            : `${share(p.macs - p.validMacs, p.macs)} is padding`,
      ),
      count("other operations", (p) => p.otherOps, mostElements),
      count(
        "MACs in a chain",
        (p) => p.criticalPathMacs,
        (p) => `${share(p.criticalPathMacs, p.macs)} cannot run side by side`,
      ),
      count(
        "kernels",
        (p) => p.kernels,
        (p) => `${p.criticalPathKernels} wait for one another`,
      ),
    ],
  },
  {
    title: "Parameters",
    totals: [
      count(
        "parameters",
        (p) => p.parameters,
        () => "each counted once",
      ),
      count(
        "uses of parameters",
        (p) => p.parameterUses,
        (p) => reuse(p),
      ),
      count(
        "active in one run",
        (p) => p.activeParameters,
        (p) => `${share(p.activeParameters, p.parameters)} are read`,
      ),
      count(
        "exactly zero",
        (p) => p.zeroParameters,
        (p) => (p.zeroParameters ? `${share(p.zeroParameters, p.parameters)} of them` : undefined),
      ),
      count(
        "buffers",
        (p) => (p.buffers === 0 ? undefined : p.buffers),
        () => "stored, not trained",
      ),
    ],
  },
  {
    title: "Memory",
    totals: [
      size(
        "weights",
        (p) => p.weightBytes,
        () => "buffers too, as stored",
      ),
      count(
        "activations",
        (p) => p.activations,
        () => "outputs of all products",
      ),
      size(
        "peak activations",
        (p) => p.peakActivationBytes,
        (p) => `schedule ${p.schedule}`,
      ),
      size(
        "activations in all",
        (p) => p.allocatedBytes,
        () => "sum of all allocations",
      ),
    ],
  },
  {
    title: "Training, one step",
    totals: [
      count(
        "MACs, training",
        (p) => p.training.macs,
        (p) =>
          p.macs === 0 ? undefined : `${short(p.training.macs / p.macs)} times the forward pass`,
      ),
      count("FLOPs, training", (p) => p.training.flops),
      size(
        "kept for backward",
        (p) => p.training.keptBytes,
        () => "activations and inputs",
      ),
      size("gradients", (p) => p.training.gradientBytes),
      size(
        "memory with SGD",
        (p) => p.training.totalBytes.sgd,
        () => "weights, gradients, state, kept",
      ),
      size("memory with momentum", (p) => p.training.totalBytes.momentum),
      size("memory with Adam", (p) => p.training.totalBytes.adam),
    ],
  },
  {
    title: "Traffic",
    totals: [
      size(
        "bytes moved",
        (p) => p.bytesMoved,
        () => "every operand once",
      ),
      {
        label: "arithmetic intensity",
        unit: "ratio",
        value: ({ profile: p }) => (p.bytesMoved === 0 ? undefined : p.macs / p.bytesMoved),
        note: () => "MACs for each byte",
      },
    ],
  },
  { title: "Energy of one run, modelled, not measured", totals: energyTotals() },
  {
    title: "Latency of one run, predicted, not measured",
    totals: [
      {
        label: "roofline",
        unit: "milliseconds",
        value: (s) => estimate(s, "roofline")?.ms,
        note: (s) => `${estimate(s, "roofline")?.device}: a bound${heldOut(s, "roofline")}`,
      },
      {
        label: "table of kernels",
        unit: "milliseconds",
        value: (s) => estimate(s, "table")?.ms,
        note: (s) => known(estimate(s, "table")?.knownShare ?? 0) + heldOut(s, "table"),
      },
      {
        label: "regressor",
        unit: "milliseconds",
        value: (s) => estimate(s, "regressor")?.ms,
        note: (s) => `learned from kernels${heldOut(s, "regressor")}`,
      },
    ],
  },
];

/** Extrapolation is no prediction, and says so. */
const known = (part: number): string =>
  part < 0.5 ? `extrapolated: ${share(part, 1)} known` : `${share(part, 1)} known`;

const estimate = ({ latency }: Subject, method: LatencyEstimate["method"]) =>
  latency.find((l) => l.method === method);

/** How far it was from kernels that it had not seen. */
function heldOut(s: Subject, method: LatencyEstimate["method"]): string {
  const error = estimate(s, method)?.heldOutError;
  return error === undefined ? "" : `; held-out error ${share(error, 1)}`;
}

const milliseconds = (label: string, value: (m: Measurement) => number | undefined): Total => ({
  label,
  unit: "milliseconds",
  value: ({ measured }) => measured && value(measured),
});

const percentile = (name: "p50" | "p90" | "p95" | "p99"): Total =>
  milliseconds(name, ({ percentiles: { [name]: p } }) => ("ms" in p ? p.ms : undefined));

/** Times of several models side by side; of one, the report says more. */
export const measuredGroup: TotalGroup = {
  title: "Time, measured",
  totals: [
    milliseconds("mean", (m) => m.meanMs),
    ...(["p50", "p90", "p95", "p99"] as const).map(percentile),
    milliseconds("session start", (m) => m.sessionStartMs),
    milliseconds("first run", (m) => m.firstRunMs),
    {
      label: "peak memory",
      unit: "bytes",
      value: ({ measured }) => measured?.peakMemoryBytes,
    },
  ],
};

/** One row for each table at each precision, and for each mode of the accelerator: those that were asked for have values. */
function energyTotals(): readonly Total[] {
  const tables = energyTableNames.flatMap((name) => {
    const table = energyTables[name];
    if (table.unit !== "pJ") return [];
    return energyPrecisions.map((precision): Total => {
      const found = ({ energy }: Subject) =>
        energy.find((e) => e.table === name && e.precision === precision);
      return {
        label: `${table.processNm} nm, ${precision}`,
        unit: "joules",
        value: (s) => found(s)?.totalJ,
        note: (s) => {
          const e = found(s);
          return e && e.totalJ > 0 ? `memory ${share(e.memoryJ, e.totalJ)} (${name})` : undefined;
        },
      };
    });
  });
  const modes = (["reference", "corrected"] as const).map((mode): Total => {
    const found = ({ asic }: Subject) => asic.find((a) => a.mode === mode);
    return {
      label: `skips zeros, ${mode}`,
      unit: "joules",
      value: (s) => found(s)?.joules,
      note: (s) => asicNote(found(s)),
    };
  });
  return [...tables, ...modes];
}

function asicNote(found: AsicEnergy | undefined): string | undefined {
  if (!found) return undefined;
  const of = found.batch === 1 ? "" : found.mode === "corrected" ? "a sample; " : "the batch; ";
  const zeros = found.density === 1 ? "dense" : `density ${found.density} assumed`;
  return `${of}${found.ratio.toFixed(3)} of no skipping, ${zeros}`;
}

function reuse({ parameterUses: uses, parameters }: Profile): string | undefined {
  if (parameters === 0) return undefined;
  return uses === parameters ? "each once" : `${(uses / parameters).toFixed(2)} times each`;
}
