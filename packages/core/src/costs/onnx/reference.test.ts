/** The counter against an independent one: 54 networks, every integer. */

import { describe, expect, it } from "vitest";
import { type Profile, profile } from "./profile.js";
import { type ReferenceRow, referenceGraph, referenceRows } from "./testing/fixtures.js";

/** Columns of the reference and where they are in a profile. */
const columns: Readonly<Record<string, (p: Profile) => number>> = {
  params: (p) => p.parameters,
  MAC: (p) => p.macs,
  MAC_nopad: (p) => p.validMacs,
  conv_mac: (p) => p.macsByKind.conv,
  linear_mac: (p) => p.macsByKind.linear,
  matmul_mac: (p) => p.macsByKind.matmul,
  bias_add: (p) => p.elements.biasAdds,
  bn: (p) => p.elements.batchNorm,
  ln: (p) => p.elements.layerNorm,
  act: (p) => p.elements.activation,
  softmax: (p) => p.elements.softmax,
  maxpool_in: (p) => p.elements.maxPoolIn,
  maxpool_out: (p) => p.elements.maxPoolOut,
  avgpool_in: (p) => p.elements.avgPoolIn,
  avgpool_out: (p) => p.elements.avgPoolOut,
  input_B: (p) => p.inputBytes,
  add: (p) => p.elements.add,
  mul: (p) => p.elements.mul,
};

interface Attention {
  readonly layers: number;
  readonly heads: number;
  readonly tokens: number;
  readonly width: number;
}

/** Sizes of the transformers, from their papers; tokens from the input. */
function attentionOf(name: string): Attention | undefined {
  const tokens = Number(/@(\d+)/.exec(name)?.[1]);
  if (name.startsWith("hf/")) return { layers: 12, heads: 12, tokens, width: 768 };
  if (!/vit|deit/.test(name)) return undefined;
  const side = name.endsWith("384") ? 384 : 224;
  const patch = /_(?:patch)?(16|32)/.exec(name)?.[1];
  const extra = name.includes("distilled") ? 2 : 1;
  const [heads, layers] = name.includes("_l_")
    ? [16, 24]
    : name.includes("tiny")
      ? [3, 12]
      : [name.includes("small") ? 6 : 12, 12];
  return { layers, heads, tokens: (side / Number(patch)) ** 2 + extra, width: 64 * heads };
}

/**
 * Where the exported graph truly does something else than the eager run of the reference:
 * - PyTorch's fused attention hides the scaling of queries and keys,
 *   the export writes it out;
 * - BERT and ALBERT skip a mask of ones when they run eagerly, the export adds it to the scores;
 * - GPT-2's 513 additions on positions are known beforehand and are not computed again.
 */
function written(row: ReferenceRow, column: string): number {
  const found = row[column] as number;
  const a = attentionOf(row.name);
  if (!a) return found;
  const scores = a.layers * a.heads * a.tokens ** 2;
  if (column === "mul") {
    if (row.name.endsWith("sdpa")) return found + scores;
    if (!row.name.startsWith("hf/")) return found + a.layers * 2 * a.tokens * a.width;
  }
  if (column === "add") {
    if (/bert/.test(row.name)) return found + scores;
    if (/gpt2/.test(row.name)) return found - 513;
  }
  return found;
}

