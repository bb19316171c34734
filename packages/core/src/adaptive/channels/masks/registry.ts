/** Every kind of weight mask, by name. */

import {
  type MagnitudeOptions,
  magnitudeMask,
  type NmOptions,
  nmMask,
  type ThresholdOptions,
  thresholdMask,
  type WeightMaskKind,
} from "./masks.js";

export interface MaskOptionsByKind {
  readonly magnitude: MagnitudeOptions;
  readonly threshold: ThresholdOptions;
  readonly nm: NmOptions;
}

export type WeightMaskName = keyof MaskOptionsByKind;

export const weightMasks: {
  readonly [K in WeightMaskName]: WeightMaskKind<MaskOptionsByKind[K]>;
} = { magnitude: magnitudeMask, threshold: thresholdMask, nm: nmMask };

export const weightMaskNames = Object.keys(weightMasks) as readonly WeightMaskName[];

/** A kind with its options. */
export type MaskSettings = {
  [K in WeightMaskName]: { readonly kind: K } & MaskOptionsByKind[K];
}[WeightMaskName];
