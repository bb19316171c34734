/** Gates: their formulas, their gradients, and that what they close can be removed. */

import { describe, expect, it } from "vitest";
import { gradients } from "../../autodiff/index.js";
import { type CostName, costModels, costNames } from "../../costs/index.js";
import { buildGraph, inputName, type Value } from "../../graph/index.js";
import { initialState, mlp, models, type Traced, traceModel } from "../../nn/index.js";
import { functions as f } from "../../ops/index.js";
import { randomStream } from "../../random/index.js";
import { fromHost, interpret } from "../../reference/index.js";
import { type HostTensor, tensor } from "../../tensor/index.js";
import { forInference, traceExits } from "../trace-exits.js";
import {
  type ChannelGating,
  type GateChannelsOptions,
  type GatedTrace,
  gateChannels,
  gatedLedger,
} from "./gate-channels.js";
import { type ChannelGateName, channelGateNames } from "./gates/index.js";
import { foldGates, keptChannels } from "./kept.js";
import { removeClosed } from "./remove.js";
import { randomInput, removalCases, trainedState } from "./testing/cases.js";

type State = Record<string, HostTensor>;

const evaluation = { batchSize: 1, training: false };
const net = models.resnet8({ width: 4, inputShape: [3, 8, 8] });

function valuesOf(values: Readonly<Record<string, Value>>, state: State): Record<string, number[]> {
  const graph = buildGraph(values);
  const feeds = Object.fromEntries(
    graph.inputs.map((v) => [inputName(v), fromHost(state[inputName(v)]!)]),
  );
  return Object.fromEntries(
    Object.entries(interpret(graph, feeds)).map(([name, t]) => [name, [...t.data]]),
  );
}

const numberOf = (value: Value, state: State): number => valuesOf({ value }, state).value![0]!;

/** Gate parameters and scales spread over open and closed. */
function spreadState(gated: Traced & ChannelGating, seed: number): State {
  const state: Record<string, HostTensor<"float32"> | HostTensor> = trainedState(gated, seed);
  for (const [path, host] of Object.entries(state)) {
    const draw = randomStream(seed, "gates", path);
    const isGate = path.startsWith("gates.");
    const isScale = gated.groups.some((g) => g.scales.some((s) => s.path === path));
    if (!isGate && !isScale) continue;
    const data = Float32Array.from({ length: host.data.length }, () =>
      // Logits of both signs; scales of which half lie below the threshold of 0.5.
      isGate
        ? 3 * draw.normal() - 1
        : draw.uniform() < 0.5
          ? 0.1 * draw.normal()
          : 1 + draw.uniform(),
    );
    state[path] = tensor("float32", host.shape, data);
  }
  return state;
}

const settings: Record<ChannelGateName, GateChannelsOptions> = {
  hardConcrete: { kind: "hardConcrete", ...evaluation },
  straightThrough: { kind: "straightThrough", ...evaluation },
  gamma: { kind: "gamma", threshold: 0.5, ...evaluation },
  // Between the smaller and the larger filters of the networks here.
  groupLasso: { kind: "groupLasso", threshold: 0.25, ...evaluation },
};

