/** Controllers in the training loop: a budget is reached, and a resumed run is the run. */

import { describe, expect, it } from "vitest";
import { exitCosts, traceExits } from "../adaptive/index.js";
import { interpreterEngine } from "../engine/index.js";
import { input } from "../graph/index.js";
import { mlp } from "../nn/index.js";
import { adam } from "../optim/index.js";
import { randomStream } from "../random/index.js";
import { tensor } from "../tensor/index.js";
import { buildTrainStep, type Checkpoint, train } from "../training/index.js";
import {
  type ControlState,
  type CostTermPlan,
  controlScalars,
  hazardChain,
  startControls,
  updateControls,
} from "./index.js";

const N = 16;
const STEPS = 200;
const LIMIT = 0.7;

const traced = traceExits(mlp({ sizes: [4, 8, 8, 3] }), {
  exits: ["hidden0"],
  batchSize: N,
  training: true,
});
const objective = hazardChain(traced, {
  labels: input("labels", [N], "int32"),
  lambda: input("lambda", []),
  form: "piControlled",
  limit: LIMIT,
});
const step = buildTrainStep({ ...traced, ...objective, optimizer: adam() });
const plans: readonly CostTermPlan[] = [
  {
    name: "macs",
    unit: "MACs",
    form: "piControlled",
    start: exitCosts(traced).at(-1)!.macs,
    limit: LIMIT,
    scalars: { multiplier: "lambda" },
  },
];

const stream = randomStream(3, "data");
const batches = Array.from({ length: 4 }, () => {
  const data = Float32Array.from({ length: N * 4 }, () => stream.normal());
  // The class is the largest of the first three numbers.
  const labels = Int32Array.from({ length: N }, (_, i) => {
    const row = [...data.slice(4 * i, 4 * i + 3)];
    return row.indexOf(Math.max(...row));
  });
  return { input: tensor("float32", [N, 4], data), labels: tensor("int32", [N], labels) };
});
const source = { stepsPerEpoch: 4, batch: (_: number, at: number) => batches[at]! };

interface Outcome {
  readonly hard: number[];
  readonly lambdas: number[];
  readonly control: ControlState;
  readonly checkpoint: Checkpoint;
}

async function run(from?: { checkpoint: Checkpoint; control: ControlState }, until = STEPS) {
  const specs = { macs: { kind: "pi", options: { integral: 0.02, proportional: 1 } } } as const;
  let control = from?.control ?? startControls(plans, specs);
  const seen: Pick<Outcome, "hard" | "lambdas"> = { hard: [], lambdas: [] };
  let checkpoint: Checkpoint | undefined;
  let done = 0;
  const events = train({
    engine: interpreterEngine(),
    step,
    source,
    epochs: STEPS / source.stepsPerEpoch,
    seed: 1,
    lr: 0.02,
    now: () => 0,
    together: 1,
    diagnose: false,
    scalars: controlScalars(plans, () => control),
    stop: () => done >= until,
    ...(from ? { resume: from.checkpoint } : {}),
  });
  for await (const event of events) {
    if (event.kind === "end") checkpoint = event.checkpoint;
    if (event.kind !== "step") continue;
    done = event.step;
    seen.hard.push(event.metrics["hard.macs"]!);
    seen.lambdas.push(event.scalars.lambda!);
    control = updateControls(plans, control, event);
  }
  return { ...seen, control, checkpoint: checkpoint! };
}

describe("a controlled objective in the training loop", () => {
  it("begins as the whole network without a price, and ends below its budget", async () => {
    const { hard, lambdas } = await run();
    const start = plans[0]!.start;
    // Gates begin at a hazard of 0.12: everybody runs to the end.
    expect(hard[0]! / start).toBe(1);
    expect(lambdas[0]).toBe(0);
    expect(Math.max(...lambdas)).toBeGreaterThan(0.3);
    const last = hard.slice(-40);
    const mean = last.reduce((a, b) => a + b, 0) / last.length / start;
    expect(mean).toBeLessThan(LIMIT + 0.02);
    expect(mean).toBeGreaterThan(0.45);
  });

  it("resumes from a checkpoint and the controllers' JSON as if it had never stopped", async () => {
    const whole = await run();
    const first = await run(undefined, 50);
    const control = JSON.parse(JSON.stringify(first.control)) as ControlState;
    const second = await run({ checkpoint: first.checkpoint, control });
    expect([...first.lambdas, ...second.lambdas]).toEqual(whole.lambdas);
    expect([...first.hard, ...second.hard]).toEqual(whole.hard);
    expect(second.control).toEqual(whole.control);
  });
});
