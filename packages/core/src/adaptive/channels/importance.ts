/** How important channels are, judged by the size of what makes them. */

import type { HostTensor } from "../../tensor/index.js";
import type { ChannelGroup, GroupAxis } from "./groups.js";
import type { State } from "./kept.js";

/** Sums of squares of the entries of each channel. */
function squares(host: HostTensor, { axis, repeat, start }: GroupAxis, size: number): number[] {
  const inner = host.shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const length = host.shape[axis]!;
  const sums = new Array<number>(size).fill(0);
  for (const [i, v] of (host.data as Float32Array).entries()) {
    const entry = (Math.floor(i / inner) % length) - start;
    const channel = Math.floor(entry / repeat);
    if (entry >= 0 && channel < size) sums[channel]! += v * v;
  }
  return sums;
}

const rootSum = (lists: readonly number[][], size: number): number[] =>
  Array.from({ length: size }, (_, c) => Math.sqrt(lists.reduce((n, list) => n + list[c]!, 0)));

/**
 * For each group that can be narrowed, the importance of its channels: the L2 norm of their filters, times that of their
 * batch-norm scales where there are any, divided by the mean of the group, so that layers of different size compare.
 *
 * Reference: Li et al. 2017, arXiv:1608.08710 (norms of filters); Fang et al. 2023, arXiv:2301.12900 (summed over groups).
 *
 * @example
 * const plain = traceModel(mlp({ sizes: [8, 3, 4] }), { batchSize: 1, training: false });
 * channelImportance(channelGroups(plain), initialState(plain, 1)).hidden0.length // 3
 */
export function channelImportance(
  groups: readonly ChannelGroup[],
  state: State,
): Record<string, number[]> {
  return Object.fromEntries(
    groups
      .filter((g) => g.fixed === undefined)
      .map(({ name, size, producers, scales }) => {
        const norm = (axes: readonly GroupAxis[]) =>
          rootSum(
            axes.flatMap((at) => (state[at.path] ? [squares(state[at.path]!, at, size)] : [])),
            size,
          );
        const filters = norm(producers);
        const factors = scales.length > 0 ? norm(scales) : filters.map(() => 1);
        const products = filters.map((v, c) => v * factors[c]!);
        const mean = products.reduce((a, b) => a + b, 0) / size;
        return [name, products.map((v) => (mean > 0 ? v / mean : 1))];
      }),
  );
}