describe("hard-concrete gates", () => {
  const gated = gateChannels(mlp({ sizes: [2, 4, 2] }), {
    kind: "hardConcrete",
    batchSize: 1,
    training: true,
  });
  const gate = gated.gates[0]!;
  const logAlpha = [-3, -2, 0, Math.log(9)];
  const state = (noise: number): State => ({
    "gates.hidden0.logAlpha": tensor("float32", [4], logAlpha),
    "gates.hidden0.noise": tensor("float32", [4], [noise, noise, noise, noise]),
  });

  it("are open with probability sigmoid(ln alpha - beta ln(-gamma / zeta))", () => {
    // 2/3 * ln(11) = 1.59860 is added: sigmoid(-1.40140), sigmoid(-0.40140), sigmoid(1.59860), sigmoid(3.79582).
    const found = valuesOf({ p: gate.probability }, state(0.5)).p!;
    for (const [i, p] of [0.19761, 0.40098, 0.83182, 0.97802].entries())
      expect(found[i]).toBeCloseTo(p, 4);
  });

  it("are what the paper draws, and as often open as they say", () => {
    // At u = 1/2 the noise is 0: sigmoid(1.5 ln alpha) * 1.2 - 0.1, clipped.
    const at = (u: number) => valuesOf({ z: gate.z }, state(u)).z!;
    const middle = at(0.5);
    for (const [i, z] of [0, 0, 0.5, 1].entries()) expect(middle[i]).toBeCloseTo(z, 5);
    // 1 / (1 + exp(-3.29584)) = 0.96429; times 1.2 less 0.1 is above 1.
    const draws = 2000;
    const open = [0, 0, 0, 0];
    for (let k = 0; k < draws; k++) {
      at((k + 0.5) / draws).forEach((z, i) => {
        if (z > 0) open[i]!++;
      });
    }
    const p = valuesOf({ p: gate.probability }, state(0.5)).p!;
    for (const [i, n] of open.entries()) expect(n / draws).toBeCloseTo(p[i]!, 2);
  });

  it("end finite at the edges of the noise", () => {
    for (const u of [0, 1]) {
      const { z } = valuesOf({ z: gate.z }, state(u));
      expect(z!.every((v) => v === 0 || v === 1)).toBe(true);
    }
  });

  it("are without chance at evaluation", () => {
    const still = gateChannels(mlp({ sizes: [2, 4, 2] }), settings.hardConcrete);
    expect(still.noise).toEqual([]);
    const { z, open } = valuesOf({ z: still.gates[0]!.z, open: still.gates[0]!.open }, state(0));
    // sigmoid(-3) * 1.2 - 0.1 < 0, sigmoid(-2) * 1.2 - 0.1 = 0.04304, 0.5, 0.98.
    for (const [i, v] of [0, 0.04304, 0.5, 0.98].entries()) expect(z![i]).toBeCloseTo(v, 4);
    expect(open).toEqual([0, 1, 1, 1]);
  });
});

describe("gates of every kind", () => {
  it("multiply parameters so that what is left after removal computes the same", () => {
    for (const kind of channelGateNames) {
      for (const { name, model, trace } of removalCases) {
        if (kind === "gamma" && ["MLP", "LeNet", "sigmoids"].includes(name)) continue;
        const gated = gateChannels(model, { ...settings[kind], trace });
        const state = spreadState(gated, 5);
        const input = randomInput(gated, 5);
        const kept = keptChannels(gated, state);
        const closed = Object.values(kept)
          .flat()
          .filter((k) => !k).length;
        expect(closed, `${kind} on ${name}`).toBeGreaterThan(0);
        const before = valuesOf({ y: gated.output }, { ...state, input }).y!;
        const removed = removeClosed(gated, state, { trace });
        const left = trace(removed.model, evaluation);
        const after = valuesOf({ y: left.output }, { ...removed.state, input }).y!;
        for (const [i, v] of after.entries())
          expect(v, `${kind} on ${name}`).toBeCloseTo(before[i]!, 5);
      }
    }
  });

  it("keep the best channel of a group whatever happens", () => {
    for (const kind of ["hardConcrete", "straightThrough"] as const) {
      const gated = gateChannels(mlp({ sizes: [2, 4, 2] }), settings[kind]);
      const state: State = initialState(gated, 1);
      const path = gated.gates[0]!.parameters[0]!;
      state[path] = tensor("float32", [4], [-9, -8, -7, -8]);
      expect(keptChannels(gated, state), kind).toEqual({ hidden0: [false, false, true, false] });
    }
    const gated = gateChannels(net, { kind: "gamma", threshold: 1e9, ...evaluation });
    for (const mask of Object.values(keptChannels(gated, trainedState(gated, 1)))) {
      expect(mask.filter(Boolean).length).toBe(1);
    }
  });

  it("round up to multiples with the best of what is closed", () => {
    const gated = gateChannels(mlp({ sizes: [2, 12, 2] }), settings.straightThrough);
    const state: State = initialState(gated, 1);
    const logits = [3, -1, -2, -3, -4, -5, -6, -7, -8, -9, -10, 5];
    state["gates.hidden0.logits"] = tensor("float32", [12], logits);
    const indices = (multiple: number) =>
      keptChannels(gated, state, { multiple }).hidden0!.flatMap((k, i) => (k ? [i] : []));
    expect(indices(1)).toEqual([0, 11]);
    expect(indices(8)).toEqual([0, 1, 2, 3, 4, 5, 6, 11]);
    const removed = removeClosed(gated, state, { multiple: 8 });
    expect(removed.widths).toEqual({ hidden0: 8 });
    // What was filled up is live, so that it can be tuned.
    expect(Math.abs(Number(removed.state["hidden0.bias"]!.data[1]))).toBeGreaterThan(0);
  });

  it("begin open, and as the network without them but for hard-concrete's 0.98", () => {
    for (const kind of channelGateNames) {
      const gated = gateChannels(net, { ...settings[kind], threshold: 1e-6 } as never);
      const kept = keptChannels(gated, initialState(gated, 1));
      expect(Object.values(kept).flat().every(Boolean), kind).toBe(true);
    }
  });

  it("are there when a network with exits is traced again", () => {
    const trace = (m: typeof net, o: typeof evaluation) =>
      traceExits(m, { exits: ["layer1"], ...o });
    const gated = gateChannels(net, {
      kind: "straightThrough",
      batchSize: 4,
      training: true,
      trace,
    });
    const again = forInference(gated, 1);
    expect(again.parameters.map((p) => p.path)).toContain("gates.conv1.logits");
    expect(again.exits.map((e) => e.name)).toEqual(["layer1", "final"]);
  });
});

