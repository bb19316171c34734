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

/** What the runtime shows of one kernel. */
export interface KernelTime {
  readonly ms: number;
  /** Nodes that it consists of. Each is shown longer than it is: the profile reads its clock and keeps its notes. */
  readonly nodes: number;
}

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
 * kernelTimes(kernels, [{ path: "n2_nchwc", ms: 0.25 }])[0]?.ms // 0.25
 */
export function kernelTimes(
  kernels: readonly Kernel[],
  nodes: readonly NodeTiming[],
): readonly (KernelTime | undefined)[] {
  const owner = new Map<string, number>();
  kernels.forEach((k, i) => {
    for (const e of k.entries) owner.set(e.path, i);
  });
  const times = new Array<KernelTime | undefined>(kernels.length).fill(undefined);
  const add = (index: number, ...more: readonly number[]) => {
    const { ms, nodes: count } = times[index] ?? { ms: 0, nodes: 0 };
    times[index] = { ms: more.reduce((a, b) => a + b, ms), nodes: count + more.length };
  };
  let waiting: number[] = [];
  let last: number | undefined;
  for (const { path, ms } of nodes) {
    if (LEAVES_BLOCKS.test(path)) {
      waiting.push(ms);
      continue;
    }
    if (ENTERS_BLOCKS.test(path)) {
      if (last !== undefined && kernels[last]!.family === "grouped") add(last, ms);
      continue;
    }
    const index = owner.get(plainName(path));
    if (index === undefined) continue;
    add(index, ms, ...waiting);
    waiting = [];
    last = index;
  }
  return times;
}
