/** Every kind of decision, as the contract of cost gradients tries it: a small network, its soft and hard ledger, its parameters. */

import { depthwiseNet } from "../../adaptive/channels/testing/nets.js";
import {
  type ChannelGateName,
  densityPenalty,
  exitChain,
  exitLedger,
  type GateSettings,
  gateChannels,
  gatedLedger,
  hazardsOf,
  leafOutputs,
  traceExits,
} from "../../adaptive/index.js";
import { residualNet } from "../../adaptive/testing/residual-net.js";
import {
  type CostName,
  costNames,
  type EntryShares,
  type Ledger,
  ledgerOf,
  withActivity,
  withShares,
} from "../../costs/index.js";
import { tinyLedger } from "../../costs/testing/tiny-net.js";
import { buildGraph, input, type Node, type Value } from "../../graph/index.js";
import { initialState, mlp, type Parameter, traceModel } from "../../nn/index.js";
import { functions as f } from "../../ops/index.js";
import { randomStream } from "../../random/index.js";
import { type HostTensor, scalar, tensor } from "../../tensor/index.js";
import type { CheckedParameter } from "../check-gradient.js";

export interface DecisionCase {
  /** With soft shares, which the loss sees. */
  readonly soft: Ledger;
  /** With the decisions really taken. */
  readonly hard: Ledger;
  readonly parameters: readonly CheckedParameter[];
  readonly feeds: Readonly<Record<string, HostTensor>>;
  /** How far a parameter moves in a step of the descent test. Default 0.5. */
  readonly stride?: number;
}

export interface DecisionRow {
  build(): DecisionCase;
  /** Costs that this decision cannot move, each with the reason. Tested: a cost that is moved may not be here. */
  readonly unmoved: Readonly<Partial<Record<CostName, string>>>;
}

const N = 2;

/** The gates of two early exits; who meets a hazard of one half leaves. */
function exits(): DecisionCase {
  const traced = traceExits(residualNet, { exits: ["a", "b"], batchSize: N, training: true });
  const stream = randomStream(12, "decisions");
  const normals = (n: number) => Float32Array.from({ length: n }, () => stream.normal());
  const state = Object.entries(initialState(traced, 3)).map(([path, t]) => {
    const data = path.endsWith("gate.weight") ? normals(t.data.length).map((v) => v / 4) : t.data;
    return [path, { ...t, data }] as const;
  });
  const hazards = hazardsOf(traced);
  const ledger = exitLedger(traced);
  const ledgerFor = (h: readonly Value[]): Ledger => {
    const { reach } = exitChain(h);
    const shares = new Map(traced.exits.map((e, k) => [e.name, reach[k]]));
    return withActivity(ledger, (e) => shares.get(e.stage ?? ""));
  };
  return {
    soft: ledgerFor(hazards),
    hard: ledgerFor(hazards.map((h) => f.cast(f.greaterOrEqual(h, 0.5), "float32"))),
    parameters: traced.parameters.filter((p) => p.path.includes(".gate.")),
    feeds: {
      ...Object.fromEntries(state),
      input: tensor("float32", [N, 2, 6, 6], normals(N * 72)),
    },
  };
}

type ShareOf = (name: string) => Value;

/**
 * Shares of the tiny network's entries, each from a logit: softly sigmoid(logit); decided, all of it above 0 and a quarter
 * below.
 */
function shareCase(sharesOf: (path: string, share: ShareOf) => EntryShares | undefined) {
  const logits = new Map<string, Value>();
  const shares = (make: (logit: Value) => Value): ShareOf => {
    const made = new Map<string, Value>();
    return (name) => {
      const logit = logits.get(name) ?? input(name, []);
      const value = made.get(name) ?? make(logit);
      logits.set(name, logit);
      made.set(name, value);
      return value;
    };
  };
  const soft = shares((l) => f.sigmoid(l));
  const hard = shares((l) => f.add(f.mul(f.cast(f.greater(l, 0), "float32"), 0.75), 0.25));
  const ledger = (share: ShareOf) => withShares(tinyLedger(), ({ path }) => sharesOf(path, share));
  const [softLedger, hardLedger] = [ledger(soft), ledger(hard)];
  const names = [...logits.keys()];
  return (): DecisionCase => ({
    soft: softLedger,
    hard: hardLedger,
    parameters: names.map((name) => ({ path: name, value: logits.get(name)! })),
    feeds: Object.fromEntries(names.map((name, i) => [name, scalar("float32", 0.5 + 0.3 * i)])),
  });
}

/** The mixers are an alternative that a router may pass by. */
const routing = shareCase((path, share) =>
  path.startsWith("mix") ? { activity: share("mixer") } : undefined,
);

/** Channels of the convolutions, coupled through the depthwise one, and of the mixers. */
const channelShares = shareCase((path, share) => {
  const [trunk, mixer] = [share("trunk"), share("mixer")];
  const channels: Readonly<Record<string, EntryShares["channels"]>> = {
    conv: { out: trunk },
    relu: { in: trunk, out: trunk },
    depthwise: { in: trunk, out: trunk },
    mix1: { in: trunk, out: mixer },
    mix2: { in: mixer, out: mixer },
    head: { in: mixer },
  };
  return { channels: channels[path]! };
});

