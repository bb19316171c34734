/** Measures two models in turn in one process: what disturbs the machine meets both. */

import { callsPerSample, LEAST_ROUNDS, quantile, timerReport } from "@frugal/core/evaluation";
import { closedLoop, type WarmUp, warmMs, warmUp } from "./loop.js";
import { type Load, loadOf, subjectFacts, unstable } from "./measure-job.js";
import type { MeasureJob, RawMeasurement, RawPair } from "./messages.js";
import { type ModelFile, openSubject, type Subject } from "./subject.js";

type Job = Extract<MeasureJob, { kind: "pair" }>;

/** Time of one model in one round: long enough for the clock, short enough for the machine to stay the same. */
const BLOCK_MS = 20;

interface Side {
  readonly subject: Subject;
  readonly load: Load;
  readonly warm: WarmUp;
  readonly callsPerSample: number;
  /** Samples in a round. */
  readonly block: number;
  readonly samplesMs: number[];
  readonly roundsMs: number[];
}

async function openSide(model: ModelFile, { plan }: Job, resolutionMs: number): Promise<Side> {
  const subject = await openSubject(model, plan.seed);
  const load = loadOf(subject, plan.scenario, model.batch);
  const warm = await warmUp(load.query, plan);
  const queryMs = warmMs(warm);
  const calls = callsPerSample(queryMs, resolutionMs);
  const block = Math.max(1, Math.ceil(BLOCK_MS / (queryMs * calls)));
  return { subject, load, warm, callsPerSample: calls, block, samplesMs: [], roundsMs: [] };
}

async function playRound(side: Side): Promise<void> {
  const times = await closedLoop(side.load.query, {
    samples: side.block,
    minMs: 0,
    limitMs: Number.POSITIVE_INFINITY,
    callsPerSample: side.callsPerSample,
  });
  side.samplesMs.push(...times);
  side.roundsMs.push(quantile(times, 0.5, { definition: "linear" }));
}

function rawOf(side: Side, timer: RawMeasurement["timer"]): RawMeasurement {
  return {
    ...subjectFacts(side.subject),
    batch: side.load.batch,
    samplesMs: side.samplesMs,
    callsPerSample: side.callsPerSample,
    warmup: side.warm.state,
    throughput: [],
    energy: {
      measured: false,
      reason: "two models ran in turn: a counter cannot tell their energy apart",
    },
    timer,
    warnings: unstable(side.warm),
  };
}

export async function pairJob(job: Job): Promise<RawPair> {
  const { plan, rounds } = job;
  const timer = timerReport(() => performance.now());
  const a = await openSide(job.a, job, timer.resolutionMs);
  const b = await openSide(job.b, job, timer.resolutionMs);
  const began = performance.now();
  for (let round = 0; ; round++) {
    // A B, then B A: neither always runs in the other's wake.
    for (const side of round % 2 === 0 ? [a, b] : [b, a]) await playRound(side);
    const done = round + 1;
    const fewest = Math.min(a.samplesMs.length, b.samplesMs.length);
    const enough = done >= rounds && fewest >= plan.samples;
    const late = done >= LEAST_ROUNDS && performance.now() - began >= plan.limitMs;
    if (enough || late) break;
  }
  await a.subject.session.release();
  await b.subject.session.release();
  return {
    a: rawOf(a, timer),
    b: rawOf(b, timer),
    rounds: { a: a.roundsMs, b: b.roundsMs },
  };
}
