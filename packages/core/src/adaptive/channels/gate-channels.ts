/** Traces a model with a gate on every channel group that can be narrowed. */

import { gradients } from "../../autodiff/index.js";
import { UserError } from "../../base/index.js";
import {
  type CostName,
  costModels,
  type EntryShares,
  type Ledger,
  ledgerOf,
} from "../../costs/index.js";
import { type Node, topologicalOrder, type Value } from "../../graph/index.js";
import {
  type Context,
  type Model,
  type StandInContext,
  type Traced,
  traceModel,
  withStandIns,
} from "../../nn/index.js";
import { functions as f } from "../../ops/index.js";
import { stageNodes } from "../costs.js";
import { type AnyTraced, resultsOf } from "./flow.js";
import { gatedAxes, gated as gatedValue } from "./gate-vectors.js";
import { type ChannelGate, channelGates, type GateSettings } from "./gates/index.js";
import { analyseChannels, type ChannelAnalysis, type ChannelGroup } from "./groups.js";
import { EntryShareTable } from "./shares.js";

/** How a model is written down: `traceModel`, or `traceExits` with its exits filled in. */
export type Tracer<T extends Traced = Traced> = (
  model: Model,
  options: { readonly batchSize: number; readonly training: boolean },
) => T;

/** A gate of a network. */
export interface TracedGate extends ChannelGate {
  /** Of the group. */
  readonly name: string;
  readonly size: number;
  /** Paths of what it learns; empty for gates that read the sizes of parameters. */
  readonly parameters: readonly string[];
  /** Share of open channels for costs: a scalar, differentiable. */
  readonly share: Value;
  /** Share of channels that are open: a scalar without gradient. */
  readonly openShare: Value;
}

export interface ChannelGating {
  readonly groups: readonly ChannelGroup[];
  readonly gates: readonly TracedGate[];
  /**
   * For gates that open and close by size: the sum over groups of price * mean size, to be added to the loss times a
   * weight. A price is the slope of the cost in the group's share of open channels, the others as they are, and has no
   * gradient; the cost is 1 at first.
   */
  readonly penalty?: Value;
  /** The model without gates, and as it is traced for one sample. */
  readonly plain: {
    readonly model: Model;
    readonly traced: AnyTraced;
    readonly analysis: ChannelAnalysis;
  };
}

export type GatedTrace<T extends Traced = Traced> = T & ChannelGating;

export type GateChannelsOptions<T extends Traced = Traced> = GateSettings & {
  readonly batchSize: number;
  readonly training: boolean;
  /** Default: `traceModel`. With exits: `(model, options) => traceExits(model, { exits, ...options })`. */
  readonly trace?: Tracer<T>;
  /** Names of the groups to gate. Default: all that can be. */
  readonly only?: readonly string[];
  /**
   * Whether costs see channels as they are, open or closed, with the gradient of the soft share. Default false: they see
   * the soft share.
   */
  readonly discrete?: boolean;
  /** What the penalty prices channels by. Default macs. */
  readonly cost?: CostName;
};

function makeGate(
  request: StandInContext,
  group: ChannelGroup,
  options: GateChannelsOptions,
): TracedGate {
  const before = new Set<string>();
  const c = Object.create(request.c, {
    parameter: {
      value: (...[name, ...rest]: Parameters<Context["parameter"]>): Value => {
        before.add(`gates.${group.name}.${name}`);
        return request.c.parameter(name, ...rest);
      },
    },
  }) as Context;
  const kind = channelGates[options.kind];
  const gate = request.c.scope(`gates.${group.name}`, () =>
    // The kind and its options belong together by GateSettings, which the index cannot express.
    kind.gate(
      { group, training: options.training, c, parameter: request.parameter },
      options as never,
    ),
  );
  const soft = f.reduceMean(gate.probability);
  const openShare = f.reduceMean(gate.open);
  return {
    ...gate,
    name: group.name,
    size: group.size,
    parameters: [...before],
    share: options.discrete ? f.straightThrough(openShare, soft) : soft,
    openShare,
  };
}

/** Groups that get a gate; the others with the reason why not. */
function chooseGroups(
  groups: readonly ChannelGroup[],
  { kind, only }: Pick<GateChannelsOptions, "kind" | "only">,
): ChannelGroup[] {
  const free = groups.filter((g) => g.fixed === undefined).map((g) => g.name);
  const unknown = only?.find((name) => !free.includes(name));
  if (unknown !== undefined) {
    const found = groups.find((g) => g.name === unknown);
    throw new UserError(
      "E_CONFIG",
      found
        ? `the channels of "${unknown}" are fixed: ${found.fixed}`
        : `no channel group "${unknown}"`,
      { where: "channels.only", allowed: free.join(", ") || "none" },
    );
  }
  return groups.map((group) => {
    if (group.fixed !== undefined) return group;
    const refusal = channelGates[kind].refuses?.(group);
    const reason = only && !only.includes(group.name) ? "it is not chosen" : refusal;
    return reason === undefined ? group : { ...group, fixed: reason };
  });
}

