/** Removal: an ordinary, narrower model with the parameters of the channels that are kept. */

import { UserError } from "../../base/index.js";
import { type Model, traceModel, withWidths } from "../../nn/index.js";
import {
  elementCount,
  formatShape,
  type HostTensor,
  sameShape,
  tensor,
} from "../../tensor/index.js";
import type { AnyTraced } from "./flow.js";
import type { ChannelGating, Tracer } from "./gate-channels.js";
import { type ChannelGroup, channelGroups, type GroupAxis, layerOf } from "./groups.js";
import { channelImportance } from "./importance.js";
import {
  foldGates,
  type Kept,
  keptChannels,
  type RoundingOptions,
  requireMultiple,
  type State,
  topChannels,
} from "./kept.js";

export interface RemoveOptions extends RoundingOptions {
  /** As in `gateChannels`. */
  readonly trace?: Tracer;
  /** Of the channels of each group, for rounding. Default: the norm of what makes them. */
  readonly importance?: Readonly<Record<string, readonly number[]>>;
}

export interface Removed {
  /** An ordinary model: it is traced, trained, exported and counted like any other. */
  readonly model: Model;
  readonly state: Record<string, HostTensor>;
  /** Outputs of the layers that were narrowed, by layer path. */
  readonly widths: Record<string, number>;
}

const evaluation = { batchSize: 1, training: false } as const;

/** The kept entries of every narrowed axis: parameter, axis, and which entries. */
function keptEntries(
  traced: AnyTraced,
  groups: readonly ChannelGroup[],
  kept: Kept,
): Map<string, Map<number, boolean[]>> {
  const entries = new Map<string, Map<number, boolean[]>>();
  const shapes = new Map(
    [...traced.parameters, ...traced.buffers].map((p) => [p.path, p.value.shape]),
  );
  for (const { name, producers, consumers, followers } of groups) {
    const mask = kept[name];
    if (!mask) continue;
    for (const { path, axis, repeat, start } of [...producers, ...consumers, ...followers]) {
      const byAxis = entries.get(path) ?? new Map<number, boolean[]>();
      entries.set(path, byAxis);
      const own = byAxis.get(axis) ?? new Array<boolean>(shapes.get(path)![axis]!).fill(true);
      byAxis.set(axis, own);
      for (const [i, isKept] of mask.entries()) {
        own.fill(isKept, start + i * repeat, start + (i + 1) * repeat);
      }
    }
  }
  return entries;
}

function pick(host: HostTensor, axis: number, kept: readonly boolean[]): HostTensor {
  const inner = elementCount(host.shape.slice(axis + 1));
  const data = (host.data as Float32Array).filter(
    (_, i) => kept[Math.floor(i / inner) % kept.length]!,
  );
  const shape = host.shape.map((d, i) => (i === axis ? kept.filter(Boolean).length : d));
  return tensor("float32", shape, data);
}

function requireKept(groups: readonly ChannelGroup[], kept: Kept): void {
  const byName = new Map(groups.map((g) => [g.name, g]));
  for (const [name, mask] of Object.entries(kept)) {
    const group = byName.get(name);
    const free = groups.filter((g) => g.fixed === undefined).map((g) => g.name);
    const refuse = (what: string, allowed: string) => {
      throw new UserError("E_CONFIG", what, { where: "kept", allowed });
    };
    if (!group) refuse(`no channel group "${name}"`, free.join(", "));
    else if (mask.length !== group.size) {
      refuse(`${mask.length} channels for the ${group.size} of "${name}"`, `${group.size}`);
    } else if (!mask.includes(true)) {
      refuse(`no channel of "${name}" is kept`, "at least one");
    } else if (group.fixed !== undefined && mask.includes(false)) {
      refuse(`the channels of "${name}" are fixed: ${group.fixed}`, free.join(", "));
    }
  }
}

function requireState(traced: AnyTraced, state: State): void {
  const known = new Set<string>();
  for (const { path, value } of [...traced.parameters, ...traced.buffers]) {
    known.add(path);
    const host = state[path];
    if (host && sameShape(host.shape, value.shape)) continue;
    throw new UserError(
      "E_SHAPE",
      host ? `"${path}" has shape ${formatShape(host.shape)}` : `the state has no "${path}"`,
      {
        where: "state",
        allowed: formatShape(value.shape),
      },
    );
  }
  const odd = Object.keys(state).find((path) => !known.has(path));
  if (odd === undefined) return;
  throw new UserError("E_CONFIG", `the model has no "${odd}"`, {
    where: "state",
    next: "fold gates first (foldGates); where the model has exits, give the way it is traced (trace)",
  });
}

