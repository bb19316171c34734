/** Operators that give data another shape: views where strides can say it. */

import { elementCount, type Shape } from "../../../tensor/index.js";
import { keepsNothing } from "../backward-rule.js";
import { type Info, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule } from "../rule.js";
import { viewStrides } from "../strides.js";

const passOn = (n: NodeView) => n.known(0);
const like = (n: NodeView, shape: Shape): Info => tensorInfo(n.tensor(0).elementType, shape);

function reshaped(n: NodeView): Info {
  const { elementType, shape } = n.tensor(0);
  const asked = n.version < 5 ? n.list("shape") : n.ints(1);
  if (!asked) return n.refuse("its shape is missing");
  const total = shape ? elementCount(shape) : Number.NaN;
  const copied = asked.map((d, i) => {
    if (d !== 0 || n.int("allowzero")) return d;
    return shape ? (shape[i] ?? n.refuse(`nothing to copy at axis ${i}`)) : Number.NaN;
  });
  const rest = copied.reduce((p, d) => (d === -1 ? p : p * d), 1);
  const free = copied.filter((d) => d === -1).length;
  if (free > 1 || copied.some((d) => d < -1)) n.refuse(`the shape [${asked.join(", ")}]`);
  const result = copied.map((d) => (d === -1 ? (rest === 0 ? 0 : total / rest) : d));
  const size = elementCount(result);
  const fits = result.every((d) => Number.isNaN(d) || Number.isInteger(d)) && size === total;
  if (!fits && !Number.isNaN(size + total)) {
    n.refuse(`${total} elements do not make [${asked.join(", ")}]`);
  }
  return tensorInfo(elementType, result);
}

/** Another shape over the same memory, where strides can say it. */
const viewed: OpRule["strides"] = (n, { strides, shape }) =>
  viewStrides(n.shape(0), strides, shape);

const view = (infer: OpRule["infer"]): OpRule => ({
  strides: viewed,
  infer,
  fold: passOn,
  view: true,
  keeps: true,
  backward: keepsNothing,
});

function squeezed(n: NodeView): Info {
  const x = n.shape(0);
  const axes = n.axes(13)?.map((a) => n.axis(a, x.length));
  if (!axes) {
    if (x.some(Number.isNaN)) n.unknown("which axes have length 1 depends on data");
    return like(
      n,
      x.filter((d) => d !== 1),
    );
  }
  const wrong = axes.find((a) => x[a]! > 1);
  if (wrong !== undefined) n.refuse(`axis ${wrong} has length ${x[wrong]}`);
  return like(
    n,
    x.filter((_, i) => !axes.includes(i)),
  );
}

function unsqueezed(n: NodeView): Info {
  const x = n.shape(0);
  const axes = n.axes(13) ?? n.refuse("its axes are missing");
  const rank = x.length + axes.length;
  const added = new Set(axes.map((a) => n.axis(a, rank)));
  if (added.size !== axes.length) n.refuse("an axis is named twice");
  const rest = [...x];
  return like(
    n,
    Array.from({ length: rank }, (_, i) => (added.has(i) ? 1 : rest.shift()!)),
  );
}

function flattened(n: NodeView): Info {
  const x = n.shape(0);
  const axis = n.int("axis") ?? 1;
  const cut = axis < 0 ? axis + x.length : axis;
  if (cut < 0 || cut > x.length) n.refuse(`axis ${axis}`);
  return like(n, [elementCount(x.slice(0, cut)), elementCount(x.slice(cut))]);
}

export const reshapes = {
  Reshape: view(reshaped),
  Squeeze: view(squeezed),
  Unsqueeze: view(unsqueezed),
  Flatten: view(flattened),
};
