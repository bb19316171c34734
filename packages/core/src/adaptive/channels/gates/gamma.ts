/**
 * Shrinkage of batch-norm scales: the gate of a channel is the size of its scale, against a threshold. A penalty on the
 * sizes, L1 weighted by what a channel costs, drives them to 0. Where several normalisations share a group (a residual
 * stage) the size is the root of the mean square of their scales.
 *
 * References: Liu et al. 2017, arXiv:1708.06519 (Network Slimming); Gordon et al. 2018, arXiv:1711.06798 (MorphNet).
 */

import { functions as f } from "../../../ops/index.js";
import type { ChannelGroup } from "../groups.js";
import { type ChannelGateKind, entriesOf, rootMeanSquare, thresholdGate } from "./gate.js";

export interface GammaOptions {
  /** Sizes at or below it count as closed. Default 0.01, as in MorphNet. */
  readonly threshold?: number;
}

/** The scales that close the group: others come before a normalisation that would undo them. */
function closingScales({ scales, gated }: ChannelGroup) {
  const closing = new Set(gated.map(({ path }) => path));
  return scales.filter(({ path }) => closing.has(path));
}

export const gammaGate: ChannelGateKind<GammaOptions> = {
  name: "gamma",
  title: "batch-norm scale shrinkage",
  reference: "Liu et al. 2017, arXiv:1708.06519; Gordon et al. 2018, arXiv:1711.06798",
  refuses: (group) =>
    closingScales(group).length > 0 ? undefined : "no batch normalisation closes its channels",
  gate(request, { threshold = 0.01 }) {
    const { group, training, parameter } = request;
    const scales = closingScales(group);
    const [only, ...others] = scales;
    const isPlain = others.length === 0 && only!.repeat === 1;
    const size = isPlain
      ? f.abs(f.reshape(entriesOf(parameter(only!.path), only!, group.size), [group.size]))
      : rootMeanSquare(request, scales);
    return thresholdGate(size, { threshold, training });
  },
};
