/** Pools: windows that keep a maximum, a mean or a norm, and their global forms. */

import { elementCount, type Shape } from "../../../tensor/index.js";
import { type BackwardRule, keepsInput, keepsNothing } from "../backward-rule.js";
import { type Info, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule, RuleTable } from "../rule.js";
import { readWindow, windowLengths } from "./window.js";

function pooled(n: NodeView): { readonly shape: Shape; readonly kernel: readonly number[] } {
  const x = n.shapeOfRank(0, 3);
  const kernel = n.list("kernel_shape") ?? n.refuse("kernel_shape is missing");
  const window = readWindow(n, x.slice(2), kernel);
  const lengths = windowLengths(n, x.slice(2), window, Boolean(n.int("ceil_mode")));
  return { shape: [x[0]!, x[1]!, ...lengths], kernel };
}

/** Where the maxima were. */
const indexBytes = (n: NodeView): number => 8 * elementCount(n.out());

/** PyTorch keeps the input and the indices of the maxima; means only look at lengths of what they keep. */
const backwards: Readonly<Record<"max" | "avg" | "lp", BackwardRule>> = {
  max: { keeps: [{ input: 0 }, { bytes: indexBytes }] },
  avg: keepsInput,
  lp: keepsInput,
};

const pool = (kind: "max" | "avg" | "lp", perTap: number): OpRule => ({
  infer: (n): readonly Info[] => {
    const { shape } = pooled(n);
    return [tensorInfo(n.tensor(0).elementType, shape), tensorInfo("int64", shape)];
  },
  work: (n) => {
    const { shape, kernel } = pooled(n);
    const [inputs, outputs] = [elementCount(n.shape(0)), elementCount(shape)];
    const otherOps = perTap * outputs * elementCount(kernel);
    if (kind === "lp") return { elements: { reduction: inputs }, otherOps };
    const elements =
      kind === "max"
        ? { maxPoolIn: inputs, maxPoolOut: outputs }
        : { avgPoolIn: inputs, avgPoolOut: outputs };
    return { elements, otherOps };
  },
  backward: backwards[kind],
  ...(kind === "max" ? { workspace: indexBytes } : {}),
});

const global = (kind: "max" | "avg" | "lp"): OpRule => ({
  infer: (n) => {
    const x = n.shapeOfRank(0, 2);
    return tensorInfo(
      n.tensor(0).elementType,
      x.map((d, i) => (i < 2 ? d : 1)),
    );
  },
  work: (n) => {
    const [inputs, outputs] = [elementCount(n.shape(0)), elementCount(n.out())];
    const elements = {
      max: { maxPoolIn: inputs, maxPoolOut: outputs },
      avg: { avgPoolIn: inputs, avgPoolOut: outputs },
      lp: { reduction: inputs },
    }[kind];
    return { elements, otherOps: kind === "lp" ? 2 * inputs : inputs };
  },
  backward: backwards[kind],
  ...(kind === "max" ? { workspace: indexBytes } : {}),
});

/** Undoes a max pool: values go back to the positions of their maxima. */
const unpool: OpRule = {
  infer: (n) => {
    const x = n.shapeOfRank(0, 3);
    const asked = n.ints(2);
    if (asked) return tensorInfo(n.tensor(0).elementType, asked);
    const kernel = n.list("kernel_shape") ?? n.refuse("kernel_shape is missing");
    const { strides, pads } = readWindow(n, x.slice(2), kernel);
    const lengths = kernel.map(
      (k, i) => (x[i + 2]! - 1) * strides[i]! + k - pads[i]! - pads[i + kernel.length]!,
    );
    return tensorInfo(n.tensor(0).elementType, [x[0]!, x[1]!, ...lengths]);
  },
  backward: keepsNothing,
};

export const pooling = {
  MaxPool: pool("max", 1),
  AveragePool: pool("avg", 1),
  LpPool: pool("lp", 2),
  GlobalMaxPool: global("max"),
  GlobalAveragePool: global("avg"),
  GlobalLpPool: global("lp"),
  MaxUnpool: unpool,
} satisfies RuleTable;
