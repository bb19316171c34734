/** Finds the first tensor of a training step that is NaN or infinite. */

import { UserError } from "../base/index.js";
import type { Engine, Feeds } from "../engine/index.js";
import {
  buildGraph,
  constantTensor,
  type Graph,
  inputName,
  isInput,
  type Node,
  type Phase,
  type Value,
} from "../graph/index.js";
import { functions as f } from "../ops/index.js";
import { type HostTensor, isFloat } from "../tensor/index.js";
import type { StepRunner } from "./runner.js";
import type { TrainStep } from "./step.js";

/** How many steps before the failure are looked at one by one; earlier ones are only run again. */
const WATCHED = 8;

const phases: Record<Phase, number> = { forward: 0, backward: 1, update: 2 };

const describe: Record<Phase, string> = {
  forward: "forward pass",
  backward: "gradient",
  update: "update",
};

const finite = ({ data }: HostTensor): boolean => {
  for (const v of data) if (typeof v === "number" && !Number.isFinite(v)) return false;
  return true;
};

const firstBad = (tensors: Feeds): string | undefined =>
  Object.keys(tensors).find((name) => !finite(tensors[name]!));

/** Forward, then gradients, then updates; within a phase as they run. */
function inOrder(graph: Graph): Node[] {
  return graph.nodes
    .filter((node) => node.outputs.some((v) => !isInput(v) && !constantTensor(v)))
    .toSorted((a, b) => phases[a.phase] - phases[b.phase]);
}

function range({ data }: HostTensor): string {
  let low = Infinity;
  let high = -Infinity;
  for (const v of data) {
    low = Math.min(low, Number(v));
    high = Math.max(high, Number(v));
  }
  return `${low.toPrecision(4)} to ${high.toPrecision(4)}`;
}

async function compute(engine: Engine, outputs: Record<string, Value>, feeds: Feeds) {
  const graph = buildGraph(outputs);
  const executable = await engine.compile(graph, { tune: false });
  try {
    return await executable.run(
      Object.fromEntries(graph.inputs.map((v) => [inputName(v), feeds[inputName(v)]!])),
    );
  } finally {
    await executable.dispose();
  }
}

/**
 * Where a step first leaves the finite numbers, in words; undefined if it does not. `feeds` gives every input,
 * state included.
 *
 * @example
 * const graph = buildGraph({ y: log(input("x", [1])) });
 * await firstNonFinite(interpreterEngine(), graph, { x: tensor("float32", [1], [1]) }) // undefined
 */
export async function firstNonFinite(
  engine: Engine,
  graph: Graph,
  feeds: Feeds,
): Promise<string | undefined> {
  const bad = firstBad(feeds);
  if (bad !== undefined) return `"${bad}", before the step began`;
  const values = inOrder(graph).flatMap((node) => node.outputs.filter((v) => isFloat(v.dtype)));
  // x * 0 is 0 for every finite x, and NaN for all others: one scalar tells of a whole tensor.
  const flags = Object.fromEntries(
    values.map((v, i) => [`flag${i}`, f.reduceSum(f.mul(v, 0))] as const),
  );
  const results = await compute(engine, flags, feeds);
  const index = values.findIndex((_, i) => !finite(results[`flag${i}`]!));
  if (index < 0) return undefined;
  const { node } = values[index]!;
  const operands = Object.fromEntries(
    node.inputs.filter((v) => isFloat(v.dtype)).map((v, i) => [`operand${i}`, v]),
  );
  const given = Object.values(await compute(engine, operands, feeds)).map(range);
  return (
    `${node.op.kind} in ${node.path || "the objective"} (${describe[node.phase]})` +
    (given.length > 0 ? `; its inputs ranged over ${given.join(", and over ")}` : "")
  );
}

export interface DiagnosisOptions {
  readonly engine: Engine;
  readonly runner: StepRunner;
  readonly step: TrainStep;
  /** State at an earlier step, from which the steps are run again. */
  readonly snapshot: { readonly step: number; readonly state: Feeds };
  /** Index of the step whose loss or metrics were not finite. */
  readonly failed: number;
  readonly feedsAt: (step: number) => Feeds;
  /** What was seen: `loss is NaN`. */
  readonly symptom: string;
}

/**
 * The error to stop with. The state is already spoiled when a bad loss is seen, so the steps since the snapshot are run
 * again: batches and noise are functions of the step's number.
 */
export async function diagnose(options: DiagnosisOptions): Promise<UserError> {
  const { engine, runner, step, snapshot, failed, feedsAt, symptom } = options;
  let before = snapshot.state;
  await runner.writeState(before);
  for (let index = snapshot.step; index <= failed; index++) {
    const feeds = feedsAt(index);
    const watched = index >= failed - WATCHED;
    if (watched) before = await runner.readState();
    const [outputs] = await runner.run([feeds]);
    if (!watched) continue;
    const spoiled = firstBad(outputs!) ?? firstBad(await runner.readState());
    if (spoiled === undefined) continue;
    const place = await firstNonFinite(engine, step.graph, { ...before, ...feeds });
    return new UserError("E_NUMERIC", `${symptom} at step ${failed + 1}`, {
      where:
        `first tensor with NaN or infinity: ${place ?? `"${spoiled}"`}` +
        (index < failed ? `, at step ${index + 1}` : ""),
      next: "lower the learning rate, clip the gradients, or check the input for NaN",
    });
  }
  return new UserError("E_NUMERIC", `${symptom} at step ${failed + 1}`, {
    where: "running the same steps again gave finite numbers",
    next: "check the machine's memory, and run again with one thread",
  });
}
