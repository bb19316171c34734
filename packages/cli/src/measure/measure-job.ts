/** Measures one model in this process. */

import { UserError } from "@frugal/core/base";
import {
  batchKnee,
  callsPerSample,
  type Measurement,
  type ScenarioName,
  scenarios,
  timerReport,
} from "@frugal/core/evaluation";
import { openModel, runtimeVersion } from "@frugal/engine";
import { energySource } from "./energy/index.js";
import { closedLoop, type Query, serverLoop, type WarmUp, warmMs, warmUp } from "./loop.js";
import { peakMemoryBytes } from "./memory.js";
import type { MeasureJob, RawMeasurement } from "./messages.js";
import type { TimingPlan } from "./options.js";
import { idleWatts, type PowerMeter, powerMeter } from "./power.js";
import { openSubject, type Subject } from "./subject.js";
import { type Sweep, sweepBatches } from "./sweep.js";

type Job = Extract<MeasureJob, { kind: "measure" }>;

/** What a scenario times: queries of some calls of a batch. */
export interface Load {
  readonly batch: number;
  readonly callsPerQuery: number;
  readonly query: Query;
}

/** A query of as many samples as the scenario has: one call where the batch is open, several where it is fixed. */
export function loadOf(subject: Subject, scenario: ScenarioName, wanted?: number): Load {
  const { samplesPerQuery } = scenarios[scenario];
  const open = subject.shapes.fixed === undefined;
  const batch = wanted ?? (open && samplesPerQuery > 1 ? samplesPerQuery : subject.batch);
  const callsPerQuery = Math.max(1, Math.ceil(samplesPerQuery / batch));
  const feeds = subject.feeds(batch);
  const query = async () => {
    for (let call = 0; call < callsPerQuery; call++) await subject.session.run(feeds);
  };
  return { batch, callsPerQuery, query };
}

interface Timed {
  readonly samplesMs: readonly number[];
  readonly callsPerSample: number;
  readonly rate?: NonNullable<Measurement["rate"]>;
  readonly warnings: readonly string[];
}

interface TimingContext {
  readonly load: Load;
  readonly plan: TimingPlan;
  readonly warm: WarmUp;
  readonly resolutionMs: number;
  readonly rate: number | undefined;
  readonly meter: PowerMeter;
}

async function timeClosed({
  load,
  plan,
  warm,
  resolutionMs,
  meter,
}: TimingContext): Promise<Timed> {
  const calls = callsPerSample(warmMs(warm), resolutionMs);
  const samplesMs = await closedLoop(load.query, {
    ...plan,
    callsPerSample: calls,
    between: meter.between,
  });
  return { samplesMs, callsPerSample: calls, warnings: [] };
}

/** Half of what it can serve: a queue that is neither empty nor endless. */
const DEFAULT_LOAD = 0.5;

async function timeServer(context: TimingContext): Promise<Timed> {
  const { load, plan, warm, meter } = context;
  const capacityPerSecond = 1000 / warmMs(warm);
  const perSecond = context.rate ?? DEFAULT_LOAD * capacityPerSecond;
  if (perSecond >= capacityPerSecond) {
    throw new UserError(
      "E_USAGE",
      `${perSecond} queries per second are more than the model can serve: the queue would grow without end`,
      {
        where: "scenario server",
        allowed: `less than ${capacityPerSecond.toFixed(1)} per second, what it reaches one query after the other`,
        next: "lower the rate, or measure offline throughput",
      },
    );
  }
  const inTime = Math.max(1, Math.floor((perSecond * plan.limitMs) / 1000));
  const samples = Math.min(plan.samples, inTime);
  const samplesMs = await serverLoop(load.query, {
    perSecond,
    samples,
    seed: plan.seed,
    between: meter.between,
  });
  return { samplesMs, callsPerSample: 1, rate: { perSecond, capacityPerSecond }, warnings: [] };
}

const timings: Readonly<Record<ScenarioName, (context: TimingContext) => Promise<Timed>>> = {
  "single-stream": timeClosed,
  "multi-stream": timeClosed,
  server: timeServer,
  offline: timeClosed,
};

const PROFILED_RUNS = 10;
const PROFILE_WARMUP = 3;

/** In a session of its own: profiling slows every run. */
async function timeLayers(subject: Subject, { model }: Job, batch: number) {
  const { provider, threads } = subject.session;
  const session = await openModel(model.path, { provider, threads, profile: true });
  const feeds = session.prepare(subject.tensors(batch));
  for (let run = 0; run < PROFILE_WARMUP + PROFILED_RUNS; run++) await session.run(feeds);
  const layers = session.layers({ skip: PROFILE_WARMUP });
  await session.release();
  return layers;
}

export const unstable = ({ state }: WarmUp): string[] =>
  state.stable ? [] : [`times were not yet stable when the warm-up ended after ${state.runs} runs`];

/** Facts of a subject that any way of timing reports. */
export const subjectFacts = (subject: Subject) => ({
  provider: subject.session.provider,
  threads: subject.session.threads,
  inputs: subject.inputs,
  sessionStartMs: subject.session.startMs,
  firstRunMs: subject.firstRunMs,
  ...(subject.decodeMs === undefined ? {} : { decodeMs: subject.decodeMs }),
  ...(subject.preprocessMs === undefined ? {} : { preprocessMs: subject.preprocessMs }),
  versions: { engine: runtimeVersion() },
});

export async function measureJob(job: Job): Promise<RawMeasurement> {
  const { model, plan, batches } = job;
  const timer = timerReport(() => performance.now());
  const source = energySource(plan.sysRoot);
  const idle = await idleWatts(source);
  const baselineMemoryBytes = peakMemoryBytes();
  const subject = await openSubject(model, plan.seed);
  const sweep = (): Promise<Sweep> => sweepBatches(subject, { batches, limitMs: plan.limitMs });
  // Offline runs at the batch that the sweep finds; elsewhere the sweep must not raise the peak of memory.
  const isOffline = scenarios[plan.scenario].percentile === null;
  const before = isOffline && model.batch === undefined ? await sweep() : undefined;
  const best = before && batchKnee(before.points);
  const load = loadOf(subject, plan.scenario, model.batch ?? best);
  const warm = await warmUp(load.query, plan);
  const meter = powerMeter(source, idle);
  const { resolutionMs } = timer;
  const timed = await timings[plan.scenario]({
    ...{ load, plan, warm, resolutionMs, meter },
    rate: job.rate,
  });
  const runs = timed.samplesMs.length * timed.callsPerSample * load.callsPerQuery;
  const energy = meter.finish(runs * load.batch);
  const peak = peakMemoryBytes();
  const swept = before ?? (batches?.length === 0 ? undefined : await sweep());
  const knee = swept && batchKnee(swept.points);
  const layers = job.layers ? await timeLayers(subject, job, load.batch) : undefined;
  await subject.session.release();
  return {
    ...subjectFacts(subject),
    batch: load.batch,
    samplesMs: timed.samplesMs,
    callsPerSample: timed.callsPerSample,
    ...(timed.rate ? { rate: timed.rate } : {}),
    warmup: warm.state,
    throughput: swept?.points ?? [],
    ...(knee === undefined || swept!.points.length < 2 ? {} : { kneeBatch: knee }),
    peakMemoryBytes: peak,
    baselineMemoryBytes,
    energy,
    ...(layers ? { layers } : {}),
    timer,
    warnings: [...unstable(warm), ...timed.warnings, ...(swept?.warnings ?? [])],
  };
}
