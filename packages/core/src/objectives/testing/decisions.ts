/** Every kind of decision, as the contract of cost gradients tries it: a small network, its soft and hard ledger, its parameters. */

import { exitChain, exitLedger, hazardsOf, traceExits } from "../../adaptive/index.js";
import { residualNet } from "../../adaptive/testing/residual-net.js";
import {
  type CostName,
  costNames,
  type EntryShares,
  type Ledger,
  withActivity,
  withShares,
} from "../../costs/index.js";
import { tinyLedger } from "../../costs/testing/tiny-net.js";
import { input, type Value } from "../../graph/index.js";
import { initialState } from "../../nn/index.js";
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
    unmoved: reasons("fewer channels make parts smaller, not fewer", [
      "kernels",
      "layers",
      "stages",
      "haltingDepth",
      "experts",
    ]),
  },
  densities: {
    build: densities,
    unmoved: reasons(
      "a zero is computed, stored and moved like any other number",
      costNames.filter((name) => !seesZeros.includes(name)),
    ),
  },
} satisfies Record<string, DecisionRow>;

export type DecisionName = keyof typeof rows;

export const decisionRows: Readonly<Record<DecisionName, DecisionRow>> = rows;

export const decisionNames = Object.keys(rows) as readonly DecisionName[];
