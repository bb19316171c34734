/** Which channels are kept, and gates folded into the parameters. */

import { UserError } from "../../base/index.js";
import { buildGraph, inputName, type Value } from "../../graph/index.js";
import { fromHost, interpret } from "../../reference/index.js";
import { type HostTensor, tensor } from "../../tensor/index.js";
import type { ChannelGating } from "./gate-channels.js";

/** Values of parameters and buffers by path. */
export type State = Readonly<Record<string, HostTensor>>;

/** For each group, which of its channels are kept. */
export type Kept = Readonly<Record<string, readonly boolean[]>>;

/** What gates come to with these parameters. */
function evaluate(values: Readonly<Record<string, Value>>, state: State): Record<string, number[]> {
  const graph = buildGraph(values);
  const feeds = Object.fromEntries(
    graph.inputs.map((v) => {
      const name = inputName(v);
      const host = state[name];
      if (!host) {
        throw new UserError("E_CONFIG", `the state has no "${name}"`, {
          next: "give the state of the gated network",
        });
      }
      return [name, fromHost(host)];
    }),
  );
  return Object.fromEntries(
    Object.entries(interpret(graph, feeds)).map(([name, t]) => [name, [...t.data]]),
  );
}

export interface RoundingOptions {
  /** Round the number of channels of every group up to a multiple. Default 1. */
  readonly multiple?: number;
}

/** The channels of largest score, as many as the multiple above `count`, at least one. */
export function topChannels(
  scores: readonly number[],
  count: number,
  { multiple = 1 }: RoundingOptions = {},
): boolean[] {
  const width = Math.min(scores.length, Math.max(1, Math.ceil(count / multiple)) * multiple);
  const order = [...scores.keys()].sort((a, b) => scores[b]! - scores[a]! || a - b);
  const chosen = new Set(order.slice(0, width));
  return scores.map((_, i) => chosen.has(i));
}

export function requireMultiple(multiple: number): void {
  if (Number.isInteger(multiple) && multiple >= 1) return;
  throw new UserError("E_CONFIG", `channels in multiples of ${multiple}`, {
    where: "channels.multiple",
    allowed: "a whole number of at least 1",
  });
}

/**
 * The channels that are open with these parameters, without chance. With a multiple, as many of the closed ones with the
 * best score as fill it.
 *
 * @throws UserError E_CONFIG where the state lacks a parameter of the gates.
 * @example
 * const gated = gateChannels(mlp({ sizes: [8, 3, 4] }), { kind: "straightThrough", batchSize: 1, training: false });
 * keptChannels(gated, initialState(gated, 1)) // { hidden0: [true, true, true] }
 */
export function keptChannels(
  gating: ChannelGating,
  state: State,
  { multiple = 1 }: RoundingOptions = {},
): Record<string, boolean[]> {
  requireMultiple(multiple);
  const values = gating.gates.flatMap((g) => [
    [`open.${g.name}`, g.open] as const,
    [`score.${g.name}`, g.score] as const,
  ]);
  const found = evaluate(Object.fromEntries(values), state);
  return Object.fromEntries(
    gating.gates.map(({ name }) => {
      const open = found[`open.${name}`]!.map((v) => v > 0);
      const count = open.filter(Boolean).length;
      const scores = found[`score.${name}`]!;
      // Open ones come first whatever their score.
      const ranked = scores.map((s, i) => (open[i] ? s + 1e6 : s));
      return [name, topChannels(ranked, count, { multiple })];
    }),
  );
}

/**
 * The state of the network without gates that computes the same: gates multiplied into the parameters they act on, and no
 * parameters of gates.
 *
 * kept: default `keptChannels`. A closed channel that is kept all the same is multiplied by what an open one would be.
 *
 * @example
 * const gated = gateChannels(mlp({ sizes: [8, 3, 4] }), { kind: "straightThrough", batchSize: 1, training: false });
 * Object.keys(foldGates(gated, initialState(gated, 1))) // ["hidden0.weight", "hidden0.bias", ...]
 */
export function foldGates(
  gating: ChannelGating,
  state: State,
  kept: Kept = keptChannels(gating, state),
): Record<string, HostTensor> {
  const strengths = evaluate(
    Object.fromEntries(gating.gates.map((g) => [g.name, g.strength])),
    state,
  );
  const factors = new Map(
    gating.gates.map(({ name }) => [
      name,
      strengths[name]!.map((s, i) => (kept[name]?.[i] === false ? 0 : s)),
    ]),
  );
  const own = new Set(gating.gates.flatMap((g) => g.parameters));
  const plain = Object.fromEntries(Object.entries(state).filter(([path]) => !own.has(path)));
  return scaleChannels(gating.groups, plain, factors);
}

/** Parameters that gates act on, times a factor for each channel. */
function scaleChannels(
  groups: ChannelGating["groups"],
  state: State,
  factors: ReadonlyMap<string, readonly number[]>,
): Record<string, HostTensor> {
  const scaled: Record<string, HostTensor> = { ...state };
  for (const group of groups) {
    const factor = factors.get(group.name);
    if (!factor) continue;
    for (const { path, axis, repeat, start } of group.gated) {
      const host = scaled[path];
      if (!host) continue;
      const inner = host.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
      const length = host.shape[axis]!;
      const data = Float32Array.from(host.data as Float32Array, (v, i) => {
        const entry = (Math.floor(i / inner) % length) - start;
        const channel = Math.floor(entry / repeat);
        return entry >= 0 && channel < group.size ? v * factor[channel]! : v;
      });
      scaled[path] = tensor("float32", host.shape, data);
    }
  }
  return scaled;
}

/**
 * The state with all channels that are not kept set to 0 where they are read: the masked network.
 *
 * @example
 * const net = mlp({ sizes: [2, 2, 3] });
 * const plain = traceModel(net, { batchSize: 1, training: false });
 * maskChannels(channelGroups(plain), initialState(plain, 1), { hidden0: [true, false] })["hidden0.weight"].data.slice(2) // Float32Array [0, 0]
 */
export const maskChannels = (
  groups: ChannelGating["groups"],
  state: State,
  kept: Kept,
): Record<string, HostTensor> =>
  scaleChannels(
    groups,
    state,
    new Map(Object.entries(kept).map(([name, list]) => [name, list.map(Number)])),
  );
