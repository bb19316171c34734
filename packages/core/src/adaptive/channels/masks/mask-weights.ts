/** Traces a model whose weights are masked one by one. */

import { UserError } from "../../../base/index.js";
import type { EntryShares, Ledger } from "../../../costs/index.js";
import {
  buildGraph,
  inputName,
  type Node,
  scalarConstant,
  type Value,
} from "../../../graph/index.js";
import { type Model, type Traced, traceModel, withStandIns } from "../../../nn/index.js";
import { functions as f } from "../../../ops/index.js";
import { fromHost, interpret } from "../../../reference/index.js";
import { elementCount, type HostTensor, tensor } from "../../../tensor/index.js";
import { type AnyTraced, Channels } from "../flow.js";
import { inferenceLedger, type Tracer } from "../gate-channels.js";
import type { State } from "../kept.js";
import { type MaskSettings, weightMasks } from "./registry.js";

/** What every report on masks must say. */
export const MASK_NOTE =
  "Zeros inside weights save no time here: the runtime multiplies them like any other number. They count for formats and machines that skip zeros (nonZeroMacs, nonZeroParameters); to save time, remove channels.";

export interface TracedMask {
  /** The weight. */
  readonly path: string;
  readonly mask: Value;
  readonly density: Value;
}

export interface WeightMasking {
  readonly masks: readonly TracedMask[];
  /** Weights that have no mask, with the reason. */
  readonly unmasked: readonly { readonly path: string; readonly reason: string }[];
  /** That masks gain no time with this runtime. */
  readonly note: string;
  readonly plain: { readonly model: Model; readonly traced: AnyTraced };
}

export type MaskWeightsOptions<T extends Traced = Traced> = MaskSettings & {
  readonly batchSize: number;
  readonly training: boolean;
  /** As in `gateChannels`. */
  readonly trace?: Tracer<T>;
  /** Paths of the weights to mask. Default: every weight that makes channels. */
  readonly only?: readonly string[];
};

/** Paths of the weights of convolutions and linear layers. */
function filtersOf(traced: AnyTraced): string[] {
  const channels = new Channels(traced);
  const paths = channels.nodes.flatMap((node) =>
    (channels.flowOf(node)?.made ?? []).flatMap((axis) =>
      channels.storedAt(axis).map(({ path }) => path),
    ),
  );
  const parameters = new Set(traced.parameters.map((p) => p.path));
  return [...new Set(paths)].filter((path) => parameters.has(path));
}

/**
 * The model with a mask on the weights of its convolutions and linear layers, computed from their sizes at every step. The
 * gradient goes to masked weights as to the others, so that they may come back.
 *
 * Masks move `nonZeroMacs`, `nonZeroParameters` and the energies of machines that skip zeros (`maskedLedger`), and
 * nothing else: `note` says why.
 *
 * reference: Zhou et al. 2021, arXiv:2102.04010 (straight-through gradient of masked weights).
 *
 * @throws UserError E_CONFIG for a weight that is not there, and where no weight can have such a mask.
 * @example
 * const masked = maskWeights(mlp({ sizes: [8, 16, 4] }), { kind: "nm", n: 2, m: 4, batchSize: 1, training: true });
 * masked.masks.map((m) => m.path) // ["hidden0.weight", "output.weight"]
 */
export function maskWeights<T extends Traced = Traced>(
  model: Model,
  options: MaskWeightsOptions<T>,
): T & WeightMasking {
  const { batchSize, training, only } = options;
  const trace = (options.trace ?? traceModel) as Tracer<T>;
  const traced = trace(model, { batchSize: 1, training: false });
  const filters = filtersOf(traced);
  const unknown = only?.find((path) => !filters.includes(path));
  if (unknown !== undefined) {
    throw new UserError("E_CONFIG", `no weight "${unknown}" to mask`, {
      where: "masks.only",
      allowed: filters.join(", "),
    });
  }
  const kind = weightMasks[options.kind];
  const values = new Map(traced.parameters.map((p) => [p.path, p.value]));
  const refusals = (only ?? filters).map((path) => ({
    path,
    // Kind and options belong together by MaskSettings, which the index cannot express.
    reason: kind.refuses?.(values.get(path)!, options as never),
  }));
  const chosen = new Set(refusals.flatMap(({ path, reason }) => (reason ? [] : [path])));
  const unmasked = refusals.flatMap(({ path, reason }) => (reason ? [{ path, reason }] : []));
  if (chosen.size === 0) {
    throw new UserError("E_CONFIG", `no weight of "${model.name}" can have ${kind.name} masks`, {
      where: "masks",
      allowed: unmasked.map(({ path, reason }) => `${path}: ${reason}`).join("; "),
    });
  }
  let masks: TracedMask[] = [];
  const maskedModel = withStandIns(model, traced.parameters, ({ c }) => {
    masks = [];
    return ({ path, value }) => {
      if (!chosen.has(path)) return value;
      const made = c.scope(`masks.${path}`, () =>
        kind.mask({ c, weight: value }, options as never),
      );
      masks.push({ path, ...made });
      return f.straightThrough(f.mul(value, made.mask), value);
    };
  });
  const result = trace(maskedModel, { batchSize, training });
  return { ...result, masks, unmasked, note: MASK_NOTE, plain: { model, traced } };
}

