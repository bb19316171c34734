/** Counted firing and simulated energy against hooks in PyTorch and energies by hand (scripts/fixtures/firing.py). */

import { readFileSync } from "node:fs";
import { nodeEngine } from "@frugal/engine";
import { beforeAll, describe, expect, it } from "vitest";
import { hookedNet } from "../adaptive/density/testing/hooked-net.js";
import { forInference, traceExits } from "../adaptive/index.js";
import { asicCounting, asicRecordOf, countedRecords, ledgerOf } from "../costs/index.js";
import { buildGraph } from "../graph/index.js";
import { resnet } from "../nn/index.js";
import { type HostTensor, tensor } from "../tensor/index.js";
import { tensorData } from "./data.js";
import { evaluateFiring, type FiringEvaluation } from "./firing.js";

interface Flat {
  readonly shape: number[];
  readonly data: number[];
}

const fixture = JSON.parse(
  readFileSync(new URL("./testing/fixtures/firing.json", import.meta.url), "utf8"),
) as {
  input: Flat;
  state: Record<string, Flat>;
  batch: number;
  /** Non-zeros and elements, by layer and call. */
  fired: Record<string, [number, number]>;
  reference: { ratios: number[]; ratio: number };
  corrected: { worstPj: number; optimisedPj: number[]; ratio: number };
};
const host = ({ shape, data }: Flat): HostTensor => tensor("float32", shape, data);
const state = Object.fromEntries(Object.entries(fixture.state).map(([k, v]) => [k, host(v)]));
const engine = nodeEngine();
const traced = traceExits(hookedNet, { exits: [], batchSize: 8, training: true });
const [n] = fixture.input.shape as [number];
const data = tensorData(host(fixture.input), new Int32Array(n));
const run = (more: object = {}) =>
  evaluateFiring({ engine, traced, state, data, batchSize: 3, referenceBatch: 4, ...more });

let found: FiringEvaluation;
beforeAll(async () => {
  found = await run();
});

describe("what fires in a trained network", () => {
  it("is what hooks in PyTorch count, call by call", () => {
    const ours = found.firing.layers.map((l) => [l.fired, l.elements]);
    expect(ours).toEqual(Object.values(fixture.fired));
    expect(found.firing.samples).toBe(n);
  });

  it("gives the published ratio: batches of the simulator, the last one smaller, their ratios averaged", () => {
    const { reference } = found.energy;
    expect(reference.ratio).toBeCloseTo(fixture.reference.ratio, 12);
    expect(reference.activations.inPlace).toBeCloseTo(fixture.reference.ratio, 12);
    expect(reference.activations.separate).toBeGreaterThan(reference.ratio);
    expect(reference).toMatchObject({ batchSize: 4, batches: 3 });
    const { ratios } = fixture.reference;
    const spread = ratios.reduce((s, r) => s + (r - fixture.reference.ratio) ** 2, 0) / 2;
    expect(reference.sd).toBeCloseTo(Math.sqrt(spread), 12);
    // Student's t with 2 degrees of freedom: 4.302653.
    const half = (4.302653 * reference.sd) / Math.sqrt(3);
    expect(reference.interval!.high).toBeCloseTo(reference.ratio + half, 7);
  });

  it("gives the corrected ratio, layer by layer and sample by sample", () => {
    const { corrected } = found.energy;
    const { worstPj, optimisedPj, ratio } = fixture.corrected;
    expect(corrected.ratio).toBeCloseTo(ratio, 12);
    expect(corrected.worstPj / worstPj).toBeCloseTo(1, 12);
    const mean = optimisedPj.reduce((a, b) => a + b, 0) / n;
    expect(corrected.optimisedPj / mean).toBeCloseTo(1, 12);
    const spread = optimisedPj.reduce((s, e) => s + ((e - mean) / worstPj) ** 2, 0) / (n - 1);
    expect(corrected.sd).toBeCloseTo(Math.sqrt(spread), 12);
    const parts = Object.values(corrected.byKind).reduce((s, k) => s + k.optimisedPj, 0);
    expect(parts / corrected.optimisedPj).toBeCloseTo(1, 12);
  });

  it("does not depend on how many samples run at a time", async () => {
    expect(await run({ batchSize: 7 })).toEqual(found);
  });

  it("is plain JSON", () => {
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
    expect(found).toMatchObject({ format: 1, model: "hooked", split: "test", samples: n });
  });

  it("depends on the batch of the simulated machine in reference mode only", async () => {
    const other = await run({ referenceBatch: 1 });
    expect(other.energy.corrected.ratio).toBeCloseTo(found.energy.corrected.ratio, 12);
    expect(other.energy.reference.ratio).not.toBeCloseTo(found.energy.reference.ratio, 4);
  });

  it("refuses data without samples, and weights that are missing", async () => {
    const { "fc.bias": _, ...less } = state;
    await expect(run({ state: less })).rejects.toThrow('"fc.bias"');
    const none = { size: 0, batch: data.batch };
    await expect(run({ data: none })).rejects.toThrow("has no samples");
  });
});

describe("the values that the accelerator's record counts", () => {
  it("are those of the ledger's record, with flattening as a leaf of its own", () => {
    const small = forInference(
      traceExits(resnet({ depth: 8, width: 4 }), { exits: [], batchSize: 2, training: true }),
      2,
    );
    const counting = asicCounting(small);
    const record = asicRecordOf(
      ledgerOf(buildGraph({ y: small.output }), {
        parameters: small.parameters.map((p) => p.value),
        buffers: small.buffers.map((b) => b.value),
      }),
      { batch: 2 },
    );
    expect(counting.record.leaves.slice(0, record.leaves.length)).toEqual(record.leaves);
    expect(counting.record.leaves.slice(record.leaves.length).map((l) => l.kind)).toEqual([
      "identity",
    ]);
    for (const [k, leaf] of counting.record.leaves.entries()) {
      const elements = counting.leaves[k]!.inputs.reduce(
        (sum, v) => sum + v.shape.reduce((a, b) => a * b, 1),
        0,
      );
      expect(elements).toBe(leaf.inputs.elements);
    }
  });

  it("have to be counted", () => {
    const counting = asicCounting(forInference(traced, 2));
    const records = countedRecords(counting, new Map(), { state, batch: 1 });
    expect(() => [...records]).toThrow("was not counted");
  });
});
