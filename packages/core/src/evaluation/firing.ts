/** How much of a trained network fires on a data set, and what a zero-skipping accelerator spends on it: counted, not assumed. */

import {
  type FiringReport,
  firingName,
  firingReport,
  forInference,
  leafOutputs,
  pickState,
  type Split,
  type TracedExits,
} from "../adaptive/index.js";
import { UserError } from "../base/index.js";
import {
  type AsicLeafKind,
  type AsicMode,
  type AsicRecord,
  type AsicReport,
  asicCounting,
  asicEnergy,
  countedRecords,
  nonZeroPerSample,
} from "../costs/index.js";
import type { Engine } from "../engine/index.js";
import { buildGraph, inputName, type Value } from "../graph/index.js";
import { type HostTensor, tensor } from "../tensor/index.js";
import type { EvaluationData } from "./data.js";
import { type Interval, summariseSeeds } from "./intervals.js";

/** Version of the format of `eval/<split>-firing.json`. */
export const FIRING_FORMAT = 1;

/** Batch size of the published ratios. */
const REFERENCE_BATCH = 512;

export interface EvaluateFiringOptions {
  readonly engine: Engine;
  readonly traced: TracedExits;
  /** Parameters and buffers by path. */
  readonly state: Readonly<Record<string, HostTensor>>;
  readonly data: EvaluationData;
  /** Label of `data` in the report. Default "test". */
  readonly split?: Split;
  /** Samples that run at a time; results do not depend on it. Default 128. */
  readonly batchSize?: number;
  /** Samples in a batch of the simulated machine in reference mode. Default 512, as published. */
  readonly referenceBatch?: number;
}

/** Energy on the zero-skipping accelerator, as a share of the same machine's without skipping. */
export interface FiringEnergy {
  readonly ratio: number;
  /**
   * 95 % interval of the mean ratio (Student's t) over batches in reference mode, over samples in corrected mode; null
   * for one of them. Of the data alone: other seeds differ more.
   */
  readonly interval: Interval | null;
  /** Standard deviation of the ratio over the same. */
  readonly sd: number;
  /** Picojoules, of all batches in reference mode and of the mean sample in corrected mode. */
  readonly worstPj: number;
  readonly optimisedPj: number;
  /** The same by kind of layer; in corrected mode what is fused belongs to the layer that it is fused with. */
  readonly byKind: Readonly<
    Partial<Record<AsicLeafKind, { readonly worstPj: number; readonly optimisedPj: number }>>
  >;
}

export interface ReferenceEnergy extends FiringEnergy {
  readonly batchSize: number;
  readonly batches: number;
  /** The ratio if activations overwrite their input, as it is above, and if they do not. */
  readonly activations: { readonly inPlace: number; readonly separate: number };
}

/** Plain JSON: what is written to `eval/<split>-firing.json`. */
export interface FiringEvaluation {
  readonly format: typeof FIRING_FORMAT;
  readonly model: string;
  readonly split: Split;
  readonly samples: number;
  readonly firing: FiringReport;
  readonly energy: {
    /** As the simulator of the reference code counts: mean over batches of 512, the last one smaller. */
    readonly reference: ReferenceEnergy;
    /** The same machine counted as it would work, one sample at a time. */
    readonly corrected: FiringEnergy;
    readonly assumptions: Readonly<Record<"reference" | "corrected", AsicReport["assumptions"]>>;
  };
}

const countName = (k: number): string => `nonZero.${k}`;