/** The ledger of a network traced for one sample at inference; `shares` says what is left of a node's channels. */
export function inferenceLedger(
  traced: AnyTraced,
  shares: (node: Node) => EntryShares | undefined = () => undefined,
): Ledger {
  const stages = new Map(
    (traced.exits ? stageNodes(traced.exits) : []).flatMap((nodes, k) =>
      nodes.map((node) => [node, traced.exits![k]!.name] as const),
    ),
  );
  const nodes = stages.size > 0 ? [...stages.keys()] : topologicalOrder(resultsOf(traced));
  return ledgerOf(nodes, {
    parameters: traced.parameters.map((p) => p.value),
    buffers: traced.buffers.map((b) => b.value),
    stage: (node) => stages.get(node),
    shares,
  });
}

/** The same with the shares of channel groups, by name. */
export function ledgerWithShares(
  { traced, analysis }: Pick<ChannelGating["plain"], "traced" | "analysis">,
  shares: ReadonlyMap<string, Value>,
): Ledger {
  const table = new EntryShareTable(analysis, shares);
  return inferenceLedger(traced, (node) => table.of(node));
}

/**
 * The work ledger of a gated network: one sample at inference, without what the gates themselves do, since they are folded
 * into the parameters in the end. Entries have the share of channels of what they read, write and store.
 *
 * which: "soft" for the differentiable shares, "hard" for the channels that are open.
 *
 * @example
 * const gated = gateChannels(mlp({ sizes: [8, 16, 4] }), { kind: "straightThrough", batchSize: 1, training: true });
 * gatedLedger(gated, "soft").total.macs // 192
 * gatedLedger(gated, "soft").entries[0]!.channels?.out === gated.gates[0]!.share // true
 */
export const gatedLedger = ({ plain, gates }: ChannelGating, which: "soft" | "hard"): Ledger =>
  ledgerWithShares(
    plain,
    new Map(gates.map((g) => [g.name, which === "soft" ? g.share : g.openShare])),
  );

function penaltyOf(gating: ChannelGating, cost: CostName): Value | undefined {
  const sized = gating.gates.flatMap(({ magnitude, openShare }) =>
    magnitude ? [{ magnitude, openShare }] : [],
  );
  if (sized.length === 0) return undefined;
  const ledger = gatedLedger(gating, "hard");
  const model = costModels[cost];
  const slopes = gradients(
    model.expected(ledger),
    sized.map((g) => g.openShare),
  );
  const full = model.full(ledger);
  return sized
    .map(({ magnitude }, i) =>
      f.mul(f.stopGradient(f.mul(slopes[i]!, 1 / full)), f.reduceMean(magnitude)),
    )
    .reduce((a, b) => f.add(a, b));
}

/**
 * The model with a gate on every channel group that can be narrowed. Gates multiply parameters, not activations: that
 * is little work beside a batch of images, and closed channels are exactly 0 wherever they are read.
 *
 * Parameters: the model's own, and `gates.<group>.*`. At least one channel of every group stays open. The model of what
 * it returns by `trace` is the gated one, so tracing it again has the gates as well.
 *
 * @throws UserError E_CONFIG for a group that is not there or fixed, and where no group can have such a gate.
 * @example
 * const gated = gateChannels(mlp({ sizes: [8, 16, 4] }), { kind: "hardConcrete", batchSize: 32, training: true });
 * gated.gates.map((g) => [g.name, g.size, g.parameters]) // [["hidden0", 16, ["gates.hidden0.logAlpha"]]]
 * gated.parameters.map((p) => p.path)[0] // "gates.hidden0.logAlpha"
 */
export function gateChannels<T extends Traced = Traced>(
  model: Model,
  options: GateChannelsOptions<T>,
): GatedTrace<T> {
  const { batchSize, training, cost = "macs" } = options;
  const trace = (options.trace ?? traceModel) as Tracer<T>;
  const traced = trace(model, { batchSize: 1, training: false });
  const analysis = analyseChannels(traced);
  const groups = chooseGroups(analysis.groups, options);
  const free = groups.filter((g) => g.fixed === undefined);
  if (free.length === 0) {
    throw new UserError(
      "E_CONFIG",
      `no channels of "${model.name}" can have ${options.kind} gates`,
      {
        where: "channels",
        allowed: groups.map((g) => `${g.name}: ${g.fixed}`).join("; "),
        next: "choose another kind of gate or another model",
      },
    );
  }
  const axes = gatedAxes(free);
  let gates: TracedGate[] = [];
  const model_ = withStandIns(model, traced.parameters, (context) => {
    gates = free.map((group) => makeGate(context, group, options));
    const zOf = (group: ChannelGroup) => gates[free.indexOf(group)]!.z;
    return ({ path, value }) => {
      const here = axes.get(path);
      return here ? gatedValue(value, here, zOf) : value;
    };
  });
  const result = trace(model_, { batchSize, training });
  const gating: ChannelGating = { groups, gates, plain: { model, traced, analysis } };
  const penalty = penaltyOf(gating, cost);
  return { ...result, ...gating, ...(penalty ? { penalty } : {}) };
}
