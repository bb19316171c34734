/** Records the look-up table: probe after probe, profiled and timed, until the time is up. */

import {
  type Kernel,
  type KernelTime,
  kernelsOf,
  kernelTimes,
  type LookupRow,
  lookupRows,
  probeModel,
  profile,
} from "@frugal/core/costs";
import { median } from "@frugal/core/evaluation";
import { encodeOnnx } from "@frugal/core/formats";
import type { TimedKernel } from "./held-out.js";
import { openProbe, profileProbe, type Setting, timeBlock } from "./probes.js";

interface Recorded {
  readonly kernels: readonly Kernel[];
  readonly times: (readonly (KernelTime | undefined)[])[];
  /** Least sum over all nodes that a profile showed, and how many there are. */
  shownMs: number;
  nodes: number;
  /** The same run without a profile. */
  totalMs: number;
}

const SEED = 20;
const REPETITIONS = 3;
const BLOCK_MS = 10;
/** No kernel takes less: what is left of the smallest ones is noise. */
const LEAST_MS = 2e-4;
/** Larger probes say little about what is added to each node. */
const SMALL_MS = 0.3;

async function recordProbe(index: number, setting: Setting): Promise<Recorded> {
  const model = probeModel(SEED, index);
  const kernels = kernelsOf(profile(encodeOnnx(model)).ledger);
  const timed = await openProbe(model, setting);
  const totals: number[] = [];
  const recorded: Recorded = {
    kernels,
    times: [],
    shownMs: Number.POSITIVE_INFINITY,
    nodes: 0,
    totalMs: 0,
  };
  for (let i = 0; i < REPETITIONS; i++) {
    totals.push(await timeBlock(timed, BLOCK_MS));
    const nodes = await profileProbe(model, setting);
    recorded.times.push(kernelTimes(kernels, nodes));
    recorded.shownMs = Math.min(
      recorded.shownMs,
      nodes.reduce((sum, n) => sum + n.ms, 0),
    );
    recorded.nodes = nodes.length;
  }
  await timed.session.release();
  recorded.totalMs = Math.min(...totals);
  return recorded;
}

/** What the profile adds to each node, from small probes that ran with and without it. */
function profilingMs(all: readonly Recorded[], baseMs: number): number {
  const added = all
    .filter((r) => r.totalMs < SMALL_MS)
    .map((r) => (r.shownMs - (r.totalMs - baseMs)) / r.nodes);
  return added.length === 0 ? 0 : Math.max(0, median(added));
}

export interface RecordOptions {
  readonly seconds: number;
  readonly baseMs: number;
  readonly progress: (line: string) => void;
}

export interface Recording {
  readonly rows: readonly LookupRow[];
  readonly timed: readonly TimedKernel[];
  readonly profilingMs: number;
  readonly seconds: number;
}

/** As many probes as fit into the time, at most `most`. */
export async function recordTable(
  setting: Setting,
  { seconds, baseMs, progress }: RecordOptions,
  most = 600,
): Promise<Recording> {
  const start = performance.now();
  const elapsed = () => (performance.now() - start) / 1e3;
  const all: Recorded[] = [];
  // One round of all families at least, however slow the machine is.
  while (all.length < most && (elapsed() < seconds || all.length < 20)) {
    all.push(await recordProbe(all.length, setting));
    progress(`recording kernels: ${all.length} probes, ${Math.round(elapsed())} of ${seconds} s`);
  }
  const added = profilingMs(all, baseMs);
  const timed = all.flatMap(({ kernels, times }) =>
    kernels.map((kernel, i) => ({
      kernel,
      ms: times.flatMap((t) => {
        const shown = t[i];
        return shown ? [Math.max(LEAST_MS, shown.ms - shown.nodes * added)] : [];
      }),
    })),
  );
  return { rows: lookupRows(timed), timed, profilingMs: added, seconds: elapsed() };
}
