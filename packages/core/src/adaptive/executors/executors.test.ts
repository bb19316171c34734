/** The contract of executors, on the real engine; replay and staged must agree sample by sample. */

import { nodeEngine } from "@frugal/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { initialState } from "../../nn/index.js";
import { randomStream } from "../../random/index.js";
import { type HostTensor, tensor, toNumbers } from "../../tensor/index.js";
import { exitCosts } from "../costs.js";
import { cutStages, stageState } from "../cut.js";
import type { ExitRule } from "../decision.js";
import { policies, policyNames } from "../policies/index.js";
import { gatherRows } from "../rowsets.js";
import { residualNet } from "../testing/residual-net.js";
import { forInference, hazardName, logitsName, traceExits } from "../trace-exits.js";
import { compileExits, type Executor, type ExecutorName, executors } from "./index.js";

const engine = nodeEngine();
const traced = traceExits(residualNet, { exits: ["a", "b", "c"], batchSize: 4, training: true });

/** Gates that differ between samples: at the start all are alike. */
function state(): Record<string, HostTensor> {
  const values: Record<string, HostTensor> = initialState(traced, 5);
  for (const [path, value] of Object.entries(values)) {
    if (!path.endsWith("gate.weight")) continue;
    const stream = randomStream(2, path);
    values[path] = tensor(
      "float32",
      value.shape,
      Float32Array.from(toNumbers(value), () => 4 * stream.normal()),
    );
  }
  return values;
}

function images(n: number): HostTensor {
  const stream = randomStream(9, "images");
  const data = Float32Array.from({ length: n * 72 }, () => stream.normal());
  return tensor("float32", [n, 2, 6, 6], data);
}

// A clock that ticks: 1 ms per reading.
let ticks = 0;
const clock = () => ticks++;

const macs = exitCosts(traced).map((c) => c.macs);
/** Filled before the tests: thresholds midway between the two middle scores of each exit. */
const rules: Record<string, ExitRule> = {};
const everyone: ExitRule = { policy: "confidence", thresholds: [0, 0, 0] };
const nobody: ExitRule = { policy: "confidence", thresholds: [null, null, null] };

let built: Record<ExecutorName, Executor>;
beforeAll(async () => {
  const options = { engine, traced, state: state(), clock, tune: false };
  built = { staged: await executors.staged(options), replay: await executors.replay(options) };
  const inference = forInference(traced, 4);
  const { executable } = await compileExits({ ...options, traced: inference });
  const outputs = await executable.run({ input: images(33) });
  await executable.dispose();
  for (const policy of policyNames) {
    const thresholds = inference.exits.slice(0, -1).map(({ name }) => {
      const view = { logits: outputs[logitsName(name)]!, hazard: outputs[hazardName(name)]! };
      const scores = policies[policy].scores(view).sort();
      return (scores[15]! + scores[16]!) / 2;
    });
    rules[policy] = { policy, thresholds };
    rules[`${policy}, an exit closed`] = { policy, thresholds: [null, thresholds[1]!, null] };
  }
});
afterAll(async () => {
  await Promise.all(Object.values(built).map((e) => e.dispose()));
});

