/** Measures models: each in a process of its own, or two side by side. */

import { assert, UserError } from "@frugal/core/base";
import {
  LEAST_ROUNDS,
  type Measurement,
  pairedRatio,
  type RatioInterval,
  type Scenario,
  type ScenarioName,
  scenarios,
} from "@frugal/core/evaluation";
import { assemble } from "./assemble.js";
import { runJob } from "./child.js";
import { probeEnvironment } from "./environment.js";
import type { RawMeasurement, RawPair } from "./messages.js";
import { withModelFiles } from "./model-file.js";
import {
  checkMeasureOptions,
  checkModelOptions,
  type MeasureOptions,
  type PairOptions,
  timingPlan,
} from "./options.js";

export type { MeasureOptions, ModelOptions, PairOptions, TimingOptions } from "./options.js";

/**
 * Times of one model under one scenario, with everything that makes them what they are: warm-up, clock, machine, memory,
 * energy where a counter measures it. Nothing is asserted of a percentile that the samples do not carry.
 *
 * @throws UserError for options that make no sense, files that cannot be run, and arrivals that cannot be served.
 */
export async function measureModel(options: MeasureOptions): Promise<Measurement> {
  checkMeasureOptions(options);
  const plan = timingPlan(options);
  const environment = probeEnvironment(plan.sysRoot);
  const { batches, rate, processes = 1, layers = false } = options;
  return withModelFiles([options], async ([file]) => {
    assert(file, "one model is one file");
    const runs: RawMeasurement[] = [];
    for (let i = 0; i < processes; i++) {
      const job = { kind: "measure", model: file, plan, batches, rate, layers } as const;
      const found = await runJob(job);
      assert(found.kind === "measured", "a measurement was asked for");
      runs.push(found.result);
    }
    return assemble(runs, {
      name: file.name,
      scenario: plan.scenario,
      wanted: plan.samples,
      quantile: options.quantile,
      environment,
    });
  });
}

export interface PairMeasurement {
  readonly a: Measurement;
  readonly b: Measurement;
  /** Time of a over time of b, of rounds in which both ran; below 1: a is faster. */
  readonly ratio: RatioInterval;
  readonly rounds: number;
  /** The ratio of whole requests, decoding and preparation of the image included; present where an image was given. */
  readonly request?: RatioInterval;
}

/** One file, one decoder: what differs between two timings of it is the machine. */
function withOneDecoding({ a, b, rounds }: RawPair): RawPair {
  if (a.decodeMs === undefined || b.decodeMs === undefined) return { a, b, rounds };
  const decodeMs = (a.decodeMs + b.decodeMs) / 2;
  return { a: { ...a, decodeMs }, b: { ...b, decodeMs }, rounds };
}

/** What one query takes beside the network: its images, one after the other. */
const besideMs = (raw: RawMeasurement, scenario: ScenarioName): number =>
  scenarios[scenario].samplesPerQuery * ((raw.decodeMs ?? 0) + (raw.preprocessMs ?? 0));

/**
 * Two models loaded in one process and timed in turn, A B then B A, so that what slows the machine meets both; their ratio
 * is of rounds, with an interval. Memory and energy cannot be told apart here and are left out.
 *
 * @throws UserError as measureModel does, and for scenarios in which the two cannot take turns.
 */
export async function measurePair(options: PairOptions): Promise<PairMeasurement> {
  const { a, b, rounds = 20 } = options;
  for (const side of [a, b]) checkModelOptions(side);
  const plan = timingPlan(options);
  const takesTurns = (s: Scenario): boolean => s.arrivals === "closed" && s.percentile !== null;
  if (!takesTurns(scenarios[plan.scenario])) {
    const allowed = Object.values(scenarios).filter(takesTurns);
    throw new UserError("E_USAGE", `two models cannot take turns in scenario ${plan.scenario}`, {
      allowed: allowed.map((s) => s.name).join(", "),
    });
  }
  if (!Number.isSafeInteger(rounds) || rounds < LEAST_ROUNDS) {
    throw new UserError("E_USAGE", `${rounds} rounds`, {
      allowed: `a whole number from ${LEAST_ROUNDS}`,
    });
  }
  const environment = probeEnvironment(plan.sysRoot);
  return withModelFiles([a, b], async ([fileA, fileB]) => {
    assert(fileA && fileB, "two models are two files");
    const found = await runJob({ kind: "pair", a: fileA, b: fileB, plan, rounds });
    assert(found.kind === "compared", "a comparison was asked for");
    const result = withOneDecoding(found.result);
    const side = (raw: RawMeasurement, name: string): Measurement =>
      assemble([raw], {
        name,
        scenario: plan.scenario,
        wanted: plan.samples,
        quantile: options.quantile,
        environment,
      });
    const whole = (raw: RawMeasurement, rounds: readonly number[]) =>
      rounds.map((ms) => ms + besideMs(raw, plan.scenario));
    const { rounds: took } = result;
    const beside = besideMs(result.a, plan.scenario) + besideMs(result.b, plan.scenario);
    return {
      a: side(result.a, fileA.name),
      b: side(result.b, fileB.name),
      ratio: pairedRatio(took.a, took.b, { seed: plan.seed }),
      rounds: took.a.length,
      ...(beside > 0
        ? {
            request: pairedRatio(whole(result.a, took.a), whole(result.b, took.b), {
              seed: plan.seed,
            }),
          }
        : {}),
    };
  });
}
