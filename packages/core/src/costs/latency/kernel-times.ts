/** From the runtime's profile to times of our kernels. */

import type { Kernel } from "./kernels.js";

/** Time of one node as the runtime names it. */
export interface NodeTiming {
  readonly path: string;
  readonly ms: number;
}

/** The runtime marks what it fused and what it laid out in blocks. */
const plainName = (name: string): string =>
  name.replace(/^fused /, "").replace(/(_nchwc|_token_\d+)+$/, "");

export interface KernelTimesOptions {
  /**
   * What the profile adds to each node, in milliseconds: the runtime reads its clock around every one. The difference
   * between what least kernels show in a profile and what they add to a run without one. Default 0.
   */
  readonly profilingMs?: number;
}

/** No node takes less: what is left of a least kernel is noise. */
const LEAST_MS = 1e-4;

const LEAVES_BLOCKS = /^ReorderOutput/;
const ENTERS_BLOCKS = /^ReorderInput/;

/**
 * Times of kernels, in milliseconds, from the nodes of a profiled run in order of execution; undefined where the runtime
 * has no node of a kernel's name.
 *
 * A change of layout is a part of the kernel that demands it: on the way out of blocks the next one, on the way back a
 * grouped convolution before it. What enters the first blocked layer from a network's input belongs to none.
 *
 * @example
 * const probe = new ProbeBuilder(0);
 * probe.output(probe.convolution(probe.input([1, 3, 8, 8]), { channels: 16, norm: true, activation: true }));
 * const kernels = kernelsOf(profile(encodeOnnx(probe.model())).ledger);
 * kernelTimes(kernels, [{ path: "n2_nchwc", ms: 0.25 }, { path: "ReorderOutput", ms: 0.1 }]) // [0.25]
 */
export function kernelTimes(
  kernels: readonly Kernel[],
  nodes: readonly NodeTiming[],
  { profilingMs = 0 }: KernelTimesOptions = {},
): readonly (number | undefined)[] {
  const owner = new Map<string, number>();
  kernels.forEach((k, i) => {
    for (const e of k.entries) owner.set(e.path, i);
  });
  const times = new Array<number | undefined>(kernels.length).fill(undefined);
  let waiting = 0;
  let last: number | undefined;
  for (const { path, ms: shown } of nodes) {
    const ms = Math.max(LEAST_MS, shown - profilingMs);
    if (LEAVES_BLOCKS.test(path)) {
      waiting += ms;
      continue;
    }
    if (ENTERS_BLOCKS.test(path)) {
      if (last !== undefined && kernels[last]!.family === "grouped") times[last]! += ms;
      continue;
    }
    const index = owner.get(plainName(path));
    if (index === undefined) continue;
    times[index] = (times[index] ?? 0) + ms + waiting;
    waiting = 0;
    last = index;
  }
  return times;
}
