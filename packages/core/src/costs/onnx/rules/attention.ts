/** Attention as one operator: the products of queries with keys and of weights with values. */

import { elementCount } from "../../../tensor/index.js";
import type { BackwardRule } from "../backward-rule.js";
import { type Info, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule, RuleTable } from "../rule.js";
import { orderedAs } from "../strides.js";
import { same } from "./elementwise.js";

interface Heads {
  readonly batch: number;
  readonly queries: number;
  readonly keys: number;
  readonly queryHeads: number;
  readonly keyHeads: number;
  readonly width: number;
  readonly valueWidth: number;
}

/** Tensors are [batch, heads, length, width], or [batch, length, heads * width] with the heads as attributes. */
function heads(n: NodeView): Heads {
  const [q, k, v] = [0, 1, 2].map((i) => n.shapeOfRank(i, 3, 4)) as [
    readonly number[],
    readonly number[],
    readonly number[],
  ];
  const past = n.has(4) ? n.shapeOfRank(4, 4, 4)[2]! : 0;
  if (q.length === 4) {
    return {
      batch: q[0]!,
      queries: q[2]!,
      keys: k[2]! + past,
      queryHeads: q[1]!,
      keyHeads: k[1]!,
      width: q[3]!,
      valueWidth: v[3]!,
    };
  }
  const queryHeads = n.int("q_num_heads") ?? n.refuse("q_num_heads is missing");
  const keyHeads = n.int("kv_num_heads") ?? n.refuse("kv_num_heads is missing");
  return {
    batch: q[0]!,
    queries: q[1]!,
    keys: k[1]! + past,
    queryHeads,
    keyHeads,
    width: q[2]! / queryHeads,
    valueWidth: v[2]! / keyHeads,
  };
}

/** One number for each query and head, in single precision. */
function logSums(n: NodeView): number {
  const h = heads(n);
  return 4 * h.batch * h.queryHeads * h.queries;
}

/**
 * PyTorch's fused attention keeps queries, keys, values and the result, and for each query the logarithm of its sum of
 * exponentials; two products of the scores with each factor.
 */
const fused: BackwardRule = {
  keeps: [{ input: 0 }, { input: 1 }, { input: 2 }, { output: 0 }, { bytes: logSums }],
  factors: [
    [0, 1, 2],
    [0, 1, 2],
  ],
};

/** Masked positions are computed by a plain kernel, so a causal mask saves nothing here. */
const attention: OpRule = {
  infer: (n): readonly Info[] => {
    const h = heads(n);
    const { elementType } = n.tensor(0);
    const y =
      n.shape(0).length === 4
        ? [h.batch, h.queryHeads, h.queries, h.valueWidth]
        : [h.batch, h.queries, h.queryHeads * h.valueWidth];
    const cache = (width: number) => tensorInfo(elementType, [h.batch, h.keyHeads, h.keys, width]);
    const scores = tensorInfo(elementType, [h.batch, h.queryHeads, h.queries, h.keys]);
    return [tensorInfo(elementType, y), cache(h.width), cache(h.valueWidth), scores];
  },
  work: (n) => {
    const h = heads(n);
    const scores = h.batch * h.queryHeads * h.queries * h.keys;
    const masks = n.has(3) || n.int("is_causal") ? scores : 0;
    return {
      macs: scores * (h.width + h.valueWidth),
      macKind: "matmul",
      elements: { softmax: scores, mul: scores, add: masks },
      otherOps: 5 * scores + scores + masks,
    };
  },
  backward: fused,
  workspace: logSums,
  // [batch, heads, length, width] lies in memory as [batch, length, heads, width].
  resultStrides: (shape) => orderedAs(shape, shape.length === 4 ? [3, 1, 2, 0] : [2, 1, 0]),
};

/** State [batch, heads, width, valueWidth] is updated and read at every step. */
const linearAttention: OpRule = {
  infer: (n): readonly Info[] => {
    const state = n.has(3) ? n.value(3).info : tensorInfo(n.tensor(0).elementType, undefined);
    return [tensorInfo(n.tensor(0).elementType, n.shape(2)), state];
  },
  work: (n) => {
    const q = n.shapeOfRank(0, 3, 4);
    const v = n.shape(2);
    const queryHeads = q.length === 4 ? 1 : (n.int("q_num_heads") ?? 1);
    // Outer product of key and value, and the product of the query with the state.
    const macs = 2 * elementCount(v) * (q.at(-1)! / queryHeads);
    return { macs, macKind: "matmul" };
  },
};

const rotary: OpRule = {
  infer: same,
  work: (n) => {
    const count = elementCount(n.out());
    return { elements: { mul: 2 * count, add: count }, otherOps: 3 * count };
  },
  roles: { 1: "constant", 2: "constant" },
};

/** Attention whose scores pass through a body: the body's few operations per score are not followed. */
const flexible: OpRule = {
  infer: (n) => {
    const q = n.shapeOfRank(0, 4, 4);
    return tensorInfo(n.tensor(0).elementType, [...q.slice(0, 3), n.shapeOfRank(2, 4, 4)[3]!]);
  },
  work: (n) => {
    if (n.graph("score_mod") || n.graph("prob_mod")) n.unknown("its bodies are not followed");
    const q = n.shape(0);
    const scores = q[0]! * q[1]! * q[2]! * n.shapeOfRank(1, 4, 4)[2]!;
    return {
      macs: scores * (q[3]! + n.out()[3]!),
      macKind: "matmul",
      elements: { softmax: scores, mul: scores },
      otherOps: 6 * scores,
    };
  },
};

/** The preview domain. */
export const previewRules = { FlexAttention: flexible } satisfies RuleTable;

export const attentions = {
  Attention: attention,
  LinearAttention: linearAttention,
  RotaryEmbedding: rotary,
} satisfies RuleTable;
