/** Importers of products, convolutions and pools. */

import type { Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import type { ImporterTable, ImportNode, NodeImporter } from "./node.js";
import { readWindow, spatial, splitPadding } from "./windows.js";

function gemm(n: ImportNode): Value {
  const c = n.optional(2);
  // Before opset 7 it allowed what is always allowed since.
  if (n.version < 7) n.ignore("broadcast");
  return f.gemm(n.input(0), n.input(1), {
    ...(c ? { c } : {}),
    transA: n.flag("transA"),
    transB: n.flag("transB"),
    alpha: n.float("alpha", 1),
    beta: n.float("beta", 1),
  });
}

function conv(n: ImportNode): Value {
  const [x, w, bias] = [n.input(0), n.input(1), n.optional(2)];
  n.ignore("kernel_shape");
  const { strides, dilations, pads } = readWindow(n, x.shape, spatial(w.shape));
  const groups = n.int("group", 1);
  return f.conv(x, w, { ...(bias ? { bias } : {}), strides, dilations, pads, groups });
}

/** Length = stride * (in - 1) + outputPadding + reach - pads; `output_shape` asks for the pads that give it. */
function convTranspose(n: ImportNode): Value {
  const [x, w, bias] = [n.input(0), n.input(1), n.optional(2)];
  n.ignore("kernel_shape");
  const lengths = spatial(x.shape);
  const kernel = spatial(w.shape);
  const mode = n.string("auto_pad", "NOTSET");
  const asked = n.ints("output_shape");
  const strides = n.ints("strides") ?? lengths.map(() => 1);
  const dilations = n.ints("dilations") ?? lengths.map(() => 1);
  let outputPadding = n.ints("output_padding") ?? lengths.map(() => 0);
  let pads = n.ints("pads") ?? [...lengths, ...lengths].map(() => 0);
  const same = mode === "SAME_UPPER" || mode === "SAME_LOWER";
  if (asked || same) {
    const totals = lengths.map((length, i) => {
      const wanted = asked ? asked[asked.length - lengths.length + i]! : length * strides[i]!;
      const reach = (kernel[i]! - 1) * dilations[i]! + 1;
      return strides[i]! * (length - 1) + outputPadding[i]! + reach - wanted;
    });
    // An output longer than the window reaches is padded at its end.
    outputPadding = outputPadding.map((p, i) => p + Math.max(0, -totals[i]!));
    const cut = totals.map((t) => Math.max(0, t));
    pads = splitPadding(cut, mode === "SAME_UPPER");
  } else if (mode !== "NOTSET" && mode !== "VALID") n.refuse(`auto_pad is "${mode}"`);
  const groups = n.int("group", 1);
  const options = { strides, dilations, pads, groups, outputPadding };
  return f.convTranspose(x, w, { ...(bias ? { bias } : {}), ...options });
}

const pool =
  (apply: (x: Value, n: ImportNode, kernel: readonly number[]) => Value): NodeImporter =>
  (n) => {
    const kernel = n.ints("kernel_shape") ?? n.refuse("kernel_shape is missing");
    return apply(n.input(0), n, kernel);
  };

const maxPool = pool((x, n, kernel) => {
  n.ignore("storage_order");
  if (n.wants(1)) n.refuse("the indices output is not supported");
  const ceilMode = n.flag("ceil_mode");
  return f.maxPool(x, { ...readWindow(n, x.shape, kernel), ceilMode });
});

const averagePool = pool((x, n, kernel) => {
  const ceilMode = n.flag("ceil_mode");
  const countIncludePad = n.flag("count_include_pad");
  return f.averagePool(x, { ...readWindow(n, x.shape, kernel), ceilMode, countIncludePad });
});

export const linear: ImporterTable = {
  MatMul: (n) => f.matmul(n.input(0), n.input(1)),
  Gemm: gemm,
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: (n) => f.globalAveragePool(n.input(0)),
  GlobalMaxPool: (n) => {
    const x = n.input(0);
    return f.reduceMax(x, { axes: spatial(x.shape).map((_, i) => i + 2), keepDims: true });
  },
};
