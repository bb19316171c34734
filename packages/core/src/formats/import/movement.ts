/** Importers of operators that move, cut or repeat data. */

import type { Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { broadcastShapes, elementCount, normaliseAxis } from "../../tensor/index.js";
import type { ImporterTable, ImportNode } from "./node.js";

/** A 0 copies the input's dimension, unless `allowzero`; one -1 is computed. */
function reshape(n: ImportNode): Value {
  const x = n.input(0);
  const asked = n.constantInts(1) ?? n.refuse("its shape is missing");
  const allowZero = n.flag("allowzero");
  const shape = asked.map((d, axis) =>
    d === 0 && !allowZero ? (x.shape[axis] ?? n.refuse(`nothing to copy at axis ${axis}`)) : d,
  );
  const known = shape.reduce((product, d) => (d === -1 ? product : product * d), 1);
  // Where nothing is left to divide by, the unknown dimension is empty too.
  const unknown = known === 0 ? 0 : elementCount(x.shape) / known;
  return f.reshape(
    x,
    shape.map((d) => (d === -1 ? unknown : d)),
  );
}

function split(n: ImportNode): readonly Value[] {
  const x = n.input(0);
  const axis = normaliseAxis(n.int("axis", 0), x.shape.length);
  const length = x.shape[axis]!;
  const parts = n.version < 18 ? n.outputCount : n.int("num_outputs", n.outputCount);
  const given = n.version < 13 ? n.ints("split") : n.constantInts(1);
  // Uneven splits leave the last part smaller.
  const chunk = Math.ceil(length / parts);
  const even = Array.from({ length: parts }, (_, i) =>
    Math.max(0, Math.min(chunk, length - i * chunk)),
  );
  return f.split(x, { axis, sizes: given ?? even });
}

function slice(n: ImportNode): Value {
  const x = n.input(0);
  const old = n.version < 10;
  const starts = (old ? n.ints("starts") : n.constantInts(1)) ?? n.refuse("its starts are missing");
  const ends = (old ? n.ints("ends") : n.constantInts(2)) ?? n.refuse("its ends are missing");
  const axes = (old ? n.ints("axes") : n.constantInts(3)) ?? starts.map((_, i) => i);
  const steps = (old ? undefined : n.constantInts(4)) ?? starts.map(() => 1);
  return f.slice(x, { starts, ends, axes, steps });
}

function pad(n: ImportNode): Value {
  const x = n.input(0);
  const mode = n.string("mode", "constant");
  if (mode !== "constant" && mode !== "reflect" && mode !== "edge") n.refuse(`mode is "${mode}"`);
  const old = n.version < 11;
  const given = (old ? n.ints("pads") : n.constantInts(1)) ?? n.refuse("its pads are missing");
  const value = (old ? n.float("value", 0) : n.constantNumber(2)) ?? 0;
  const rank = x.shape.length;
  const axes = n.constantInts(3)?.map((a) => normaliseAxis(a, rank)) ?? x.shape.map((_, i) => i);
  const pads = new Array<number>(2 * rank).fill(0);
  axes.forEach((axis, i) => {
    pads[axis] = given[i] ?? n.refuse("fewer pads than axes");
    pads[axis + rank] = given[i + axes.length] ?? n.refuse("fewer pads than axes");
  });
  return f.pad(x, { pads, value, mode });
}

function squeeze(n: ImportNode): Value {
  const x = n.input(0);
  return f.squeeze(x, n.axes(13) ?? x.shape.flatMap((d, axis) => (d === 1 ? [axis] : [])));
}

/** Blocks of the channel axis become pixels. */
function depthToSpace(n: ImportNode): Value {
  const x = n.input(0);
  n.rank(0, [4]);
  const b = n.int("blocksize", 1);
  const [batch, c, h, w] = x.shape as [number, number, number, number];
  const mode = n.string("mode", "DCR");
  const crd = mode === "CRD";
  if (!crd && mode !== "DCR") n.refuse(`mode is "${mode}"`);
  const kept = c / (b * b);
  const parts = f.reshape(x, crd ? [batch, kept, b, b, h, w] : [batch, b, b, kept, h, w]);
  const woven = f.transpose(parts, crd ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);
  return f.reshape(woven, [batch, kept, h * b, w * b]);
}

function spaceToDepth(n: ImportNode): Value {
  const x = n.input(0);
  n.rank(0, [4]);
  const b = n.int("blocksize", 1);
  const [batch, c, h, w] = x.shape as [number, number, number, number];
  const parts = f.reshape(x, [batch, c, h / b, b, w / b, b]);
  return f.reshape(f.transpose(parts, [0, 3, 5, 1, 2, 4]), [batch, c * b * b, h / b, w / b]);
}

export const movement: ImporterTable = {
  Identity: (n) => n.input(0),
  Reshape: reshape,
  Transpose: (n) => {
    const x = n.input(0);
    return f.transpose(x, n.ints("perm") ?? x.shape.map((_, axis) => x.shape.length - 1 - axis));
  },
  Concat: (n) => f.concat(n.inputs, { axis: n.int("axis", n.version < 4 ? 1 : 0) }),
  Split: split,
  Slice: slice,
  Pad: pad,
  Expand: (n) => {
    const x = n.input(0);
    const shape = n.constantInts(1) ?? n.refuse("its shape is missing");
    // ONNX stretches both ways.
    return f.expand(x, broadcastShapes(x.shape, shape));
  },
  Squeeze: squeeze,
  Unsqueeze: (n) => f.unsqueeze(n.input(0), n.axes(13) ?? n.refuse("its axes are missing")),
  Flatten: (n) => {
    const x = n.input(0);
    const axis = n.int("axis", 1);
    const cut = axis < 0 ? axis + x.shape.length : axis;
    const rows = elementCount(x.shape.slice(0, cut));
    return f.reshape(x, [rows, elementCount(x.shape.slice(cut))]);
  },
  Tile: (n) => f.tile(n.input(0), n.constantInts(1) ?? n.refuse("its repeats are missing")),
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
