/** The loops around a model, with queries that count and wait instead of computing. */

import { describe, expect, it } from "vitest";
import { closedLoop, serverLoop, warmUp } from "./loop.js";
import { timingPlan } from "./options.js";

/** Blocks, as a run of the runtime does. */
function busy(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

describe("a closed loop", () => {
  it("takes the samples it is asked for, each of several calls, and lets others look in between", async () => {
    let calls = 0;
    let looks = 0;
    const query = async () => calls++;
    const between = () => looks++;
    const options = { samples: 5, minMs: 0, limitMs: 1e6, callsPerSample: 3, between };
    expect(await closedLoop(query, options)).toHaveLength(5);
    // Once before the first sample, and after each.
    expect({ calls, looks }).toEqual({ calls: 15, looks: 6 });
  });

  it("takes one sample at least, and none after the time is up", async () => {
    const options = { samples: 50, minMs: 0, limitMs: 0 };
    expect(await closedLoop(async () => {}, options)).toHaveLength(1);
  });

  it("goes on until the least time is over", async () => {
    const began = performance.now();
    await closedLoop(async () => busy(1), { samples: 1, minMs: 30, limitMs: 1e6 });
    expect(performance.now() - began).toBeGreaterThanOrEqual(30);
  });
});

describe("warming up", () => {
  it("ends unstable when the longest time is over", async () => {
    let run = 0;
    // Every run takes longer than the one before.
    const query = async () => busy(1.5 ** run++);
    const plan = timingPlan({ warmup: { minRuns: 9, minMs: 0, maxMs: 40 } });
    const { state, timesMs } = await warmUp(query, plan);
    expect(state.stable).toBe(false);
    expect(state.ms).toBeGreaterThanOrEqual(40);
    expect(state.runs).toBe(timesMs.length);
  });
});

describe("a server", () => {
  it("charges the queries behind a stall for their waiting", async () => {
    let served = 0;
    const query = async () => {
      served++;
      if (served === 1) busy(60);
    };
    // At 1000 per second all ten arrive long before the first has ended.
    const latencies = await serverLoop(query, { perSecond: 1000, samples: 10, seed: 5 });
    expect(latencies).toHaveLength(10);
    expect(latencies[0]!).toBeGreaterThanOrEqual(60);
    // The last is due after 15 ms or so, and none can start before 60.
    expect(Math.min(...latencies)).toBeGreaterThan(20);
  });
});
