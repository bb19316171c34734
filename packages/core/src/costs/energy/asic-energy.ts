/**
 * The zero-skipping accelerator of energy-aware training (Lazzaro et al., ICIAP 2023), after the estimator of Shumailov et
 * al., "Sponge examples", EuroS&P 2021:
 *
 *   worst     = M (P  + I  + O ) + A C
 *   optimised = M (P+ + I+ + O+) + A C (P+ / P) (I+ / I)
 *
 * with parameters P, inputs I, outputs O, their non-zeros +, operations C.
 */

import { UserError } from "../../base/index.js";
import { type AsicAssumption, type AsicMode, asicAssumptions } from "./asic-assumptions.js";
import { asicKinds, fuseLeaves, sizesOf, withoutVanishing } from "./asic-kinds.js";
import type { AsicLeaf, AsicLeafKind, AsicRecord, Count } from "./asic-record.js";

/** Middle of 1.3 to 2.6 nJ for 64 bits of DRAM (Horowitz, ISSCC 2014), charged for every element. */
export const MEMORY_PICOJOULES = 1950;
/** A 32-bit floating-point multiplication at 45 nm (Horowitz, ISSCC 2014), charged for every operation. */
export const OPERATION_PICOJOULES = 3.7;

export interface AsicOptions {
  readonly mode: AsicMode;
  /** Which activations overwrite their input; reference mode only. Default: what the record says. */
  readonly activations?: "recorded" | "in-place" | "separate";
  /**
   * How often running means and variances count beside the buffers that they are; reference mode only. Default 1; a later
   * fork of the simulator writes them into ten slots, one per device, and sums those up.
   */
  readonly statisticsCopies?: 1 | 10;
  /** Default 1950. */
  readonly memoryPj?: number;
  /** Default 3.7. */
  readonly operationPj?: number;
}

export interface AsicShare {
  readonly leaves: number;
  readonly worstPj: number;
  readonly optimisedPj: number;
}

export interface AsicReport {
  readonly mode: AsicMode;
  /** Of all batches in reference mode, of the mean sample in corrected mode. */
  readonly worstPj: number;
  readonly optimisedPj: number;
  /** Optimised / worst, in (0, 1]; of several batches in reference mode the mean of their ratios. */
  readonly ratio: number;
  readonly byKind: Readonly<Partial<Record<AsicLeafKind, AsicShare>>>;
  /** The ratio under both conventions; reference mode. */
  readonly activations?: { readonly inPlace: number; readonly separate: number };
  readonly assumptions: readonly AsicAssumption[];
}

interface Constants {
  readonly memory: number;
  readonly operation: number;
}

/** Energy of one leaf or of several fused ones. */
interface Part {
  readonly kind: AsicLeafKind;
  readonly worst: number;
  readonly optimised: number;
}

const share = ({ elements, nonZero }: Count): number => (elements === 0 ? 1 : nonZero / elements);

const sum = <T>(list: readonly T[], of: (item: T) => number): number =>
  list.reduce((n, item) => n + of(item), 0);

/** What the hooks of the reference add to the parameters for one call. */
function referenceParameters(leaf: AsicLeaf, copies: number): Count {
  // Rows that are picked, not the table.
  if (leaf.kind === "embedding") return leaf.outputs;
  const { parameters, buffers } = leaf;
  const twice = leaf.kind === "batchNorm" ? copies : 0;
  // PyTorch's counter of batches is a buffer of one element.
  const counter = leaf.kind === "batchNorm" ? 1 : 0;
  return {
    elements: parameters.elements + (1 + twice) * buffers.elements + counter,
    nonZero: parameters.nonZero + (1 + twice) * buffers.nonZero + counter,
  };
}

function referenceParts(
  record: AsicRecord,
  constants: Constants,
  options: { readonly activations: "recorded" | "in-place" | "separate"; readonly copies: number },
): readonly Part[] {
  const leaves = record.leaves
    .filter((leaf) => leaf.isModule)
    .map((leaf) => {
      const overwrites =
        leaf.kind === "activation" &&
        (options.activations === "in-place" ||
          (options.activations === "recorded" && leaf.inPlace));
      const parameters = referenceParameters(leaf, options.copies);
      return {
        kind: leaf.kind,
        moved: [parameters, overwrites ? leaf.outputs : leaf.inputs, leaf.outputs] as const,
        operations: asicKinds[leaf.kind].reference(sizesOf(leaf)),
      };
    });
  const density = (index: 0 | 1) =>
    share({
      elements: sum(leaves, (l) => l.moved[index].elements),
      nonZero: sum(leaves, (l) => l.moved[index].nonZero),
    });
  const left = density(0) * density(1);
  return leaves.map(({ kind, moved, operations }) => ({
    kind,
    worst: constants.memory * sum(moved, (m) => m.elements) + constants.operation * operations,
    optimised:
      constants.memory * sum(moved, (m) => m.nonZero) + constants.operation * operations * left,
  }));
}

/** A folded normalisation leaves a shift for each channel, which becomes the bias if there is none yet. */
function foldedShifts(head: AsicLeaf, members: readonly AsicLeaf[]): number {
  const folded = members.find((m) => m !== head && asicKinds[m.kind].fusion === "folded");
  return folded && head.biases === 0 ? folded.parameters.elements / 2 : 0;
}

