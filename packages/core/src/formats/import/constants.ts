/** Importers of operators whose result is known before the model runs. */

import { constant, scalarConstant, type Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { elementCount, fromNumbers, scalar, tensor, toNumbers } from "../../tensor/index.js";
import type { ImporterTable, ImportNode } from "./node.js";
import { requireDType } from "./types.js";

/** Larger ranges and identity matrices are refused: they would be stored in full. */
const LARGEST = 1 << 24;

function constantNode(n: ImportNode): Value {
  const ints = n.ints("value_ints");
  const floats = n.floats("value_floats");
  if (ints) return constant(tensor("int64", [ints.length], ints));
  if (floats) return constant(tensor("float32", [floats.length], floats));
  if (n.has("value_int")) return scalarConstant(n.int("value_int", 0), "int64");
  if (n.has("value_float")) return scalarConstant(n.float("value_float", 0));
  return constant(n.tensor("value") ?? n.refuse("its value is not a tensor of numbers"));
}

function constantOfShape(n: ImportNode): Value {
  const shape = n.constantInts(0) ?? n.refuse("its shape is missing");
  const value = n.tensor("value") ?? scalar("float32", 0);
  return f.expand(scalarConstant(toNumbers(value)[0] ?? 0, value.dtype), shape);
}

function shapeOf(n: ImportNode): Value {
  const { shape } = n.input(0);
  const part = shape.slice(n.int("start", 0), n.has("end") ? n.int("end", 0) : undefined);
  return constant(tensor("int64", [part.length], part));
}

function range(n: ImportNode): Value {
  const [start, limit, step] = [0, 1, 2].map(
    (i) => n.constantNumber(i) ?? n.refuse("a bound is missing"),
  );
  const length = Math.max(0, Math.ceil((limit! - start!) / step!));
  if (!(length <= LARGEST)) n.refuse(`a range of ${length} elements`, `at most ${LARGEST}`);
  const { dtype } = n.input(0);
  const values = Array.from({ length }, (_, i) => start! + i * step!);
  return constant(tensor(dtype, [length], fromNumbers(dtype, values)));
}

function eyeLike(n: ImportNode): Value {
  const { shape, dtype } = n.input(0);
  n.rank(0, [2]);
  const [rows, columns] = shape as [number, number];
  if (elementCount(shape) > LARGEST) n.refuse("a matrix that large");
  const k = n.int("k", 0);
  const type = n.has("dtype") ? requireDType(n, n.int("dtype", 1)) : dtype;
  const values = Array.from({ length: rows * columns }, (_, i) =>
    (i % columns) - Math.floor(i / columns) === k ? 1 : 0,
  );
  return constant(tensor(type, shape, fromNumbers(type, values)));
}

/** The upper or lower triangle of the last two axes; the rest is 0. */
function trilu(n: ImportNode): Value {
  const x = n.input(0);
  const upper = n.flag("upper", true);
  const k = n.constantNumber(1) ?? 0;
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const keep = Array.from({ length: rows * columns }, (_, i) => {
    const diagonal = (i % columns) - Math.floor(i / columns);
    return (upper ? diagonal >= k : diagonal <= k) ? 1 : 0;
  });
  const mask = constant(tensor("bool", [rows, columns], fromNumbers("bool", keep)));
  return f.where(mask, x, scalarConstant(0, x.dtype));
}

export const constants: ImporterTable = {
  Constant: constantNode,
  ConstantOfShape: constantOfShape,
  Shape: shapeOf,
  Size: (n) => scalarConstant(elementCount(n.input(0).shape), "int64"),
  Range: range,
  EyeLike: eyeLike,
  Trilu: trilu,
};
