/** Peak, bandwidth and overhead of a device: large products, a pass over large buffers, chains of least kernels. */

import { ProbeBuilder, profile, type Spread } from "@frugal/core/costs";
import { median } from "@frugal/core/evaluation";
import { encodeOnnx } from "@frugal/core/formats";
import type { OnnxModel } from "@frugal/core/lowering";
import { type OpenProbe, openProbe, profileProbe, type Setting, timeBlock } from "./probes.js";

function chain(length: number): OnnxModel {
  const builder = new ProbeBuilder(0);
  let x = builder.input([1, 16]);
  for (let i = 0; i < length; i++) x = builder.pointwise(i % 2 ? "Sigmoid" : "Tanh", x);
  builder.output(x);
  return builder.model();
}

function product(rows: number, width: number): OnnxModel {
  const builder = new ProbeBuilder(0);
  const x = builder.input([rows, width]);
  // A narrow end: a large output would be copied, which is none of the product's business.
  builder.output(builder.linear(builder.linear(x, width), 1));
  return builder.model();
}

function convolution(channels: number, side: number): OnnxModel {
  const builder = new ProbeBuilder(0);
  const x = builder.input([1, channels, side, side]);
  const y = builder.convolution(x, { channels, activation: true });
  builder.output(builder.globalPool(builder.convolution(y, { channels, activation: true })));
  return builder.model();
}

/** A pass over 64 MB, which no cache holds. */
function pass(): OnnxModel {
  const builder = new ProbeBuilder(0);
  builder.output(builder.globalPool(builder.pointwise("Relu", builder.input([1, 64, 512, 512]))));
  return builder.model();
}
const PASS_BYTES = 2 * 4 * 64 * 512 * 512;

const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  low: Math.min(...values),
  high: Math.max(...values),
  samples: values.length,
});

export interface Rates {
  readonly macsPerSecond: Spread;
  readonly bytesPerSecond: Spread;
  readonly overheadMsPerKernel: Spread;
  /** A run without kernels. */
  readonly baseMs: number;
}

const CHAINS = [20, 100] as const;
const BLOCK_MS = 30;

/** All of them in turn, `rounds` times: a slow moment of the machine does not fall on one alone. */
export async function measureRates(setting: Setting, rounds: number): Promise<Rates> {
  const heavy: { probe: OpenProbe; macs: number; perSecond: number[] }[] = [];
  for (const model of [
    ...[product(512, 512), product(256, 1024)],
    ...[convolution(64, 56), convolution(128, 28)],
  ]) {
    const { macs } = profile(encodeOnnx(model));
    heavy.push({ probe: await openProbe(model, setting), macs, perSecond: [] });
  }
  const [short, long] = await Promise.all(CHAINS.map((n) => openProbe(chain(n), setting)));
  const bytesPerSecond: number[] = [];
  const overheads: number[] = [];
  const bases: number[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const { probe, macs, perSecond } of heavy) {
      perSecond.push((1e3 * macs) / (await timeBlock(probe, BLOCK_MS)));
    }
    const [a, b] = [await timeBlock(short!, BLOCK_MS), await timeBlock(long!, BLOCK_MS)];
    const overhead = Math.max(0, (b - a) / (CHAINS[1] - CHAINS[0]));
    overheads.push(overhead);
    bases.push(Math.max(0, a - CHAINS[0] * overhead));
    const node = (await profileProbe(pass(), setting)).find(({ path }) => path === "n0");
    if (node) bytesPerSecond.push((1e3 * PASS_BYTES) / node.ms);
  }
  for (const { session } of [...heavy.map((h) => h.probe), short!, long!]) await session.release();
  // The peak is that of the fastest shape.
  const best = heavy.toSorted((a, b) => median(b.perSecond) - median(a.perSecond))[0]!;
  return {
    macsPerSecond: spreadOf(best.perSecond),
    bytesPerSecond: spreadOf(bytesPerSecond),
    overheadMsPerKernel: spreadOf(overheads),
    baseMs: median(bases),
  };
}
