/** Channel groups: channels that can only be removed together, with all that makes and reads them. */

import { Closer } from "./closing.js";
import { type AnyTraced, Channels, type StoredAxis } from "./flow.js";
import type { ChannelSet, Layout } from "./layout.js";

/** Entry i of the group is entries i * repeat to (i + 1) * repeat - 1 of the axis, counted from `start`. */
export interface GroupAxis extends StoredAxis {
  readonly repeat: number;
  /** Where on the axis the group begins: other groups lie before it after a concatenation. */
  readonly start: number;
}

export interface ChannelGroup {
  /** The layer that makes the channels first, as in `layer1.0.conv2`. */
  readonly name: string;
  readonly size: number;
  /** Weights that make the channels: one filter an entry. */
  readonly producers: readonly GroupAxis[];
  /** Weights that read them. */
  readonly consumers: readonly GroupAxis[];
  /** What goes along: biases, scales, shifts and running statistics. */
  readonly followers: readonly GroupAxis[];
  /** Those of the followers that are a factor of each channel: the scales of batch normalisations. */
  readonly scales: readonly GroupAxis[];
  /** What is multiplied by the gates, so that closed channels are 0 wherever they are read. */
  readonly gated: readonly GroupAxis[];
  /** Why its channels cannot be removed; absent: they can. */
  readonly fixed?: string;
}

/** Groups, and what lies along the axes of everything. */
export interface ChannelAnalysis {
  readonly channels: Channels;
  readonly groups: readonly ChannelGroup[];
  readonly groupOf: ReadonlyMap<ChannelSet, ChannelGroup>;
}

interface Draft {
  readonly set: ChannelSet;
  readonly producers: GroupAxis[];
  readonly consumers: GroupAxis[];
  readonly followers: GroupAxis[];
  readonly scales: GroupAxis[];
  readonly gated: GroupAxis[];
}

const keyOf = ({ path, axis }: StoredAxis): string => `${path}#${axis}`;

/** The layer of a parameter. */
export const layerOf = (path: string): string => path.split(".").slice(0, -1).join(".");

class Drafts {
  private readonly drafts = new Map<ChannelSet, Draft>();
  private readonly values = new Map<string, Layout>();

  constructor(traced: AnyTraced, channels: Channels) {
    for (const { path, value } of [...traced.parameters, ...traced.buffers]) {
      value.shape.forEach((_, axis) => {
        const layout = channels.layoutOf({ value, axis });
        if (layout) this.values.set(keyOf({ path, axis }), layout);
      });
    }
  }

  of(set: ChannelSet): Draft {
    const known = this.drafts.get(set);
    if (known) return known;
    const draft = { set, producers: [], consumers: [], followers: [], scales: [], gated: [] };
    this.drafts.set(set, draft);
    return draft;
  }

  all(): Draft[] {
    return [...this.drafts.values()];
  }

  /** Adds an axis to a list of every set that lies on it. */
  add(list: Exclude<keyof Draft, "set">, at: StoredAxis, only?: ChannelSet): void {
    let start = 0;
    for (const { set, repeat } of this.values.get(keyOf(at)) ?? []) {
      const entries = this.of(set)[list];
      const isKnown = entries.some((e) => keyOf(e) === keyOf(at) && e.start === start);
      if (!isKnown && (only === undefined || only === set)) entries.push({ ...at, repeat, start });
      start += set.size * repeat;
    }
  }
}

function addReaders(channels: Channels, drafts: Drafts): void {
  for (const node of channels.nodes) {
    const flow = channels.flowOf(node);
    for (const axis of flow?.made ?? []) {
      for (const at of channels.storedAt(axis)) drafts.add("producers", at);
    }
    for (const axis of flow?.contracted ?? []) {
      for (const at of channels.storedAt(axis)) drafts.add("consumers", at);
    }
    for (const axis of flow?.factors ?? []) {
      for (const at of channels.storedAt(axis)) drafts.add("scales", at);
    }
  }
}

function addFollowers(traced: AnyTraced, drafts: Drafts): void {
  for (const { path, value } of [...traced.parameters, ...traced.buffers]) {
    for (const axis of value.shape.keys()) drafts.add("followers", { path, axis });
  }
  for (const { producers, consumers, followers } of drafts.all()) {
    const others = new Set([...producers, ...consumers].map(keyOf));
    followers.splice(0, followers.length, ...followers.filter((a) => !others.has(keyOf(a))));
  }
}

/** Closes every group at all who read it; a group that cannot be closed is fixed. */
function addGates(channels: Channels, drafts: Drafts, buffers: ReadonlySet<string>): void {
  const closer = new Closer(channels);
  for (const node of channels.nodes) {
    const axes = channels.flowOf(node)?.contracted;
    if (!axes) continue;
    for (const { set } of channels.layoutOf(axes[0]) ?? []) {
      const { producers } = drafts.of(set);
      if (set.fixed !== undefined || producers.length === 0) continue;
      const closing = closer.closeContraction(set, axes);
      if ("failure" in closing) set.fixed = closing.failure;
      else if (closing.axes.some(({ path }) => buffers.has(path))) set.fixed = "a buffer makes it";
      else for (const at of closing.axes) drafts.add("gated", at, set);
    }
  }
}

function reasonFor({ size, fixed }: ChannelSet, consumers: number): string | undefined {
  if (size === 1) return "it has a single channel";
  return fixed ?? (consumers === 0 ? "nothing reads it" : undefined);
}

/** Groups by their layer; pieces of one layer are told apart by where they begin. */
function groupsOf(drafts: readonly Draft[]): Map<ChannelSet, ChannelGroup> {
  const used = new Set<string>();
  const groups = new Map<ChannelSet, ChannelGroup>();
  for (const { set, ...lists } of drafts) {
    const [first] = lists.producers;
    if (!first) continue;
    const layer = layerOf(first.path);
    const name = used.has(layer) || first.start > 0 ? `${layer}[${first.start}]` : layer;
    used.add(name);
    const reason = reasonFor(set, lists.consumers.length);
    groups.set(set, {
      name,
      size: set.size,
      ...lists,
      ...(reason === undefined ? {} : { fixed: reason }),
    });
  }
  return groups;
}

/** The groups of a network, with what lies along the axes of its values. */
export function analyseChannels(traced: AnyTraced): ChannelAnalysis {
  const channels = new Channels(traced);
  const drafts = new Drafts(traced, channels);
  addReaders(channels, drafts);
  addFollowers(traced, drafts);
  addGates(channels, drafts, new Set(traced.buffers.map((b) => b.path)));
  const groupOf = groupsOf(drafts.all());
  return { channels, groups: [...groupOf.values()], groupOf };
}

/**
 * The channel groups of a network: which channels go together, through residual sums, concatenations, depthwise
 * convolutions, normalisations, pooling and flattening, and which parameters they are entries of.
 *
 * What passes through an op that says nothing of channels, and what is a result of the network, is fixed, with the
 * reason. Heads of exits count as consumers.
 *
 * @example
 * const groups = channelGroups(traceModel(mlp({ sizes: [8, 16, 4] }), { batchSize: 1, training: false }));
 * groups.map((g) => [g.name, g.size, g.fixed]) // [["hidden0", 16, undefined], ["output", 4, "it is a result of the network"]]
 */
export const channelGroups = (traced: AnyTraced): readonly ChannelGroup[] =>
  analyseChannels(traced).groups;
