/** Memory, training and accesses against eager PyTorch: 54 networks, every byte, or the reason why not. */

import { describe, expect, it } from "vitest";
import type { Schedule } from "./liveness.js";
import { type Profile, profile } from "./profile.js";
import {
  fusedGraph,
  type ReferenceRow,
  referenceGraph,
  referenceRows,
  trainingGraph,
} from "./testing/fixtures.js";

/** What a column says of a row: a byte count to compare with ours, or the reason why a graph cannot tell. */
type Answer = { readonly bytes: number; readonly wanted: number } | { readonly reason: string };

const numberOf = (row: ReferenceRow, column: string): number => row[column] as number;

/** First rule whose pattern fits a name. */
const firstOf = <T>(rules: readonly (readonly [RegExp, T])[], name: string): T | undefined =>
  rules.find(([pattern]) => pattern.test(name))?.[1];

/** Compares all rows, prints the table, and gives back what is wrong. */
function compare(title: string, answerOf: (row: ReferenceRow) => Answer): readonly string[] {
  const wrong: string[] = [];
  const reasons = new Map<string, number>();
  let equal = 0;
  for (const row of referenceRows()) {
    const answer = answerOf(row);
    if ("reason" in answer) reasons.set(answer.reason, (reasons.get(answer.reason) ?? 0) + 1);
    else if (answer.bytes === answer.wanted) equal++;
    else wrong.push(`${row.name}: ${answer.bytes}, not ${answer.wanted}`);
  }
  const lines = [...reasons].map(([why, n]) => `\n  ${n} not comparable: ${why}`);
  console.log(`${title}: ${equal} of ${referenceRows().length} rows equal${lines.join("")}`);
  return wrong;
}

/** Networks whose activations write over their inputs, as their sources say. */
const isInPlace = (name: string): boolean =>
  /^tv\/(?!convnext|vit|swin)|^resnet\d+-v1|^timm\/(mobilenet|efficientnet)/.test(name);

/** What each source is written like: the same columns under other schedules would differ. */
const scheduleOf = (name: string): Schedule => {
  // Blocks of variables: `y = relu(bn1(conv1(x)))`, queries and keys that have names until the layer is done, `y += x`.
  if (/^cifar|bert-base@\d+\/eager|albert|convnext/.test(name)) return "statements";
  if (/densenet/.test(name)) return "statements-in-place";
  return isInPlace(name) ? "modules" : "functional";
};

/** Attention as one operator; where nothing is dropped the network of training is that of inference. */
const hasFusedAttention = (name: string): boolean => /vit_|deit_|sdpa/.test(name);

/** Of a language model; 0 for others. */
const tokensOf = (name: string): number => Number(/^hf\/.*@(\d+)/.exec(name)?.[1] ?? 0);

/** Two embeddings of BERT (768 wide) or ALBERT (128 wide) and one vector of ids of twice the width of a number. */
const knownBeforehand = (name: string): number =>
  tokensOf(name) * (2 * (name.includes("albert") ? 128 : 768) + 2);

const profiles = new Map<string, Profile>();

function inference(row: ReferenceRow): Profile {
  const known = profiles.get(row.name);
  if (known) return known;
  const bytes = hasFusedAttention(row.name) ? fusedGraph(row.name) : referenceGraph(row.name);
  const made = profile(bytes, { schedule: scheduleOf(row.name), path: row.name });
  profiles.set(row.name, made);
  return made;
}

describe("tensors kept for the backward pass", () => {
  it("are those that PyTorch's autograd captures, to the byte", () => {
    const wrong = compare("kept for backward", (row) => {
      if (row.name.endsWith("/sdpa")) {
        return {
          reason: "the exporter writes the dropout inside fused attention as one of inference",
        };
      }
      const { keptBytes } = profile(trainingGraph(row.name), { path: row.name }).training;
      // Numbers of positions or segments that are known beforehand: eager runs make them anew, 8 bytes a token.
      return { bytes: keptBytes + 8 * tokensOf(row.name), wanted: numberOf(row, "train_saved_B") };
    });
    expect(wrong).toEqual([]);
  });
});

/**
 * Seen operator by operator in eager runs. Swin: a roll is one kernel of PyTorch, two slices and concatenations in the
 * export; matrices of windows and heads are copied before products; biases of positions and masks are made in each run,
 * known beforehand in the export; and attention is a function of Python, whose variables no layer shows. ViT: one kernel
 * in each layer, _native_multi_head_attention, which allocates its result alone.
 */
