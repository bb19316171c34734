/** Importers of operators that pick or place elements by index. */

import type { Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import type { ImporterTable, ImportNode } from "./node.js";

function scatterElements(n: ImportNode): Value {
  const reduction = n.string("reduction", "none");
  if (reduction !== "none" && reduction !== "add") {
    n.refuse(`reduction is "${reduction}"`, "none or add");
  }
  return f.scatterElements(n.input(0), n.input(1), n.input(2), {
    axis: n.int("axis", 0),
    reduction,
  });
}

function oneHot(n: ImportNode): Value {
  const depth = n.constantNumber(1) ?? n.refuse("its depth is missing");
  const [off, on] = n.constantInts(2) ?? n.refuse("its values are missing");
  const axis = n.int("axis", -1);
  const { dtype } = n.input(2);
  const indices = n.input(0);
  const whole = indices.dtype === "int64" ? indices : f.cast(indices, "int64");
  // Negative indices count from the back.
  const positive = f.where(f.less(whole, 0), f.add(whole, depth), whole);
  const hot = f.oneHot(positive, { depth, axis, dtype: "bool" });
  const scaled = f.mul(f.cast(hot, dtype), on! - off!);
  return off === 0 ? scaled : f.add(scaled, off!);
}

function topK(n: ImportNode): readonly Value[] {
  const k = n.version < 10 ? n.int("k", 1) : (n.constantNumber(1) ?? n.refuse("its k is missing"));
  const { values, indices } = f.topK(n.input(0), {
    k,
    axis: n.int("axis", -1),
    largest: n.flag("largest", true),
    sorted: n.flag("sorted", true),
  });
  return [values, indices];
}

export const indexing: ImporterTable = {
  Gather: (n) => f.gather(n.input(0), n.input(1), { axis: n.int("axis", 0) }),
  GatherElements: (n) => f.gatherElements(n.input(0), n.input(1), { axis: n.int("axis", 0) }),
  ScatterElements: scatterElements,
  // The old name of ScatterElements without a reduction.
  Scatter: scatterElements,
  OneHot: oneHot,
  TopK: topK,
};