function correctedParts(record: AsicRecord, constants: Constants): readonly Part[] {
  const leaves = withoutVanishing(record.leaves);
  return fuseLeaves(leaves).map(({ head, members, tail }): Part => {
    const first = leaves[head]!;
    const { outputs } = leaves[tail]!;
    const shifts = foldedShifts(
      first,
      members.map((m) => leaves[m]!),
    );
    const stored = {
      elements: first.parameters.elements + first.buffers.elements + shifts,
      nonZero: first.parameters.nonZero + first.buffers.nonZero + shifts,
    };
    const moved = [first.kind === "embedding" ? outputs : stored];
    const operations = asicKinds[first.kind].corrected(sizesOf(first));
    const left = first.macs > 0 ? share(first.parameters) * share(first.inputs) : 1;
    const energy = (key: keyof Count, skip: number) =>
      constants.memory *
        (sum(moved, (m) => m[key]) + (first.inputs[key] + outputs[key]) / record.batch) +
      (constants.operation * operations * skip) / record.batch;
    return { kind: first.kind, worst: energy("elements", 1), optimised: energy("nonZero", left) };
  });
}

function byKindOf(parts: readonly Part[]): Readonly<Partial<Record<AsicLeafKind, AsicShare>>> {
  const kinds: Partial<Record<AsicLeafKind, AsicShare>> = {};
  for (const { kind, worst, optimised } of parts) {
    const before = kinds[kind] ?? { leaves: 0, worstPj: 0, optimisedPj: 0 };
    kinds[kind] = {
      leaves: before.leaves + 1,
      worstPj: before.worstPj + worst,
      optimisedPj: before.optimisedPj + optimised,
    };
  }
  return kinds;
}

const worstOf = (parts: readonly Part[]) => sum(parts, (p) => p.worst);
const optimisedOf = (parts: readonly Part[]) => sum(parts, (p) => p.optimised);

function assumptionsOf(records: readonly AsicRecord[], options: AsicOptions) {
  const { mode, memoryPj = MEMORY_PICOJOULES, operationPj = OPERATION_PICOJOULES } = options;
  const batches = [...new Set(records.map((r) => r.batch))].join(", ");
  return [
    ...asicAssumptions(mode),
    { topic: "batch size", statement: `${batches} samples in a batch, ${records.length} recorded` },
    {
      topic: "constants",
      statement: `${memoryPj} pJ per element moved, whatever its width; ${operationPj} pJ per operation`,
    },
    ...[...new Set(records.flatMap((r) => r.notes))].map((statement) => ({
      topic: "record",
      statement,
    })),
  ];
}

/**
 * Energy of one batch or several on the zero-skipping accelerator, and its ratio to the same machine without skipping.
 *
 * The ratio of reference mode falls with the batch size and with in-place activations even where not one more value is
 * zero: say which batch and which convention a published ratio had.
 *
 * @throws UserError E_CONFIG without a batch.
 * @example
 * const leaves = [
 *   asicLeaf({
 *     path: "fc",
 *     kind: "linear",
 *     inputs: { elements: 4, nonZero: 2 },
 *     outputs: dense(3),
 *     parameters: dense(12),
 *     macs: 12,
 *   }),
 * ];
 * const report = asicEnergy({ batch: 1, leaves, notes: [] }, { mode: "reference" });
 * // 1950 * (12 + 4 + 3) + 3.7 * 12 against 1950 * (12 + 2 + 3) + 3.7 * 12 * 2 / 4
 * [report.worstPj.toFixed(1), report.optimisedPj.toFixed(1)] // ["37094.4", "33172.2"]
 */
export function asicEnergy(
  source: AsicRecord | readonly AsicRecord[],
  options: AsicOptions,
): AsicReport {
  const records = "leaves" in source ? [source] : source;
  if (records.length === 0) {
    throw new UserError("E_CONFIG", "no batch was recorded", { allowed: "at least one record" });
  }
  const { mode, activations = "recorded", statisticsCopies: copies = 1 } = options;
  const constants = {
    memory: options.memoryPj ?? MEMORY_PICOJOULES,
    operation: options.operationPj ?? OPERATION_PICOJOULES,
  };
  const assumptions = assumptionsOf(records, options);
  if (mode === "corrected") {
    const samples = sum(records, (r) => r.batch);
    const parts = records.flatMap((r) =>
      correctedParts(r, constants).map((p) => ({
        ...p,
        worst: (p.worst * r.batch) / samples,
        optimised: (p.optimised * r.batch) / samples,
      })),
    );
    const [worstPj, optimisedPj] = [worstOf(parts), optimisedOf(parts)];
    const ratio = optimisedPj / worstPj;
    return { mode, worstPj, optimisedPj, ratio, byKind: byKindOf(parts), assumptions };
  }
  const under = (convention: "recorded" | "in-place" | "separate") => {
    const batches = records.map((r) =>
      referenceParts(r, constants, { activations: convention, copies }),
    );
    const ratios = batches.map((parts) => optimisedOf(parts) / worstOf(parts));
    return { parts: batches.flat(), ratio: sum(ratios, (r) => r) / ratios.length };
  };
  const { parts, ratio } = under(activations);
  return {
    mode,
    worstPj: worstOf(parts),
    optimisedPj: optimisedOf(parts),
    ratio,
    byKind: byKindOf(parts),
    activations: { inPlace: under("in-place").ratio, separate: under("separate").ratio },
    assumptions,
  };
}