const ROLL = "rolls, masks and biases of positions are not what the export makes of them";
const FAST = "inference takes the fast path of nn.MultiheadAttention, which the export writes out";
describe("activations", () => {
  it("are allocated as often as in eager PyTorch", () => {
    const reasons: readonly (readonly [RegExp, string])[] = [
      [/^tv\/vit/, FAST],
      [/swin/, ROLL],
      [
        /gpt2/,
        "sequences of queries, keys and values are copies, not views; masks are made in each run",
      ],
    ];
    // What the Python source does not write over its operand, though its activations do: counts of the reference itself.
    const apart: readonly (readonly [RegExp, (row: ReferenceRow) => number])[] = [
      [/mobilenet_?v2/, (row) => numberOf(row, "add")],
      // Gates and inner activations of squeeze-and-excitation: channels 72, 120 (2), 480, 672 (2), 960 (2), and a quarter.
      [/mobilenet_v3/, () => 72 + 240 + 480 + 1344 + 1920 + (24 + 64 + 120 + 336 + 480)],
      // One gate for each channel that is pooled inside; the last pool has 1280, or 2560.
      [/^tv\/efficientnet_b0/, (row) => numberOf(row, "avgpool_out") - 1280],
      [/^tv\/efficientnet_b7/, (row) => numberOf(row, "avgpool_out") - 2560],
      [
        /^timm\/efficientnet/,
        (row) => numberOf(row, "add") + numberOf(row, "mul") + numberOf(row, "avgpool_out") - 1280,
      ],
      // Export adds a mask of ones to the scores; it knows embeddings of positions and segments beforehand, and their ids.
      [/sdpa/, (row) => knownBeforehand(row.name)],
      [/^hf\/(al)?bert/, (row) => knownBeforehand(row.name) - 12 * 12 * tokensOf(row.name) ** 2],
      // Each block begins by joining a single tensor, which copies it: 56 * 56 * 64, then half of that, twice less, ...
      [/densenet121/, () => 56 * 56 * 64 + 28 * 28 * 128 + 14 * 14 * 256 + 7 * 7 * 512],
    ];
    const wrong = compare("sum of allocations", (row) => {
      const reason = firstOf(reasons, row.name);
      if (reason) return { reason };
      const more = row.name.startsWith("cifar") ? 0 : (firstOf(apart, row.name)?.(row) ?? 0);
      return {
        bytes: inference(row).allocatedBytes + 4 * more,
        wanted: numberOf(row, "sum_alloc_B_infer"),
      };
    });
    expect(wrong).toEqual([]);
  });

  it("are alive together as in eager PyTorch", () => {
    const reasons: readonly (readonly [RegExp, string])[] = [[/swin/, ROLL]];
    const wrong = compare("peak memory", (row) => {
      const reason = firstOf(reasons, row.name);
      if (reason) return { reason };
      return {
        bytes: inference(row).peakActivationBytes,
        wanted: numberOf(row, "peak_live_B_infer_excl_input"),
      };
    });
    expect(wrong).toEqual([]);
  });
});

describe("training steps", () => {
  /**
   * FLOPs of forward and backward as torch.utils.flop_counter 2.13 prints them; MobileNetV2 by the rule, as that counter
   * takes the groups of a convolution for full channels on the way back.
   */
  it.each([
    ["tv/resnet18", 10_648_412_160],
    ["tv/resnet50", 24_299_077_632],
    ["tv/vgg16", 92_648_177_664],
    ["tv/alexnet", 4_144_577_280],
    ["tv/mobilenet_v2", 1_782_969_600],
    ["cifar/resnet18", 3_328_997_376],
    ["mnist/MLP784-300-100-10", 1_126_800],
    ["mnist/LeNet5@28pad2", 2_263_920],
  ])("do three times the forward pass, less what the input would need: %s", (name, flops) => {
    expect(profile(referenceGraph(name)).training.flops).toBe(flops);
  });

  it("go back through the states of a recurrent layer, not to its input", () => {
    // torch.utils.flop_counter of the layer, unrolled over its 100 steps: 2 * 8,175,616.
    expect(profile(referenceGraph("unit/lstm")).training.flops).toBe(16_351_232);
  });

  it("differentiate a depthwise convolution as one", () => {
    // One layer whose input is data: forward 73,728 MACs, and the same again for the weights.
    const p = profile(referenceGraph("unit/conv-depthwise"));
    expect(p.training.macs).toBe(2 * 73_728);
    // In the middle of a network both factors get a gradient: backward is 2 * 2 * 73,728 = 294,912 FLOPs.
    expect(2 * 2 * p.macs).toBe(294_912);
    expect(p.ledger.entries.filter((e) => e.macs > 0).map((e) => e.channelwise)).toEqual([true]);
  });

  it("hold weights, gradients, the optimiser's numbers and what is kept", () => {
    const { training, parameters } = profile(referenceGraph("tv/resnet50"));
    const kept = 86_121_984;
    expect(training.totalBytes).toEqual({
      sgd: 8 * parameters + kept,
      momentum: 12 * parameters + kept,
      // 16 bytes a parameter: 408.9 MB.
      adam: 16 * 25_557_032 + kept,
    });
    expect(training.optimizerBytes.adam).toBe(2 * training.gradientBytes);
  });
});

describe("accesses of convolutions, linear layers and products", () => {
  /** Element accesses, each operand once: inputs, weights, biases, outputs; attention reads q, k, v and writes its result. */
  it.each([
    ["tv/alexnet", 61_950_224, 5.764],
    ["tv/vgg16", 161_029_392, 48.036],
    ["tv/resnet18", 16_347_792, 55.484],
    ["tv/resnet50", 47_283_344, 43.241],
    ["tv/mobilenet_v2", 16_917_072, 8.89],
    ["tv/efficientnet_b0", 18_830_692, 10.244],
    ["tv/swin_t", 62_463_632, 35.945],
    ["tv/vit_b_16", 122_991_056, 71.403],
    ["timm/deit_small_patch16_224", 40_338_128, 57.004],
    ["hf/bert-base@128/eager", 116_280_576, 48.049],
    ["cifar/resnet18", 12_445_908, 22.313],
  ])("are those of the table: %s", (name, accesses, flopsPerByte) => {
    const bytes = hasFusedAttention(name) ? fusedGraph(name) : referenceGraph(name);
    const p = profile(bytes);
    expect(p.productAccesses).toBe(accesses);
    expect(p.flops / (4 * p.productAccesses)).toBeCloseTo(flopsPerByte, 3);
  });
});
