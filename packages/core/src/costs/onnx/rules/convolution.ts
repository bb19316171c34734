/** Convolutions, plain, transposed, quantised and deformable. */

import { elementCount, type Shape } from "../../../tensor/index.js";
import { multiplies } from "../backward-rule.js";
import { type Info, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule, RuleTable } from "../rule.js";
import type { NodeWork } from "../work.js";
import { readWindow, tapsOnData, type Window, windowLengths } from "./window.js";

interface Geometry {
  readonly x: Shape;
  readonly w: Shape;
  readonly groups: number;
  readonly window: Window;
}

/** Weights [O, C/groups, kernel...] at input `at`. */
function geometry(n: NodeView, at: number): Geometry {
  const x = n.shapeOfRank(0, 3);
  const w = n.shapeOfRank(at, x.length, x.length);
  const groups = n.int("group") ?? 1;
  if (!(groups >= 1) || w[1]! * groups !== (Number.isNaN(x[1]!) ? w[1]! * groups : x[1]!)) {
    n.refuse(`${x[1]} channels, weights for ${w[1]} in each of ${groups} groups`);
  }
  if (w[0]! % groups !== 0) n.refuse(`${w[0]} filters in ${groups} groups`);
  return { x, w, groups, window: readWindow(n, x.slice(2), w.slice(2)) };
}

const infer = (at: number, type?: "int32") => (n: NodeView) => {
  const { x, w, window } = geometry(n, at);
  const shape = [x[0]!, w[0]!, ...windowLengths(n, x.slice(2), window)];
  return tensorInfo(type ?? n.tensor(0).elementType, shape);
};

/** Exporters compute a bias of zeros where the layer has none: nothing is added. A stored one may be trained. */
function addsBias(n: NodeView, index: number): boolean {
  const isStored = n.inputs[index]?.root !== undefined;
  return n.has(index) && (isStored || n.known(index)?.every((v) => v === 0) !== true);
}

/** Every output element is a sum over kernel and channels of its group; a tap on padding multiplies by zero. */
const work =
  (at: number, bias: number) =>
  (n: NodeView): NodeWork => {
    const { x, w, window } = geometry(n, at);
    const out = n.out();
    const size = elementCount(out);
    const taps = tapsOnData(n, x.slice(2), out.slice(2), window);
    const biasAdds = addsBias(n, bias) ? size : 0;
    return {
      macs: size * elementCount(w.slice(1)),
      validMacs: out[0]! * out[1]! * w[1]! * taps,
      macKind: "conv",
      elements: { biasAdds },
      otherOps: biasAdds,
    };
  };

/** Transposed: every input element is spread over kernel and filters of its group. Weights [C, O/groups, kernel...]. */
function transposed(n: NodeView): Geometry & { readonly out: Shape } {
  const x = n.shapeOfRank(0, 3);
  const w = n.shapeOfRank(1, x.length, x.length);
  const groups = n.int("group") ?? 1;
  if (!Number.isNaN(x[1]!) && x[1] !== w[0]) n.refuse(`${x[1]} channels, weights for ${w[0]}`);
  const lengths = x.slice(2);
  const kernel = w.slice(2);
  const extra = n.list("output_padding") ?? lengths.map(() => 0);
  const asked = n.list("output_shape");
  const mode = n.string("auto_pad") ?? "NOTSET";
  const { strides, dilations, pads } = readWindow(n, lengths, kernel);
  const full = lengths.map(
    (length, i) => strides[i]! * (length - 1) + extra[i]! + (kernel[i]! - 1) * dilations[i]! + 1,
  );
  const same = mode.startsWith("SAME");
  const out = lengths.map((length, i) => {
    if (asked) return asked[asked.length - lengths.length + i]!;
    return same ? length * strides[i]! : full[i]! - pads[i]! - pads[i + lengths.length]!;
  });
  const cut = full.map((f, i) => Math.max(0, f - out[i]!));
  const begins =
    asked || same
      ? cut.map((c) => (mode === "SAME_UPPER" ? Math.floor(c / 2) : c - Math.floor(c / 2)))
      : pads.slice(0, lengths.length);
  if (out.some((d) => d < 0)) n.refuse("the padding removes more than there is");
  return { x, w, groups, out, window: { kernel, strides, dilations, pads: begins } };
}

const convTranspose: OpRule = {
  infer: (n) => {
    const { x, w, groups, out } = transposed(n);
    return tensorInfo(n.tensor(0).elementType, [x[0]!, w[1]! * groups, ...out]);
  },
  work: (n) => {
    const { x, w, window, out } = transposed(n);
    const perPair = x[0]! * w[0]! * w[1]!;
    // The same pairs as in a convolution from the output to the input.
    const taps = tapsOnData(n, out, x.slice(2), window);
    const biasAdds = addsBias(n, 2) ? elementCount(n.out()) : 0;
    return {
      macs: perPair * elementCount(x.slice(2)) * elementCount(w.slice(2)),
      validMacs: perPair * taps,
      macKind: "conv",
      elements: { biasAdds },
      otherOps: biasAdds,
    };
  },
  roles: { 1: "parameter", 2: "parameter" },
  backward: multiplies(),
  isChannelwise: (n) => (n.int("group") ?? 1) > 1 && n.shape(1)[1] === 1,
};

/** Bilinear samples at learned offsets: 4 products each beside the convolution itself. */
const deformable: OpRule = {
  infer: infer(1),
  work: (n) => {
    const { w } = geometry(n, 1);
    const out = n.out();
    const samples = out[0]! * elementCount(out.slice(2)) * elementCount(w.slice(1));
    const macs = elementCount(out) * elementCount(w.slice(1));
    return {
      macs,
      macKind: "conv",
      elements: { resample: samples, biasAdds: n.has(3) ? elementCount(out) : 0 },
      otherOps: 8 * samples + (n.has(3) ? elementCount(out) : 0),
    };
  },
  roles: { 1: "parameter", 3: "parameter" },
  backward: multiplies(),
};

/** A causal convolution over time whose last inputs are handed on: [N, C, T], depthwise weights [C, 1, K]. */
const causal: OpRule = {
  infer: (n): readonly Info[] => {
    const x = n.shapeOfRank(0, 3, 3);
    const w = n.shapeOfRank(1, 3, 3);
    const { elementType } = n.tensor(0);
    return [tensorInfo(elementType, x), tensorInfo(elementType, [x[0]!, x[1]!, w[2]! - 1])];
  },
  work: (n) => {
    const size = elementCount(n.out());
    const w = n.shape(1);
    const biasAdds = n.has(2) ? size : 0;
    const activation = (n.string("activation") ?? "none") === "none" ? 0 : size;
    return {
      macs: size * elementCount(w.slice(1)),
      macKind: "conv",
      elements: { biasAdds, activation },
      otherOps: biasAdds + activation,
    };
  },
  roles: { 1: "parameter", 2: "parameter" },
};

export const convolution = {
  Conv: {
    infer: infer(1),
    work: work(1, 2),
    roles: { 1: "parameter", 2: "parameter" },
    backward: multiplies(),
    isChannelwise: (n) => (n.int("group") ?? 1) > 1 && n.shape(1)[1] === 1,
  },
  ConvInteger: { infer: infer(1, "int32"), work: work(1, 99), roles: { 1: "parameter" } },
  QLinearConv: {
    infer: (n) => tensorInfo(n.tensor(7).elementType, infer(3)(n).shape),
    work: work(3, 8),
    roles: { 3: "parameter", 8: "parameter" },
  },
  ConvTranspose: convTranspose,
  DeformConv: deformable,
  CausalConvWithState: causal,
} satisfies RuleTable;
