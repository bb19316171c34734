/** What training must do on every engine: agree with PyTorch, resume exactly, stop cleanly, name bad tensors. */

import { describe, expect, test } from "vitest";
import type { Engine } from "../../engine/index.js";
import { input } from "../../graph/index.js";
import {
  dropout,
  linear,
  type Model,
  relu,
  scoped,
  sequential,
  traceModel,
} from "../../nn/index.js";
import { crossEntropy } from "../../objectives/index.js";
import { functions as f } from "../../ops/index.js";
import { adamW, type Optimizer, schedules, sgd, warmup } from "../../optim/index.js";
import { randomStream } from "../../random/index.js";
import { type HostTensor, tensor, toNumbers } from "../../tensor/index.js";
import {
  accuracy,
  type BatchSource,
  buildEvaluation,
  buildTrainStep,
  type Checkpoint,
  collect,
  type TrainEvent,
  type TrainOptions,
  train,
} from "../index.js";
import { BATCH, fixtureModel, fixtureSource, hostTensors, readFixture } from "./torch.js";

async function eventsOf(options: TrainOptions): Promise<TrainEvent[]> {
  const events: TrainEvent[] = [];
  for await (const event of train(options)) events.push(event);
  return events;
}

const ended = (events: readonly TrainEvent[]): Checkpoint => {
  const last = events.at(-1);
  if (last?.kind !== "end") throw new Error("the run did not end");
  return last.checkpoint;
};

const pick = <K extends TrainEvent["kind"]>(events: readonly TrainEvent[], kind: K) =>
  events.filter((e): e is Extract<TrainEvent, { kind: K }> => e.kind === kind);

function distance(a: Readonly<Record<string, HostTensor>>, b: typeof a): number {
  expect(Object.keys(a).toSorted()).toEqual(Object.keys(b).toSorted());
  let largest = 0;
  for (const [name, t] of Object.entries(a)) {
    const other = toNumbers(b[name]!);
    toNumbers(t).forEach((v, i) => {
      largest = Math.max(largest, Math.abs(v - other[i]!));
    });
  }
  return largest;
}

/** Two classes of points on a plane; input and labels follow from the address alone. */
const points: BatchSource = {
  stepsPerEpoch: 6,
  batch(epoch, step) {
    const stream = randomStream(1, "points", epoch, step);
    const labels = Array.from({ length: 8 }, () => stream.integer(2));
    const data = labels.flatMap((c) => [stream.normal() + 2 * c, stream.normal() - 2 * c]);
    return { input: tensor("float32", [8, 2], data), labels: tensor("int32", [8], labels) };
  },
};

/** A model with noise, for a task that it learns in a few steps. */
const pointsModel: Model = {
  name: "points",
  inputShape: [2],
  outputs: 2,
  forward: sequential({ body: sequential([linear(8), relu, dropout(0.25)]), fc: linear(2) }),
};

function pointsStep(model = pointsModel, optimizer: Optimizer = adamW()) {
  const traced = traceModel(model, { batchSize: 8, training: true });
  const labels = input("labels", [8], "int32");
  return buildTrainStep({
    ...traced,
    loss: f.reduceMean(crossEntropy(traced.output, labels)),
    metrics: { accuracy: accuracy(traced.output, labels) },
    optimizer,
    seed: 4,
  });
}

const settings = {
  source: points,
  epochs: 3,
  seed: 4,
  lr: 0.05,
  schedule: warmup(schedules.cosine(), { share: 0.2 }),
};

/** Milliseconds that advance by one at every look. */
function ticking(): () => number {
  let ms = 0;
  return () => ms++;
}