describe.each(["staged", "replay"] as const)("executor %s", (name) => {
  it("lets everyone leave at the first exit at threshold 0, nobody early where exits are closed", async () => {
    const first = await built[name].run(images(5), everyone);
    const last = await built[name].run(images(5), nobody);
    expect([...first.exits]).toEqual([0, 0, 0, 0, 0]);
    expect([...last.exits]).toEqual([3, 3, 3, 3, 3]);
    expect(first.logits.shape).toEqual([5, 3]);
  });

  it("gives every sample the same exit and logits in whatever company it comes", async () => {
    const all = images(33);
    const order = [4, 28, 0, 3, 17, 1, 32, 6, 5];
    for (const rule of Object.values(rules)) {
      const whole = await built[name].run(all, rule);
      const mixed = await built[name].run(gatherRows(all, order), rule);
      expect(new Set(whole.exits).size).toBeGreaterThan(1);
      for (const [position, i] of order.entries()) {
        const alone = await built[name].run(gatherRows(all, [i]), rule);
        expect(alone.exits[0]).toBe(whole.exits[i]);
        expect(mixed.exits[position]).toBe(whole.exits[i]);
        for (let c = 0; c < 3; c++) {
          expect(alone.logits.data[c]).toBeCloseTo(whole.logits.data[i * 3 + c] as number, 4);
          expect(mixed.logits.data[position * 3 + c]).toBeCloseTo(
            whole.logits.data[i * 3 + c] as number,
            4,
          );
        }
      }
    }
  });

  it("takes an empty batch", async () => {
    const result = await built[name].run(images(0), everyone);
    expect(result.exits.length).toBe(0);
  });

  it("refuses a rule with too few thresholds and a batch of another shape", async () => {
    const rule: ExitRule = { policy: "confidence", thresholds: [0.5] };
    const call = async (input: HostTensor, r: ExitRule) => built[name].run(input, r);
    await expect(call(images(1), rule)).rejects.toThrow(/a, b, c/);
    const small = tensor("float32", [1, 2, 5, 5], new Float32Array(50));
    await expect(call(small, everyone)).rejects.toThrow(/\[any, 2, 6, 6\]/);
  });
});

describe("staged execution", () => {
  it("agrees with replay on exits, predictions and logits", async () => {
    for (const rule of [...Object.values(rules), everyone, nobody]) {
      const staged = await built.staged.run(images(33), rule);
      const replay = await built.replay.run(images(33), rule);
      expect(staged.exits).toEqual(replay.exits);
      expect(staged.predicted).toEqual(replay.predicted);
      staged.logits.data.forEach((v, i) => {
        expect(v).toBeCloseTo(replay.logits.data[i] as number, 4);
      });
    }
  });

  it("executes for each sample exactly what its exit costs", async () => {
    const { exits, macs: executed } = await built.staged.run(images(20), rules.hazard!);
    expect([...executed]).toEqual([...exits].map((k) => macs[k]));
  });

  it("runs each stage for the survivors only, and not at all without any", async () => {
    const { exits, stages } = await built.staged.run(images(20), rules.confidence!);
    const reached = [0, 1, 2, 3].map((k) => exits.filter((e) => e >= k).length);
    expect(stages.map((s) => s.samples)).toEqual(reached);
    const stopped = await built.staged.run(images(20), everyone);
    expect(stopped.stages.map((s) => [s.samples, s.ms > 0])).toEqual([
      [20, true],
      [0, false],
      [0, false],
      [0, false],
    ]);
  });

  it("names the weight that is missing", async () => {
    const { "exits.b.fc.bias": _, ...rest } = state();
    const options = { engine, traced, state: rest, clock, tune: false };
    await expect(executors.staged(options)).rejects.toThrow(/exits\.b\.fc\.bias/);
  });
});

describe("cutStages", () => {
  const stages = cutStages(forInference(traced, 2));

  it("carries the connection that jumps over two exits, once, to the stages that read it", () => {
    expect(stages.map((s) => s.name)).toEqual(["a", "b", "c", "final"]);
    // Stage a hands its output to b (as input) and to c (over the exits).
    expect(stages.map((s) => s.reads)).toEqual([
      ["input"],
      ["carry.0"],
      [expect.stringMatching(/carry/), expect.stringMatching(/carry/)],
      [expect.stringMatching(/carry/)],
    ]);
    expect(stages[2]!.reads).toContain("carry.0");
    expect(stages.map((s) => s.carries.length)).toEqual([1, 1, 1, 0]);
  });

  it("gives each weight to one stage only, and counts every MAC once", () => {
    const weights = stages.flatMap(stageState);
    expect(new Set(weights).size).toBe(weights.length);
    expect(new Set(weights)).toEqual(new Set(traced.parameters.map((p) => p.path)));
    expect(stages.reduce((n, s) => n + s.macs, 0)).toBe(macs.at(-1));
  });

  it("refuses a network traced for training", () => {
    expect(() => cutStages(traced)).toThrow(/forInference/);
  });
});
