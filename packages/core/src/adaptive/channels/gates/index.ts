/** Every kind of channel gate, by name. */

import { type GammaOptions, gammaGate } from "./gamma.js";
import type { ChannelGate, ChannelGateKind } from "./gate.js";
import { type GroupLassoOptions, groupLassoGate } from "./group-lasso.js";
import { type HardConcreteOptions, hardConcreteGate } from "./hard-concrete.js";
import { type StraightThroughOptions, straightThroughGate } from "./straight-through.js";

export interface GateOptionsByKind {
  readonly hardConcrete: HardConcreteOptions;
  readonly straightThrough: StraightThroughOptions;
  readonly gamma: GammaOptions;
  readonly groupLasso: GroupLassoOptions;
}

export type ChannelGateName = keyof GateOptionsByKind;

export const channelGates: {
  readonly [K in ChannelGateName]: ChannelGateKind<GateOptionsByKind[K]>;
} = {
  hardConcrete: hardConcreteGate,
  straightThrough: straightThroughGate,
  gamma: gammaGate,
  groupLasso: groupLassoGate,
};

export const channelGateNames = Object.keys(channelGates) as readonly ChannelGateName[];

/** A kind with its options. */
export type GateSettings = {
  [K in ChannelGateName]: { readonly kind: K } & GateOptionsByKind[K];
}[ChannelGateName];

export type { GateRequest, Scalar } from "./gate.js";
export type {
  ChannelGate,
  ChannelGateKind,
  GammaOptions,
  GroupLassoOptions,
  HardConcreteOptions,
  StraightThroughOptions,
};