export function trainingContract(title: string, makeEngine: () => Engine): void {
  describe(`training on ${title}`, () => {
    const runs = [
      ["sgd", sgd({ momentum: 0.9, nesterov: true, weightDecay: 5e-4 }), 0.1, 1],
      ["adamW", adamW({ weightDecay: 0.05 }), 0.01, undefined],
    ] as const;
    for (const [name, optimizer, lr, clipNorm] of runs) {
      test(`five steps of ${name} give PyTorch's losses and weights`, async () => {
        const engine = makeEngine();
        const fixture = readFixture();
        const source = fixtureSource(fixture);
        const traced = traceModel(fixtureModel(), { batchSize: BATCH, training: true });
        const labels = input("labels", [BATCH], "int32");
        const step = buildTrainStep({
          ...traced,
          loss: f.reduceMean(crossEntropy(traced.output, labels, { labelSmoothing: 0.1 })),
          optimizer,
          ...(clipNorm ? { clipNorm } : {}),
          initial: hostTensors(fixture.first),
        });
        const options = { engine, step, source, epochs: 1, seed: 0, lr, now: ticking() };
        const events = await eventsOf(options);
        const expected = fixture.runs[name];
        pick(events, "step").forEach((event, i) => {
          expect(event.metrics.loss).toBeCloseTo(expected.losses[i]!, 4);
        });
        const final = ended(events);
        const weights = { ...final.parameters, ...final.buffers };
        expect(distance(weights, hostTensors(expected.final))).toBeLessThan(1e-4);

        const still = traceModel(fixtureModel(), { batchSize: BATCH, training: false });
        const outputs = { logits: still.output };
        const evaluation = buildEvaluation({ ...still, outputs, weights: final });
        const executable = await engine.compile(evaluation.graph, { state: evaluation.state });
        const first = { ...source, stepsPerEpoch: 1 };
        const { logits } = await collect(executable, { source: first, graph: evaluation.graph });
        toNumbers(logits!).forEach((v, i) => {
          expect(v).toBeCloseTo(expected.logits[i]!, 3);
        });
        await executable.dispose();
      });
    }

    test("a run that is stopped and resumed equals one that is not, bit for bit", async () => {
      const engine = makeEngine();
      const step = pointsStep();
      const whole = await eventsOf({ engine, step, ...settings, now: ticking() });
      for (const stopAfter of [4, 6, 11]) {
        let seen = 0;
        const stop = () => ++seen === stopAfter;
        const before = await eventsOf({ engine, step, ...settings, stop, now: ticking() });
        expect(before.at(-1)).toMatchObject({ kind: "end", reason: "stopped" });
        const saved = ended(before);
        expect(saved.progress).toMatchObject({
          step: stopAfter,
          epoch: Math.floor(stopAfter / 6),
          position: stopAfter % 6,
        });
        // Through JSON and back, as it goes through a file.
        const progress = JSON.parse(JSON.stringify(saved.progress)) as Checkpoint["progress"];
        const resume = { ...saved, progress };
        const after = await eventsOf({ engine, step, ...settings, resume, now: ticking() });
        const both = [...before, ...after];
        expect(pick(both, "step").map((e) => [e.step, e.metrics, e.scalars])).toEqual(
          pick(whole, "step").map((e) => [e.step, e.metrics, e.scalars]),
        );
        expect(pick(both, "epoch").map((e) => e.metrics)).toEqual(
          pick(whole, "epoch").map((e) => e.metrics),
        );
        const [a, b] = [ended(after), ended(whole)];
        expect(a.progress).toEqual(b.progress);
        expect(distance(a.parameters, b.parameters)).toBe(0);
        expect(distance(a.optimizer, b.optimizer)).toBe(0);
      }
    });

    test("steps that run together are the steps that run alone", async () => {
      const engine = makeEngine();
      const step = pointsStep();
      const longer = { ...settings, source: { ...points, stepsPerEpoch: 11 }, epochs: 2 };
      const base = { engine, step, ...longer };
      const alone = await eventsOf({ ...base, together: 1, now: ticking() });
      const grouped = await eventsOf({ ...base, together: 4, now: ticking() });
      expect(grouped.map((e) => e.kind)).toEqual(alone.map((e) => e.kind));
      const [a, b] = [pick(alone, "step"), pick(grouped, "step")];
      expect(b.map((e) => [e.step, e.epoch, e.scalars])).toEqual(
        a.map((e) => [e.step, e.epoch, e.scalars]),
      );
      b.forEach((e, i) => {
        expect(e.metrics.loss).toBeCloseTo(a[i]!.metrics.loss!, 5);
      });
      expect(distance(ended(grouped).parameters, ended(alone).parameters)).toBeLessThan(1e-5);
      expect(distance(ended(grouped).optimizer, ended(alone).optimizer)).toBeLessThan(1e-5);
    });

    test("a checkpoint within a group is made after its very step, and resumes bit for bit", async () => {
      const engine = makeEngine();
      const step = pointsStep();
      const longer = { ...settings, source: { ...points, stepsPerEpoch: 11 }, epochs: 2 };
      const checkpoint: NonNullable<TrainOptions["checkpoint"]> = ({ step: done }) =>
        done % 5 === 0;
      const base = { engine, step, ...longer, together: 4, checkpoint };
      const whole = await eventsOf({ ...base, now: ticking() });
      const saved = pick(whole, "checkpoint").map((e) => e.checkpoint);
      expect(saved.map((c) => c.progress.step)).toEqual([5, 10, 15, 20]);
      for (const resume of saved) {
        const after = await eventsOf({ ...base, resume, now: ticking() });
        expect(distance(ended(after).parameters, ended(whole).parameters)).toBe(0);
      }
    });

    test("a loss that overflows names the first tensor, its layer and its inputs", async () => {
      const explosive = sequential({
        body: sequential([linear(8), relu]),
        square: scoped("inner", (_c, x) => f.exp(f.mul(x, 1e4))),
        fc: linear(2),
      });
      const step = pointsStep({ ...pointsModel, forward: explosive }, sgd());
      await expect(
        eventsOf({ engine: makeEngine(), step, ...settings, now: ticking() }),
      ).rejects.toThrow(
        /loss is (NaN|infinite) at step 1\n.*Exp in square\.inner \(forward pass\); its inputs ranged over 0\.000 to/,
      );
    });

    test("weights that a huge step ruins are traced back to that step", async () => {
      const plain = sgd();
      const wild: Optimizer = {
        ...plain,
        update: (p) => plain.update({ ...p, gradient: f.mul(p.gradient, 1e10) }),
      };
      const step = pointsStep(pointsModel, wild);
      const scalars = { lr: (s: number) => (s === 2 ? 3e38 : 1e-12) };
      // The interpreter overflows only where it rounds the new weights; other engines within the update.
      await expect(
        eventsOf({ engine: makeEngine(), step, ...settings, scalars, now: ticking() }),
      ).rejects.toThrow(
        /at step 4\n.*(Mul in (fc|body\.0) \(update\).*|"(fc|body)[^"]+"), at step 3\n/,
      );
    });

    test("a NaN in the data is found in the input", async () => {
      const spoiled: BatchSource = {
        ...points,
        batch(epoch, index) {
          const batch = points.batch(epoch, index);
          if (index === 3) batch.input.data[5] = Number.NaN;
          return batch;
        },
      };
      const step = pointsStep();
      await expect(
        eventsOf({ engine: makeEngine(), step, ...settings, source: spoiled, now: ticking() }),
      ).rejects.toThrow(/at step 4\n.*"input", before the step began/);
    });
  });
}
