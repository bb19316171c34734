/** The loop, the step and evaluation, on the reference interpreter. */

import { describe, expect, test } from "vitest";
import { interpreterEngine } from "../engine/index.js";
import { buildGraph, input, type Value } from "../graph/index.js";
import { linear, type Model, sequential, traceModel } from "../nn/index.js";
import { crossEntropy } from "../objectives/index.js";
import { functions as f } from "../ops/index.js";
import { sgd } from "../optim/index.js";
import { tensor, toNumbers } from "../tensor/index.js";
import {
  type BatchSource,
  buildEvaluation,
  buildTrainStep,
  collect,
  correct,
  mean,
  stepFeeds,
  type TrainEvent,
  type TrainOptions,
  train,
} from "./index.js";
import { trainingContract } from "./testing/contract.js";

trainingContract("the interpreter", interpreterEngine);

/** y = w x with w = 2, one weight, no bias: gradients can be done by hand. */
const line: Model = {
  name: "line",
  inputShape: [1],
  outputs: 1,
  forward: sequential({ fc: linear(1, { bias: false }) }),
};
const initial = { "fc.weight": tensor("float32", [1, 1], [2]) };
const source: BatchSource = {
  stepsPerEpoch: 2,
  batch: () => ({
    input: tensor("float32", [2, 1], [1, 3]),
    labels: tensor("int32", [2], [0, 0]),
  }),
};
const trace = () => traceModel(line, { batchSize: 2, training: true });

/** loss = mean(w x) = 2 w, so the gradient of w is 2, always. */
function lineStep(options: { metrics?: Record<string, Value>; times?: Value } = {}) {
  const traced = trace();
  const loss = f.reduceMean(traced.output);
  return buildTrainStep({
    ...traced,
    loss: options.times ? f.mul(loss, options.times) : loss,
    optimizer: sgd(),
    initial,
    ...(options.metrics ? { metrics: options.metrics } : {}),
  });
}

async function run(options: Partial<TrainOptions> = {}): Promise<TrainEvent[]> {
  let ms = 0;
  const events: TrainEvent[] = [];
  const base = { engine: interpreterEngine(), step: lineStep(), source, epochs: 2, seed: 0 };
  for await (const e of train({ ...base, lr: 0.25, now: () => (ms += 10), ...options })) {
    events.push(e);
  }
  return events;
}

describe("train", () => {
  test("tells of steps, epochs and the end, with means over the epoch and samples per second", async () => {
    const events = await run();
    expect(events.map((e) => e.kind)).toEqual([
      "start",
      "step",
      "step",
      "epoch",
      "step",
      "step",
      "epoch",
      "end",
    ]);
    // w goes 2, 1.5, 1, 0.5, 0 and the loss is 2 w.
    const losses = events.flatMap((e) => (e.kind === "step" ? [e.metrics.loss] : []));
    expect(losses).toEqual([4, 3, 2, 1]);
    expect(events[3]).toMatchObject({
      epoch: 0,
      metrics: { loss: 3.5 },
      elapsedMs: 20,
      // Two steps of two samples in 20 ms.
      samplesPerSecond: 200,
    });
    expect(events[1]).toMatchObject({ step: 1, epoch: 0, scalars: { lr: 0.25, step: 1 } });
    const end = events.at(-1)!;
    expect(end.kind === "end" && toNumbers(end.checkpoint.parameters["fc.weight"]!)).toEqual([0]);
  });

  test("the schedule and further scalars are asked before every step", async () => {
    const step = lineStep({ times: input("lambda", []) });
    const events = await run({
      step,
      schedule: (s, total) => 1 - s / total,
      scalars: { lambda: (s) => s },
    });
    const fed = events.flatMap((e) => (e.kind === "step" ? [e.scalars] : []));
    expect(fed.map((s) => s.lr)).toEqual([0.25, 0.1875, 0.125, 0.0625]);
    expect(fed.map((s) => s.lambda)).toEqual([0, 1, 2, 3]);
  });

  test("a scalar that nothing gives is named before anything runs", async () => {
    const step = lineStep({ times: input("lambda", []) });
    await expect(run({ step })).rejects.toThrow(/values of lambda/);
  });

  test("the evaluation of the current weights goes into the epoch's event", async () => {
    const events = await run({
      evaluate: async ({ parameters }) => ({ w: toNumbers(parameters["fc.weight"]!)[0]! }),
    });
    const found = events.flatMap((e) => (e.kind === "epoch" ? [e.evaluation] : []));
    expect(found).toEqual([{ w: 1 }, { w: 0 }]);
  });

  test("checkpoints come when they are asked for, after the epoch's event", async () => {
    const events = await run({ checkpoint: ({ position }) => position === 0 });
    expect(events.map((e) => e.kind)).toEqual([
      "start",
      "step",
      "step",
      "epoch",
      "checkpoint",
      "step",
      "step",
      "epoch",
      "end",
    ]);
  });

  test("a checkpoint of another seed or model is refused", async () => {
    const end = (await run()).at(-1)!;
    if (end.kind !== "end") throw new Error("unreachable");
    const resume = end.checkpoint;
    await expect(run({ resume, seed: 1 })).rejects.toThrow(/has seed 0\n.*resume/);
    const other = { ...resume, parameters: { "fc.weight": tensor("float32", [1, 2], [1, 1]) } };
    await expect(run({ resume: other })).rejects.toThrow(/float32\[1, 2\] for "fc.weight"/);
    const more = { ...resume, optimizer: { "momentum.fc.weight": initial["fc.weight"] } };
    await expect(run({ resume: more })).rejects.toThrow(/holds "momentum.fc.weight"/);
  });

  test("a finished run that is resumed ends at once", async () => {
    const end = (await run()).at(-1)!;
    const events = await run(end.kind === "end" ? { resume: end.checkpoint } : {});
    expect(events.map((e) => e.kind)).toEqual(["start", "end"]);
  });
});