/** Gates on the channels of a network with depthwise layers, and the parameters that the gates go by. */
function channelGateCase(
  settings: GateSettings,
  { isParameter, stride }: { isParameter: (p: Parameter) => boolean; stride?: number },
): DecisionCase {
  const gated = gateChannels(depthwiseNet, { ...settings, batchSize: 1, training: true });
  const stream = randomStream(21, "channels");
  const state = Object.entries(initialState(gated, 5)).map(([path, t]) => {
    // Channels that differ.
    const data = t.data.map((v) => v * (1 + 0.3 * stream.normal()));
    return [path, { ...t, data }] as const;
  });
  return {
    soft: gatedLedger(gated, "soft"),
    hard: gatedLedger(gated, "hard"),
    parameters: gated.parameters.filter(isParameter),
    feeds: Object.fromEntries(state),
    ...(stride === undefined ? {} : { stride }),
  };
}

const isGate = (p: Parameter) => p.path.startsWith("gates.");

/** Zeros that training makes: what layers write, measured by the surrogate of energy-aware training. */
function activationDensity(): DecisionCase {
  const traced = traceModel(mlp({ sizes: [4, 8, 8, 3] }), { batchSize: 6, training: true });
  const leaves = leafOutputs(traced).filter((leaf) => leaf.kind === "activation");
  const { layers } = densityPenalty({ leaves, output: traced.output, sigma: 0.1 });
  const nonZero = (v: Value) => f.reduceMean(f.cast(f.greater(f.abs(v), 0), "float32"));
  const graph = buildGraph({ y: traced.output });
  const ledger = ledgerOf(graph, { parameters: traced.parameters.map((p) => p.value) });
  const keyOf = ({ path, kind }: { path: string; kind: string }) => `${path} ${kind}`;
  const keyOfNode = ({ path, op }: Node) => keyOf({ path, kind: op.kind });
  const ledgerFor = (densityOf: (layer: (typeof layers)[number]) => Value) => {
    const shares = new Map<string, EntryShares>();
    for (const layer of layers) {
      const { value } = layer.leaf;
      const density = densityOf(layer);
      shares.set(keyOfNode(value.node), { density: { out: density } });
      for (const reader of graph.nodes.filter((n) => n.inputs.includes(value))) {
        shares.set(keyOfNode(reader), { density: { in: density } });
      }
    }
    return withShares(ledger, (entry) => shares.get(keyOf(entry)));
  };
  const stream = randomStream(9, "density");
  const data = Float32Array.from({ length: 24 }, () => stream.normal());
  return {
    soft: ledgerFor((l) => l.density),
    hard: ledgerFor((l) => nonZero(l.leaf.value)),
    // The last layer has no activation behind it.
    parameters: traced.parameters.filter((p) => p.path.startsWith("hidden")),
    feeds: { ...initialState(traced, 2), input: tensor("float32", [6, 4], data) },
    stride: 0.05,
  };
}

/** Zeros among the activations of two layers and in the head's weights. */
const densities = shareCase((path, share) => {
  const density: Readonly<Record<string, EntryShares["density"]>> = {
    relu: { out: share("relu") },
    depthwise: { in: share("relu"), out: share("small") },
    mix1: { in: share("small") },
    head: { weights: share("weights") },
  };
  return density[path] && { density: density[path] };
});

const reasons = (reason: string, names: readonly CostName[]) =>
  Object.fromEntries(names.map((name) => [name, reason])) as Partial<Record<CostName, string>>;

/** What counts numbers that are not zero. */
const seesZeros: readonly CostName[] = [
  "nonZeroMacs",
  "nonZeroParameters",
  "nonZeroActivations",
  "energy45",
  "energy7",
  "asic",
  "asicReference",
];

const countsParts = reasons("fewer channels make parts smaller, not fewer", [
  "kernels",
  "layers",
  "stages",
  "haltingDepth",
  "experts",
]);

const rows = {
  exits: {
    build: exits,
    unmoved: { experts: "a chain of exits has no alternatives" },
  },
  routing: {
    build: routing,
    unmoved: {
      ...reasons("the head of the same stage runs in any case", ["stages", "haltingDepth"]),
      peakMemory: "the peak of this network lies before the alternative",
      otherOps: "the alternative of this network only multiplies",
    },
  },
  channelShares: {
    build: channelShares,
    unmoved: countsParts,
  },
  hardConcrete: {
    build: () => channelGateCase({ kind: "hardConcrete" }, { isParameter: isGate }),
    unmoved: countsParts,
  },
  straightThrough: {
    build: () => channelGateCase({ kind: "straightThrough" }, { isParameter: isGate }),
    unmoved: countsParts,
  },
  gamma: {
    build: () =>
      channelGateCase(
        { kind: "gamma", threshold: 0.5 },
        { isParameter: (p) => p.path.endsWith("bn.weight"), stride: 0.1 },
      ),
    unmoved: countsParts,
  },
  groupLasso: {
    build: () =>
      channelGateCase(
        { kind: "groupLasso", threshold: 0.2 },
        { isParameter: (p) => p.path.endsWith("conv.weight"), stride: 0.05 },
      ),
    unmoved: countsParts,
  },
  activationDensity: {
    build: activationDensity,
    unmoved: reasons(
      "a zero is computed, stored and moved like any other number; weights stay as they are",
      costNames.filter((name) => !seesZeros.includes(name) || name === "nonZeroParameters"),
    ),
  },
  densities: {
    build: densities,
    unmoved: reasons(
      "a zero is computed, stored and moved like any other number",
      costNames.filter((name) => !seesZeros.includes(name)),
    ),
  },
} satisfies Record<string, DecisionRow> & Record<ChannelGateName, DecisionRow>;

export type DecisionName = keyof typeof rows;

export const decisionRows: Readonly<Record<DecisionName, DecisionRow>> = rows;

export const decisionNames = Object.keys(rows) as readonly DecisionName[];
