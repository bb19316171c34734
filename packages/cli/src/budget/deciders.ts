/** How channels are chosen, by name: gates that are trained, and the baselines that they must beat. */

import {
  type ChannelGateName,
  type ChannelGating,
  channelGateNames,
  channelGates,
  channelImportance,
  type State,
} from "@frugal/core/adaptive";
import { randomStream } from "@frugal/core/random";
import type { DeciderName } from "../recipe/schema.js";
import { valuesOf } from "./values.js";

export interface ScoreRequest {
  readonly gating: ChannelGating;
  /** Parameters and buffers at the time of the choice. */
  readonly state: State;
  readonly seed: number;
}

export interface Decider {
  readonly name: DeciderName;
  readonly title: string;
  /** Gates that are trained under the budget; without, training before the choice is plain. */
  readonly gate?: ChannelGateName;
  /** Whether channels are chosen before anything is trained. */
  readonly isFirst: boolean;
  /** Of the channels of every group: the larger, the sooner one is kept. */
  scores(request: ScoreRequest): Readonly<Record<string, readonly number[]>>;
}

/** Open channels before closed ones, whatever their score. */
const OPEN = 1e6;

const gated = (name: ChannelGateName): Decider => ({
  name,
  title: channelGates[name].title,
  gate: name,
  isFirst: false,
  scores({ gating, state }) {
    const scores = valuesOf(Object.fromEntries(gating.gates.map((g) => [g.name, g.score])), state);
    const open = valuesOf(Object.fromEntries(gating.gates.map((g) => [g.name, g.open])), state);
    return Object.fromEntries(
      gating.gates.map(({ name: group }) => [
        group,
        scores[group]!.map((s, i) => (open[group]![i]! > 0 ? s + OPEN : s)),
      ]),
    );
  },
});

const gates = Object.fromEntries(channelGateNames.map((name) => [name, gated(name)])) as Record<
  ChannelGateName,
  Decider
>;

export const deciders: Readonly<Record<DeciderName, Decider>> = {
  ...gates,
  magnitude: {
    name: "magnitude",
    title: "magnitude pruning",
    isFirst: false,
    scores: ({ gating, state }) => channelImportance(gating.groups, state),
  },
  random: {
    name: "random",
    title: "random pruning",
    isFirst: false,
    scores: ({ gating, seed }) =>
      Object.fromEntries(
        gating.gates.map(({ name, size }) => {
          const { uniform } = randomStream(seed, "channels", "random", name);
          return [name, Array.from({ length: size }, () => uniform())];
        }),
      ),
  },
  uniform: {
    name: "uniform",
    title: "uniformly narrower",
    isFirst: true,
    // Channel i of n goes at share i / n of the way, whatever the group: all layers narrow alike.
    scores: ({ gating }) =>
      Object.fromEntries(
        gating.gates.map(({ name, size }) => [
          name,
          Array.from({ length: size }, (_, i) => -(i + 0.5) / size),
        ]),
      ),
  },
};