describe("buildTrainStep", () => {
  test("a parameter that the loss does not depend on is named, or frozen if asked", () => {
    const traced = trace();
    const idle = { path: "gate.weight", value: input("gate.weight", [3]), decay: true };
    const parameters = [
      ...traced.parameters,
      { ...idle, init: () => tensor("float32", [3], [1, 2, 3]) },
    ];
    const options = { ...traced, parameters, loss: f.reduceMean(traced.output), optimizer: sgd() };
    expect(() => buildTrainStep(options)).toThrow(/does not depend on gate.weight\n/);
    const step = buildTrainStep({ ...options, unused: "freeze" });
    expect(step.state.find((s) => s.input === "gate.weight")?.output).toBeUndefined();
  });

  test("a loss for each sample is refused: it must be a scalar", () => {
    const traced = trace();
    const loss = f.reshape(traced.output, [2]);
    expect(() => buildTrainStep({ ...traced, loss, optimizer: sgd() })).toThrow(
      /"loss" is float32\[2\]/,
    );
  });

  test("weights of another shape are refused with the path", () => {
    const traced = trace();
    const wrong = { "fc.weight": tensor("float32", [2], [1, 1]) };
    const options = { ...traced, loss: f.reduceMean(traced.output), optimizer: sgd() };
    expect(() => buildTrainStep({ ...options, initial: wrong })).toThrow(/fc\.weight/);
  });

  test("nodes are marked as forward, backward and update", () => {
    const phases = new Set(lineStep().graph.nodes.map((n) => n.phase));
    expect([...phases].toSorted()).toEqual(["backward", "forward", "update"]);
  });
});

describe("evaluation", () => {
  test("a short last batch is filled up, and the filling left out", async () => {
    const traced = traceModel(line, { batchSize: 2, training: false });
    const weights = { parameters: initial, buffers: {} };
    const { graph, state } = buildEvaluation({ ...traced, outputs: { y: traced.output }, weights });
    const executable = await interpreterEngine().compile(graph, { state });
    const ragged: BatchSource = {
      stepsPerEpoch: 2,
      batch: (_epoch, step) => ({
        input: tensor("float32", [2 - step, 1], step === 0 ? [1, 2] : [5]),
        labels: tensor("int32", [2 - step], step === 0 ? [0, 0] : [0]),
      }),
    };
    const { y } = await collect(executable, { source: ragged, graph });
    expect(y!.shape).toEqual([3, 1]);
    expect(toNumbers(y!)).toEqual([2, 4, 10]);
    expect(mean(y!)).toBeCloseTo(16 / 3);
  });

  test("missing weights are named", () => {
    const traced = traceModel(line, { batchSize: 2, training: false });
    const weights = { parameters: {}, buffers: {} };
    expect(() => buildEvaluation({ ...traced, outputs: { y: traced.output }, weights })).toThrow(
      /no weights for "fc.weight"/,
    );
  });

  test("correct compares the largest logit with the label", async () => {
    const logits = input("logits", [3, 2]);
    const labels = input("labels", [3], "int32");
    const loss = crossEntropy(logits, labels);
    const executable = await interpreterEngine().compile(
      buildGraph({ hits: correct(logits, labels), loss }),
    );
    const { hits } = await executable.run({
      logits: tensor("float32", [3, 2], [1, 2, 3, 0, 0, 1]),
      labels: tensor("int32", [3], [1, 1, 1]),
    });
    expect(toNumbers(hits!)).toEqual([1, 0, 1]);
  });
});

describe("feeding steps", () => {
  const reused = tensor("float32", [2, 1], [1, 3]);
  const reusing: BatchSource = {
    stepsPerEpoch: 4,
    batch: (_, i) => {
      reused.data.set([i, i]);
      return { input: reused, labels: tensor("int32", [2], [0, 0]) };
    },
  };
  const feeds = () =>
    stepFeeds(lineStep(), { source: reusing, totalSteps: 4, seed: 0, scalars: { lr: () => 1 } });

  test("alone takes the batch as it is", () => {
    expect(feeds().at(2).feeds.input).toBe(reused);
  });

  test("together keeps what the source writes over", () => {
    const own = feeds();
    const [first, second] = [own.at(0, 0), own.at(1, 1)];
    expect([...toNumbers(first.feeds.input!)]).toEqual([0, 0]);
    expect([...toNumbers(second.feeds.input!)]).toEqual([1, 1]);
    expect(own.at(3).feeds.input).toBe(reused);
    expect([...toNumbers(own.at(2, 0).feeds.input!)]).toEqual([2, 2]);
    expect([...toNumbers(second.feeds.input!)]).toEqual([1, 1]);
  });
});

test("the first state is told without compiling a graph for it", async () => {
  const compiled: string[][] = [];
  const engine = interpreterEngine();
  const watched = {
    ...engine,
    compile: (...[graph, options]: Parameters<typeof engine.compile>) => {
      compiled.push(Object.keys(graph.outputs));
      return engine.compile(graph, options);
    },
  };
  // An epoch of two steps never fills a group of eight.
  await run({ engine: watched, together: 8 });
  expect(compiled).toHaveLength(1);
  expect(compiled[0]).toContain("loss");
});