/** Costs that channels move, that is all but the numbers of things that run. */
const unmoved: readonly CostName[] = ["kernels", "layers", "stages", "haltingDepth", "experts"];

describe("costs of gated networks", () => {
  const kinds = channelGateNames.map((kind) => {
    const gated = gateChannels(net, { ...settings[kind], cost: "macs" });
    return [kind, gated, spreadState(gated, 2)] as const;
  });

  it("are those of the whole network at first, in the ledger's totals", () => {
    for (const [kind, gated] of kinds) {
      const plain = gated.plain.traced;
      const { macs } = gatedLedger(gated, "soft").total;
      // Stem 8*8*4*27, stage 1 twice 8*8*4*36, stages 2 and 3 with their shortcuts, 16 x 10.
      const conv = (side: number, from: number, to: number, k: number) =>
        side * side * to * from * k;
      const blocks = [
        2 * conv(8, 4, 4, 9),
        conv(4, 4, 8, 9) + conv(4, 8, 8, 9) + conv(4, 4, 8, 1),
        conv(2, 8, 16, 9) + conv(2, 16, 16, 9) + conv(2, 8, 16, 1),
      ];
      expect(macs, kind).toBe(conv(8, 3, 4, 9) + blocks.reduce((a, b) => a + b) + 160);
      expect(plain.parameters.some((p) => p.path.startsWith("gates."))).toBe(false);
    }
  });

  it.each(kinds)("have a gradient in every gate under every cost: %s", (_, gated, state) => {
    const ledger = gatedLedger(gated, "soft");
    for (const name of costNames) {
      if (unmoved.includes(name)) continue;
      const cost = costModels[name].expected(ledger);
      const shares = gated.gates.map((g) => g.share);
      const slopes = valuesOf(
        Object.fromEntries(gradients(cost, shares).map((v, i) => [String(i), v])),
        state,
      );
      const moving = Object.values(slopes).filter(([v]) => v !== 0).length;
      // Only where the peak is can a channel lower it.
      if (name === "peakMemory") expect(moving, name).toBeGreaterThan(0);
      else expect(moving, name).toBe(shares.length);
    }
    // And every share comes from something that is trained.
    for (const gate of gated.gates) {
      const slopes = gradients(
        gate.share,
        gated.parameters.map((p) => p.value),
        { unused: "zero" },
      );
      const moved = Object.values(
        valuesOf(Object.fromEntries(slopes.map((v, i) => [String(i), v])), state),
      ).flat();
      expect(moved.filter((v) => v !== 0).length, gate.name).toBeGreaterThanOrEqual(gate.size);
    }
  });

  it.each(["hardConcrete", "straightThrough"] as const)(
    "have the gradient of finite differences: %s",
    (kind) => {
      const gated = gateChannels(net, settings[kind]);
      const state = spreadState(gated, 3);
      const cost = costModels.macs.expected(gatedLedger(gated, "soft"));
      const full = costModels.macs.full(gatedLedger(gated, "soft"));
      const [parameter] = gated.parameters.filter((p) => p.path.startsWith("gates.layer2.0.conv2"));
      const g = valuesOf({ g: gradients(cost, [parameter!.value])[0]! }, state).g!;
      const h = 1e-2;
      const at = (i: number, step: number) => {
        const data = Float32Array.from(state[parameter!.path]!.data as Float32Array);
        data[i]! += step;
        const moved = tensor("float32", parameter!.value.shape, data);
        return numberOf(cost, { ...state, [parameter!.path]: moved });
      };
      for (const i of [0, 3, 7]) {
        const slope = (at(i, h) - at(i, -h)) / (2 * h);
        expect(g[i]! / full).toBeCloseTo(slope / full, 6);
      }
    },
  );

  it("rise and fall with the shares at a slope that fits the whole way, roundings or not", () => {
    // A group's soft cost is linear in its share: slope times the way is the difference of the ends.
    const gated = gateChannels(net, settings.straightThrough);
    const cost = costModels.macs.expected(gatedLedger(gated, "soft"));
    const state: State = initialState(gated, 1);
    const path = "gates.layer1.0.conv1.logits";
    const slope = gradients(cost, [gated.gates.find((g) => g.parameters[0] === path)!.share])[0]!;
    const at = (logit: number): State => ({
      ...state,
      [path]: tensor("float32", [4], [logit, logit, logit, logit]),
    });
    const way = numberOf(cost, at(40)) - numberOf(cost, at(-40));
    expect(numberOf(slope, at(0))).toBeCloseTo(way, 0);
    expect(way).toBeGreaterThan(0);
  });

  it("are seen hard forward and soft backward where asked for", () => {
    const soft = gateChannels(net, settings.straightThrough);
    const discrete = gateChannels(net, { ...settings.straightThrough, discrete: true });
    const state = spreadState(soft, 4);
    const costOf = (gated: ChannelGating, which: "soft" | "hard") =>
      costModels.macs.expected(gatedLedger(gated, which));
    expect(numberOf(costOf(discrete, "soft"), state)).toBeCloseTo(
      numberOf(costOf(soft, "hard"), state),
      2,
    );
    const shareSlope = (gated: GatedTrace) => {
      const gate = gated.gates[0]!;
      const parameter = gated.parameters.find((p) => p.path === gate.parameters[0])!;
      return valuesOf({ g: gradients(gate.share, [parameter.value])[0]! }, state).g!;
    };
    expect(shareSlope(discrete)).toEqual(shareSlope(soft));
  });

  it("fall to one channel a group by descent on the cost alone: lambda does prune", () => {
    for (const kind of channelGateNames) {
      const gated = gateChannels(net, {
        ...settings[kind],
        ...(kind === "gamma" ? { threshold: 0.1 } : {}),
        ...(kind === "groupLasso" ? { threshold: 0.02 } : {}),
        training: false,
      } as GateChannelsOptions);
      const ledger = gatedLedger(gated, "soft");
      const hard = costModels.macs.expected(gatedLedger(gated, "hard"));
      const soft = f.mul(costModels.macs.expected(ledger), 1 / ledger.total.macs);
      const loss = gated.penalty ? f.add(soft, gated.penalty) : soft;
      const grads = gradients(
        loss,
        gated.parameters.map((p) => p.value),
        { unused: "zero" },
      );
      const step = Object.fromEntries(grads.map((g, i) => [gated.parameters[i]!.path, g]));
      let state: State = initialState(gated, 1);
      const first = numberOf(hard, state);
      for (let k = 0; k < 60; k++) {
        const slopes = valuesOf(step, state);
        state = Object.fromEntries(
          Object.entries(state).map(([path, host]) => {
            const slope = slopes[path];
            if (!slope || host.shape.length === 0) return [path, host];
            // Signs, as Adam would have it.
            const rate = host.shape.length === 1 && path.startsWith("gates.") ? 0.2 : 0.02;
            const data = Float32Array.from(host.data as Float32Array, (v, i) => {
              const moved = v - rate * Math.sign(slope[i]!);
              const crosses = !path.startsWith("gates.") && Math.sign(moved) !== Math.sign(v);
              return crosses ? 0 : moved;
            });
            return [path, tensor("float32", host.shape, data)];
          }),
        );
      }
      expect(first, kind).toBe(ledger.total.macs);
      // One channel everywhere: below a tenth of what there was.
      expect(numberOf(hard, state), kind).toBeLessThan(0.1 * first);
    }
  });

  it("price the penalty by what a channel costs, without a gradient of the price", () => {
    const gated = gateChannels(net, settings.gamma);
    const state = trainedState(gated, 6);
    const ledger = gatedLedger(gated, "hard");
    const prices = gradients(
      costModels.macs.expected(ledger),
      gated.gates.map((g) => g.openShare),
    );
    const parts = gated.gates.map((g, i) => {
      const { size, price } = valuesOf(
        { size: f.reduceMean(g.magnitude!), price: prices[i]! },
        state,
      );
      return (size![0]! * price![0]!) / ledger.total.macs;
    });
    expect(numberOf(gated.penalty!, state)).toBeCloseTo(
      parts.reduce((a, b) => a + b),
      5,
    );
    const scale = gated.parameters.find((p) => p.path === "layer1.0.bn1.weight")!;
    const slope = valuesOf({ g: gradients(gated.penalty!, [scale.value])[0]! }, state).g!;
    // L1: the same slope for every channel, with the sign of its scale.
    const signs = [...state[scale.path]!.data].map(Number).map(Math.sign);
    const size = Math.abs(slope[0]!);
    expect(size).toBeGreaterThan(0);
    for (const [i, v] of slope.entries()) expect(v).toBeCloseTo(size * signs[i]!, 7);
  });

  it("find every gate by the name of its layer, whatever is added before it: no key goes missing", () => {
    const keysOf = (sizes: number[]) =>
      gateChannels(mlp({ sizes }), settings.straightThrough).gates.map((g) => g.parameters[0]);
    expect(keysOf([4, 5, 6, 2])).toEqual(["gates.hidden0.logits", "gates.hidden1.logits"]);
    expect(keysOf([4, 5, 2])).toEqual(["gates.hidden0.logits"]);
    // Each gate is on both sides of its layer's entries, and on nothing else.
    const gated = gateChannels(mlp({ sizes: [4, 5, 6, 2] }), settings.straightThrough);
    const [first, second] = gated.gates.map((g) => g.share);
    const products = gatedLedger(gated, "soft").entries.filter((e) => e.macs > 0);
    expect(products.map((e) => [e.path, e.channels?.in, e.channels?.out])).toEqual([
      ["hidden0", undefined, first],
      ["hidden1", first, second],
      ["output", second, undefined],
    ]);
  });

  it("take folded gates for granted: the ledger has no entry for them", () => {
    const gated = gateChannels(net, { kind: "hardConcrete", batchSize: 8, training: true });
    const paths = gatedLedger(gated, "soft").entries.map((e) => e.path);
    expect(paths.some((p) => p.startsWith("gates"))).toBe(false);
    const state = trainedState(gated, 1);
    expect(Object.keys(foldGates(gated, state)).some((p) => p.startsWith("gates"))).toBe(false);
  });
});

