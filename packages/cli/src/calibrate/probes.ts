/** Runs the models that a calibration is made of. */

import { median } from "@frugal/core/evaluation";
import { encodeOnnx } from "@frugal/core/formats";
import type { OnnxModel } from "@frugal/core/lowering";
import { elementCount } from "@frugal/core/tensor";
import { type LayerTime, type ModelSession, openModel, type PreparedFeeds } from "@frugal/engine";

export interface Setting {
  readonly provider: string;
  readonly threads: number;
}

export interface OpenProbe {
  readonly session: ModelSession;
  readonly feeds: PreparedFeeds;
}

/** Numbers in [-1, 1), quickly: times do not depend on them, as long as they are no zeros. */
const spreadNumbers = (length: number): Float32Array => {
  const data = new Float32Array(length);
  for (let i = 0; i < length; i++) data[i] = ((i * 7919) % 2003) / 1001.5 - 1;
  return data;
};

export async function openProbe(
  model: OnnxModel,
  setting: Setting & { readonly profile?: boolean },
): Promise<OpenProbe> {
  const session = await openModel(encodeOnnx(model), setting);
  const feeds = model.inputs.map(({ name, shape }) => {
    const dims = shape.map(Number);
    return [name, { dtype: "float32", dims, data: spreadNumbers(elementCount(dims)) }] as const;
  });
  return { session, feeds: session.prepare(Object.fromEntries(feeds)) };
}

const LEAST_RUNS = 5;

/** Median of a block of runs, in milliseconds, after one that warms the caches. */
export async function timeBlock({ session, feeds }: OpenProbe, blockMs: number): Promise<number> {
  await session.run(feeds);
  const times: number[] = [];
  const start = performance.now();
  while (times.length < LEAST_RUNS || performance.now() - start < blockMs) {
    const before = performance.now();
    await session.run(feeds);
    times.push(performance.now() - before);
  }
  return median(times);
}

const WARM_UP = 5;
const PROFILED = 12;

/** Nodes of one profiled session; it is closed again. */
export async function profileProbe(model: OnnxModel, setting: Setting): Promise<LayerTime[]> {
  const { session, feeds } = await openProbe(model, { ...setting, profile: true });
  try {
    for (let run = 0; run < WARM_UP + PROFILED; run++) await session.run(feeds);
    return session.layers({ skip: WARM_UP });
  } finally {
    await session.release();
  }
}