/** Runs the data through the network and counts, sample by sample, what is not zero of each value. */
async function count(
  values: readonly Value[],
  options: Pick<EvaluateFiringOptions, "engine" | "state" | "data"> & {
    readonly batchSize: number;
  },
): Promise<ReadonlyMap<Value, Float32Array>> {
  const { engine, state, data, batchSize } = options;
  const graph = buildGraph(
    Object.fromEntries(values.map((v, k) => [countName(k), nonZeroPerSample(v)])),
  );
  const names = graph.inputs.map(inputName).filter((name) => name !== "input");
  const executable = await engine.compile(graph, {
    frozen: pickState(names, state),
    symbolicBatch: { inputs: ["input"], outputs: Object.keys(graph.outputs) },
  });
  const counts = new Map<Value, Float32Array>();
  try {
    for (let start = 0; start < data.size; start += batchSize) {
      const end = Math.min(start + batchSize, data.size);
      const { input } = await data.batch(start, end);
      const outputs = await executable.run({ input });
      values.forEach((value, k) => {
        const found = outputs[countName(k)]!.data as Float32Array;
        const rows = found.length / (end - start);
        const all = counts.get(value) ?? new Float32Array(data.size * rows);
        all.set(found, start * rows);
        counts.set(value, all);
      });
    }
  } finally {
    await executable.dispose();
  }
  return counts;
}

function energyOf(report: AsicReport, ratios: readonly number[]): FiringEnergy {
  const { ratio, worstPj, optimisedPj, byKind } = report;
  const { sd, interval } = summariseSeeds(ratios);
  const kinds = Object.entries(byKind).map(
    ([kind, share]) => [kind, { worstPj: share.worstPj, optimisedPj: share.optimisedPj }] as const,
  );
  return { ratio, interval, sd, worstPj, optimisedPj, byKind: Object.fromEntries(kinds) };
}

/**
 * Counts over a data set which values of every layer are not zero, zeros among the parameters included, and gives the
 * shares by layer and kind of layer and the energy that the zero-skipping accelerator spends, in both modes. Of a network
 * with exits the whole network is counted, without its early heads.
 *
 * @throws UserError E_DATA for data without samples, E_RUN where a weight is missing.
 * @example
 * const found = await evaluateFiring({ engine, traced, state, data: test });
 * found.firing.samples // 64
 */
export async function evaluateFiring(options: EvaluateFiringOptions): Promise<FiringEvaluation> {
  const { engine, traced, state, data, split = "test" } = options;
  const { batchSize = 128, referenceBatch = REFERENCE_BATCH } = options;
  if (data.size === 0) {
    throw new UserError("E_DATA", `the split "${split}" has no samples`, {
      allowed: "at least one sample",
    });
  }
  const inference = forInference(traced, batchSize);
  const leaves = leafOutputs(inference);
  const counting = asicCounting(inference);
  const values = [...new Set([...leaves.map((l) => l.value), ...counting.values])];
  const counts = await count(values, { engine, state, data, batchSize });
  const firing = firingReport(
    leaves,
    Object.fromEntries(
      leaves.map((leaf) => {
        const found = counts.get(leaf.value)!;
        return [firingName(leaf), tensor("float32", [found.length], found)];
      }),
    ),
  );
  const recorded = (batch: number) => countedRecords(counting, counts, { state, batch });
  const batches = [...recorded(referenceBatch)];
  const ratioOf = (record: AsicRecord, mode: AsicMode) => asicEnergy(record, { mode }).ratio;
  const reference = asicEnergy(batches, { mode: "reference" });
  const corrected = asicEnergy(batches, { mode: "corrected" });
  const batchRatios = batches.map((batch) => ratioOf(batch, "reference"));
  // One record at a time: those of all samples together would fill the memory.
  const sampleRatios: number[] = [];
  for (const sample of recorded(1)) sampleRatios.push(ratioOf(sample, "corrected"));
  return {
    format: FIRING_FORMAT,
    model: traced.model.name,
    split,
    samples: data.size,
    firing,
    energy: {
      reference: {
        ...energyOf(reference, batchRatios),
        batchSize: referenceBatch,
        batches: batches.length,
        activations: reference.activations!,
      },
      corrected: energyOf(corrected, sampleRatios),
      assumptions: { reference: reference.assumptions, corrected: corrected.assumptions },
    },
  };
}