/** Layers that do not ask for their width stay as wide as they are. */
function requireFollowed({ model, state }: Removed, trace: Tracer): void {
  const traced = trace(model, evaluation);
  for (const { path, value } of [...traced.parameters, ...traced.buffers]) {
    if (sameShape(state[path]!.shape, value.shape)) continue;
    throw new UserError("E_SHAPE", `"${path}" stayed ${formatShape(value.shape)}`, {
      where: model.name,
      allowed: formatShape(state[path]!.shape),
      next: "layers of your own must ask the context for their width: c.width(outputs)",
    });
  }
}

const outputAxisWidths = (
  groups: readonly ChannelGroup[],
  entries: ReadonlyMap<string, ReadonlyMap<number, boolean[]>>,
): Record<string, number> => {
  const made = groups.flatMap((g): readonly GroupAxis[] => g.producers);
  return Object.fromEntries(
    made.flatMap(({ path, axis }) => {
      const mask = entries.get(path)?.get(axis);
      return mask?.includes(false) ? [[layerOf(path), mask.filter(Boolean).length]] : [];
    }),
  );
};

/** Outputs of the layers that `kept` narrows, by layer path. */
export const widthsFor = (
  traced: AnyTraced,
  groups: readonly ChannelGroup[],
  kept: Kept,
): Record<string, number> => outputAxisWidths(groups, keptEntries(traced, groups, kept));

/**
 * The model without the channels that are not kept, and the rest of its parameters. Groups that `kept` does not name stay
 * whole. It computes what the masked network (`maskChannels`) computes, rounding of floats apart.
 *
 * With a multiple, more channels are kept, those of greatest importance, so that every group's number is a multiple or
 * all it has. `state` may hold no parameters of gates: fold them first, or use `removeClosed`.
 *
 * @throws UserError E_CONFIG for groups that are not there, fixed or emptied; E_SHAPE for a state of another model.
 * @example
 * const net = mlp({ sizes: [8, 3, 4] });
 * const state = initialState(traceModel(net, { batchSize: 1, training: false }), 1);
 * const removed = removeChannels(net, state, { hidden0: [true, false, true] });
 * removed.widths // { hidden0: 2 }
 * removed.state["output.weight"].shape // [4, 2]
 */
export function removeChannels(
  model: Model,
  state: State,
  kept: Kept,
  options: RemoveOptions = {},
): Removed {
  const { multiple = 1, trace = traceModel } = options;
  requireMultiple(multiple);
  const traced = trace(model, evaluation);
  const groups = channelGroups(traced);
  requireState(traced, state);
  requireKept(groups, kept);
  const importance = options.importance ?? (multiple > 1 ? channelImportance(groups, state) : {});
  const rounded = multiple > 1 ? roundKept(kept, importance, { multiple }) : kept;
  const entries = keptEntries(traced, groups, rounded);
  const sliced = Object.entries(state).map(([path, host]): [string, HostTensor] => {
    let picked = host;
    for (const [axis, mask] of entries.get(path) ?? []) picked = pick(picked, axis, mask);
    return [path, picked];
  });
  const widths = outputAxisWidths(groups, entries);
  const removed = {
    model: withWidths(model, widths, { partial: true }),
    state: Object.fromEntries(sliced),
    widths,
  };
  requireFollowed(removed, trace);
  return removed;
}

/** More channels, those of greatest importance, until every group's number is a multiple or all it has. */
function roundKept(
  kept: Kept,
  importance: Readonly<Record<string, readonly number[]>>,
  options: RoundingOptions,
): Record<string, boolean[]> {
  return Object.fromEntries(
    Object.entries(kept).map(([name, mask]) => {
      const scores = importance[name] ?? mask.map(() => 0);
      const most = scores.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
      // What is kept stays, whatever its importance.
      const ranked = mask.map((isKept, i) => scores[i]! + (isKept ? 2 * most + 1 : 0));
      return [name, topChannels(ranked, mask.filter(Boolean).length, options)];
    }),
  );
}

/**
 * A gated network without its gates and without its closed channels.
 *
 * @example
 * const gated = gateChannels(mlp({ sizes: [8, 3, 4] }), { kind: "straightThrough", batchSize: 1, training: false });
 * removeClosed(gated, initialState(gated, 1)).state["hidden0.weight"].shape // [3, 8]
 */
export function removeClosed(
  gating: ChannelGating,
  state: State,
  { multiple = 1, trace }: Pick<RemoveOptions, "multiple" | "trace"> = {},
): Removed {
  const kept = keptChannels(gating, state, { multiple });
  const folded = foldGates(gating, state, kept);
  return removeChannels(gating.plain.model, folded, kept, trace ? { trace } : {});
}
