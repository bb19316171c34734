/** The feeds of a step: batch, scalars and noise, written into buffers that are reused. */

import { UserError } from "../base/index.js";
import type { Feeds } from "../engine/index.js";
import type { NoiseInput } from "../nn/index.js";
import { randomStream } from "../random/index.js";
import { type HostTensor, scalar, zeros } from "../tensor/index.js";
import type { TrainStep } from "./step.js";
import type { BatchSource } from "./types.js";

/** A number of every step: step counts from 0. */
export type ScalarSource = (step: number, total: number) => number;

export interface FeedOptions {
  readonly source: BatchSource;
  readonly scalars: Readonly<Record<string, ScalarSource>>;
  readonly totalSteps: number;
  readonly seed: number;
}

function fillNoise(
  { name, distribution }: NoiseInput,
  { data }: HostTensor<"float32">,
  { seed, step }: { readonly seed: number; readonly step: number },
): void {
  const stream = randomStream(seed, "noise", name, step);
  const draw = distribution === "uniform" ? stream.uniform : stream.normal;
  for (let i = 0; i < data.length; i++) data[i] = draw();
}

/** What one step is fed. */
export interface StepFeed {
  readonly feeds: Feeds;
  readonly scalars: Readonly<Record<string, number>>;
  /** Real samples in the batch. */
  readonly samples: number;
}

export interface StepFeeds {
  /**
   * What a step (from 0) is fed, valid until the next call; with a slot, until that slot is filled again. Steps that run
   * together need slots of their own, for which batches that the source may reuse are copied.
   */
  at(step: number, slot?: number): StepFeed;
}

/** A copy in memory of the slot's own. */
function held(given: HostTensor, before: HostTensor | undefined): HostTensor {
  if (before?.data.length !== given.data.length) {
    return { ...given, data: given.data.slice() } as HostTensor;
  }
  (before.data as Float32Array).set(given.data as Float32Array);
  return before;
}

/**
 * Everything that a step is fed depends on its number and the seed only.
 *
 * @example
 * const scalars = { lr: () => 0.1 };
 * const feeds = stepFeeds(step, { source, totalSteps: 2, seed: 1, scalars });
 * feeds.at(0).scalars.lr // 0.1
 */
export function stepFeeds(step: TrainStep, options: FeedOptions): StepFeeds {
  const { source, scalars, totalSteps, seed } = options;
  const missing = step.feeds.scalars.filter((name) => !scalars[name]);
  if (missing.length > 0) {
    throw new UserError("E_CONFIG", `nothing gives the values of ${missing.join(", ")}`, {
      where: "train",
      allowed: `a function for each of ${step.feeds.scalars.join(", ")}`,
      next: "pass it in scalars",
    });
  }
  const unfed = step.feeds.data.filter((name) => name !== "input" && name !== "labels");
  if (unfed.length > 0) {
    throw new UserError("E_CONFIG", `nothing feeds the graph input ${unfed.join(", ")}`, {
      where: "train",
      allowed: '"input" and "labels", which batches have',
    });
  }
  const slots = new Map<number | undefined, Record<string, HostTensor>>();
  function newSlot(): Record<string, HostTensor> {
    const feeds: Record<string, HostTensor> = {};
    for (const name of Object.keys(scalars)) feeds[name] = scalar("float32", 0);
    for (const { name, value } of step.feeds.noise) feeds[name] = zeros("float32", value.shape);
    return feeds;
  }
  return {
    at(index, slot) {
      const feeds = slots.get(slot) ?? newSlot();
      slots.set(slot, feeds);
      const { stepsPerEpoch } = source;
      const batch = source.batch(Math.floor(index / stepsPerEpoch), index % stepsPerEpoch);
      const own = source.fresh || slot === undefined ? (t: HostTensor) => t : held;
      feeds.input = own(batch.input, feeds.input);
      feeds.labels = own(batch.labels, feeds.labels);
      const values: Record<string, number> = {};
      for (const [name, value] of Object.entries(scalars)) {
        feeds[name]!.data[0] = value(index, totalSteps);
        values[name] = Number(feeds[name]!.data[0]);
      }
      for (const input of step.feeds.noise) {
        fillNoise(input, feeds[input.name] as HostTensor<"float32">, { seed, step: index });
      }
      return { feeds, scalars: values, samples: batch.n ?? batch.input.shape[0]! };
    },
  };
}