describe("the counts of ONNX files", () => {
  it("equal the reference ledger to the unit, in every row and column", () => {
    const rows = referenceRows();
    const wrong: string[] = [];
    const matched = new Map(Object.keys(columns).map((c) => [c, { equal: 0, explained: 0 }]));
    let complete = 0;
    for (const row of rows) {
      const p = profile(referenceGraph(row.name), { path: row.name });
      const before = wrong.length;
      for (const [column, read] of Object.entries(columns)) {
        const got = read(p);
        const tally = matched.get(column)!;
        if (got === row[column]) tally.equal++;
        else if (got === written(row, column)) tally.explained++;
        else wrong.push(`${row.name}: ${column} is ${got}, not ${written(row, column)}`);
      }
      if (wrong.length === before) complete++;
    }
    const lines = [...matched].map(
      ([column, t]) =>
        `  ${column.padEnd(12)}${t.equal} equal, ${t.explained} equal once the export's own nodes are added`,
    );
    console.log(
      `reference ledger: ${complete} of ${rows.length} rows matched\n${lines.join("\n")}`,
    );
    expect(wrong).toEqual([]);
    expect(complete).toBe(54);
  });

  it("count running statistics as buffers; the export drops the unused batch counters, one a layer", () => {
    const p = profile(referenceGraph("cifar/resnet18"));
    // Means and variances of 4,800 channels; the reference adds 20 counters of batches.
    expect(p.buffers).toBe(2 * 4800);
    expect(p.weightBytes).toBe(4 * (11_173_962 + 9600));
  });

  it("share parameters: ALBERT reads one layer twelve times and counts it once", () => {
    const albert = profile(referenceGraph("hf/albert-base-v2@128/eager"));
    const bert = profile(referenceGraph("hf/bert-base@128/eager"));
    expect(bert.parameters / albert.parameters).toBeGreaterThan(9);
    expect(albert.macs / bert.macs).toBeCloseTo(1, 2);
  });

  it("add up per layer", () => {
    const p = profile(referenceGraph("cifar/resnet18"));
    const stage = (prefix: string) =>
      p.ledger.entries
        .filter((e) => e.path === prefix || e.path.startsWith(`${prefix}.`))
        .reduce((n, e) => n + e.macs, 0);
    // 3x3 stem: 32 * 32 * 64 * 27; stage 1: four convolutions of 32 * 32 * 64 * 576.
    expect(stage("conv1")).toBe(1_769_472);
    expect(stage("layer1")).toBe(4 * 37_748_736);
    expect(stage("layer2")).toBe(18_874_368 + 37_748_736 + 2_097_152 + 2 * 37_748_736);
    expect(stage("linear")).toBe(5120);
  });
});

/** Each number can be checked by hand: the formula stands beside it. */
const units: Readonly<Record<string, Partial<Profile>>> = {
  // 100 * 100 weights and 100 biases, called three times.
  "unit/linear-shared": { parameters: 10_100, macs: (3 * 100 * 100) as never },
  // 16 * 16 * 8 outputs of 3 * 9 taps. One row and one column of 3 taps lie on padding: (2 + 15 * 3)^2 pairs.
  "unit/conv-stride2": { macs: (256 * 8 * 27) as never, validMacs: (47 * 47 * 8 * 3) as never },
  // 16 * 16 * 4 outputs of 4 * 9 taps; per axis two of three taps miss at 2 + 2 positions.
  "unit/conv-dilated": { macs: (256 * 4 * 36) as never, validMacs: (44 * 44 * 16) as never },
  // Each of 8 * 100 inputs reaches 16 * 16 outputs.
  "unit/conv-transposed": { macs: (800 * 256) as never },
  "unit/conv-transposed-groups4": { macs: (800 * 64) as never },
  // 50 rows of 3 * 8.
  "unit/linear-batch": { macs: (50 * 24) as never },
  // 100 steps of 4 gates * 64 * (64 + 64).
  "unit/lstm": { macs: (100 * 4 * 64 * 128) as never, parameters: 4 * 64 * 128 + 2 * 4 * 64 },
  "unit/batch-norm": { macs: 0 as never, otherOps: 2 * 800, parameters: 16, buffers: 16 },
  "unit/upsample": { macs: 0 as never, otherOps: 0 },
  // 56 * 56 * 8 windows of 9.
  "unit/max-pool": { macs: 0 as never, otherOps: 56 * 56 * 8 * 9 },
  // 256 * 32 outputs of 9 taps.
  "unit/conv-depthwise": { macs: (256 * 32 * 9) as never },
};

describe("layers that can be checked by hand", () => {
  it.each(Object.entries(units))("%s", (name, expected) => {
    expect(profile(referenceGraph(name))).toMatchObject(expected);
  });
});