/** How many weights each mask keeps, by path. */
export type MaskCounts = Readonly<Record<string, number>>;

/**
 * How many weights every mask would keep under other options of its kind; undefined where that is learned.
 *
 * @example
 * const masked = maskWeights(mlp({ sizes: [8, 4] }), { kind: "nm", batchSize: 1, training: true });
 * countsUnder(masked, { kind: "nm", n: 1, m: 4 }) // { "output.weight": 8 }
 */
export function countsUnder(
  { masks, plain: { traced } }: WeightMasking,
  settings: MaskSettings,
): MaskCounts | undefined {
  const { kept } = weightMasks[settings.kind];
  if (!kept) return undefined;
  const values = new Map(traced.parameters.map((p) => [p.path, p.value]));
  return Object.fromEntries(
    masks.map(({ path }) => [path, kept(values.get(path)!, settings as never)]),
  );
}

/**
 * The work ledger with the density of masked weights; what is stored beside a weight (its bias) is dense.
 *
 * counts: what the masks keep, where that is known. Densities are then numbers in float64, so that costs are exact.
 *
 * @example
 * const masked = maskWeights(mlp({ sizes: [8, 16, 4] }), { kind: "nm", batchSize: 1, training: true });
 * maskedLedger(masked).entries[0]!.density?.weights !== undefined // true
 */
export function maskedLedger(
  { plain: { traced }, masks }: WeightMasking,
  { counts }: { readonly counts?: MaskCounts } = {},
): Ledger {
  const densities = new Map(
    masks.map(({ path, mask, density }) => [
      path,
      counts ? scalarConstant(counts[path]! / elementCount(mask.shape), "float64") : density,
    ]),
  );
  const channels = new Channels(traced);
  const densityOf = (node: Node): EntryShares | undefined => {
    const stored = node.inputs.filter((v) => channels.isStored(v));
    const total = stored.reduce((n, v) => n + elementCount(v.shape), 0);
    const parts = stored.map((v) => ({
      elements: elementCount(v.shape),
      density: densities.get(channels.pathOf(v) ?? ""),
    }));
    if (parts.every((p) => p.density === undefined)) return undefined;
    const dense = parts.reduce((n, p) => n + (p.density ? 0 : p.elements), 0);
    const sum = parts.flatMap((p) => (p.density ? [f.mul(p.density, p.elements / total)] : []));
    const weights = sum.reduce((a, b) => f.add(a, b));
    return { density: { weights: dense === 0 ? weights : f.add(weights, dense / total) } };
  };
  return inferenceLedger(traced, densityOf);
}

/** What masks make of weights. */
export interface SettledMasks {
  /** Of the plain network: masks are multiplied into the weights, and nothing of the masks' own is left. */
  readonly state: Record<string, HostTensor>;
  /** Weights that the masks keep. */
  readonly counts: MaskCounts;
}

/**
 * The masks at a state, multiplied into its weights and counted: what is exported, and what it was to cost.
 *
 * @example
 * const masked = maskWeights(mlp({ sizes: [4, 2] }), { kind: "magnitude", density: 0.5, batchSize: 1, training: false });
 * settleMasks(masked, initialState(masked, 1)).counts // { "output.weight": 4 }
 */
export function settleMasks({ masks, plain }: WeightMasking, state: State): SettledMasks {
  const graph = buildGraph(Object.fromEntries(masks.map((m) => [m.path, m.mask])));
  const feeds = graph.inputs.map((v) => [inputName(v), fromHost(state[inputName(v)]!)] as const);
  const found = interpret(graph, Object.fromEntries(feeds));
  const known = [...plain.traced.parameters, ...plain.traced.buffers];
  const settled = Object.fromEntries(
    known.map(({ path }): [string, HostTensor] => {
      const host = state[path]!;
      const mask = found[path]?.data;
      if (!mask) return [path, host];
      const data = Float32Array.from(host.data as Float32Array, (v, i) => v * mask[i]!);
      return [path, tensor("float32", host.shape, data)];
    }),
  );
  const keptIn = (path: string) => found[path]!.data.reduce((n, kept) => n + kept, 0);
  return {
    state: settled,
    counts: Object.fromEntries(masks.map(({ path }) => [path, keptIn(path)])),
  };
}

/**
 * The state with the masks multiplied into the weights, and nothing of the masks' own: for export.
 *
 * @example
 * const masked = maskWeights(mlp({ sizes: [4, 2] }), { kind: "magnitude", density: 0.5, batchSize: 1, training: false });
 * maskedState(masked, initialState(masked, 1))["output.weight"].data.filter((v) => v !== 0).length // 4
 */
export const maskedState = (masking: WeightMasking, state: State): Record<string, HostTensor> =>
  settleMasks(masking, state).state;
