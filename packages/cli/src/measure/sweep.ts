/** Throughput at several batch sizes. */

import { totalmem } from "node:os";
import { offlineThroughput, type Throughput } from "@frugal/core/evaluation";
import { closedLoop } from "./loop.js";
import type { Subject } from "./subject.js";

export interface Sweep {
  readonly points: readonly Throughput[];
  readonly warnings: readonly string[];
}

/** The gain below which a larger batch is not tried. */
const GAIN = 1.05;
const LARGEST_BATCH = 256;
/** Time for one batch size. */
const POINT_MS = 200;

function* powersOfTwo(points: readonly Throughput[]): Generator<number> {
  for (let batch = 1; batch <= LARGEST_BATCH; batch *= 2) {
    yield batch;
    const [before, last] = points.slice(-2);
    if (before && last && last.perSecond < GAIN * before.perSecond) return;
    // Twice the batch takes up to twice the memory for activations.
    if (process.memoryUsage.rss() > totalmem() / 3) return;
  }
}

async function timeBatch({ session, feeds }: Subject, batch: number): Promise<number> {
  const prepared = feeds(batch);
  const query = () => session.run(prepared);
  // The first run of a shape allocates.
  await query();
  await query();
  const times = await closedLoop(query, { samples: 3, minMs: POINT_MS, limitMs: 10 * POINT_MS });
  return offlineThroughput(times, { batch });
}

/** A batch that cannot be run ends the sweep with a warning, not the measurement. */
export async function sweepBatches(
  subject: Subject,
  {
    batches,
    limitMs,
  }: { readonly batches: readonly number[] | undefined; readonly limitMs: number },
): Promise<Sweep> {
  const { fixed } = subject.shapes;
  if (fixed !== undefined) {
    const wanted = (batches ?? [0]).some((b) => b !== subject.batch);
    const point = { batch: subject.batch, perSecond: await timeBatch(subject, subject.batch) };
    return { points: [point], warnings: wanted ? [`no batch sweep: ${fixed}`] : [] };
  }
  const points: Throughput[] = [];
  const began = performance.now();
  for (const batch of batches ?? powersOfTwo(points)) {
    if (performance.now() - began > limitMs) {
      return { points, warnings: [`the batch sweep ended by time before batch ${batch}`] };
    }
    try {
      points.push({ batch, perSecond: await timeBatch(subject, batch) });
    } catch (error) {
      const why = (error as Error).message.split("\n")[0];
      return { points, warnings: [`the batch sweep ended at batch ${batch}: ${why}`] };
    }
  }
  return { points, warnings: [] };
}