describe("gates that cannot be", () => {
  it("are refused with the reasons", () => {
    const plain = mlp({ sizes: [4, 3, 2] });
    expect(() => gateChannels(plain, settings.gamma)).toThrow(
      /no channels of "mlp-4-3-2" can have gamma gates[\s\S]*hidden0: no batch normalisation closes/,
    );
    const only = (name: string) => () =>
      gateChannels(plain, { ...settings.hardConcrete, only: [name] });
    expect(only("output")).toThrow(/"output" are fixed: it is a result of the network/);
    expect(only("hidden1")).toThrow(/no channel group "hidden1"[\s\S]*allowed: hidden0/);
    expect(() => gateChannels(plain, { ...settings.hardConcrete, gamma: 0.1 } as never)).toThrow(
      /gamma < 0/,
    );
    expect(() => keptChannels(gateChannels(plain, settings.straightThrough), {})).toThrow(
      /has no "gates.hidden0.logits"/,
    );
  });

  it("leave the groups out that are not chosen", () => {
    const gated = gateChannels(net, { ...settings.straightThrough, only: ["layer1.0.conv1"] });
    expect(gated.gates.map((g) => g.name)).toEqual(["layer1.0.conv1"]);
    expect(gated.groups.find((g) => g.name === "conv1")!.fixed).toBe("it is not chosen");
    expect(traceModel(net, evaluation).parameters.length + 1).toBe(gated.parameters.length);
  });
});
