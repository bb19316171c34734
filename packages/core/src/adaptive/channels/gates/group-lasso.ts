/**
 * Group lasso: the gate of a channel is the size of the filters that make it, against a threshold. The penalty is the sum
 * of the sizes, which drives whole filters to 0. The size is the root of the mean square, so that layers compare.
 *
 * A normalisation right after a filter undoes its size: there the penalty shrinks weights without changing the network, and
 * `gamma` is the better choice. Reference: Wen et al. 2016, arXiv:1608.03665.
 */

import { type ChannelGateKind, rootMeanSquare, thresholdGate } from "./gate.js";

export interface GroupLassoOptions {
  /** Sizes at or below it count as closed. Default 0.001. */
  readonly threshold?: number;
}

export const groupLassoGate: ChannelGateKind<GroupLassoOptions> = {
  name: "groupLasso",
  title: "group lasso on filters",
  reference: "Wen et al. 2016, arXiv:1608.03665",
  gate: (request, { threshold = 1e-3 }) =>
    thresholdGate(rootMeanSquare(request, request.group.producers), {
      threshold,
      training: request.training,
    }),
};
