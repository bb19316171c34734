/** What the pooling ops share: their options, their attributes, their shape rule. */

import { UserError } from "../base/index.js";
import type { Emitter, Node, TensorType, Value } from "../graph/index.js";
import { formatShape, type Shape, sameShape } from "../tensor/index.js";
import { NCHWC } from "./conv-emit.js";
import { floats, requireSameType } from "./op.js";
import {
  isAll,
  kernelSpan,
  onnxWindow,
  type PerAxis,
  perAxis,
  requireImage,
  type WindowAttrs,
  type WindowOptions,
  windowAttrs,
  windowPositions,
} from "./window.js";

export interface PoolOptions extends WindowOptions {
  readonly kernel: PerAxis;
  /** Default: the kernel, so that windows do not overlap. */
  readonly strides?: PerAxis;
  /** Round the number of windows up: the last one may reach over the end. Default false. */
  readonly ceilMode?: boolean;
}

export interface PoolAttrs extends WindowAttrs {
  readonly kernel: Shape;
  readonly ceil: boolean;
}

export function poolAttrs(x: Value, options: PoolOptions): PoolAttrs {
  const axes = Math.max(1, x.shape.length - 2);
  const kernel = perAxis(options.kernel, "kernel", { length: axes, least: 1 });
  const window = windowAttrs({ ...options, strides: options.strides ?? kernel }, axes);
  return { ...window, kernel, ceil: options.ceilMode ?? false };
}

/** The result of pooling `x`. */
export function pooledType(x: TensorType, attrs: PoolAttrs): TensorType {
  const dtype = requireSameType([x], floats);
  requireImage(x.shape, "an image");
  const { kernel, pads, dilations } = attrs;
  pads.forEach((p, side) => {
    const axis = side % kernel.length;
    if (p >= kernelSpan(kernel[axis]!, dilations[axis]!)) {
      throw new UserError(
        "E_SHAPE",
        `pads ${formatShape(pads)} with a kernel of ${formatShape(kernel)}`,
        { allowed: "padding smaller than the kernel: a window of padding only has no value" },
      );
    }
  });
  const [n, c, ...size] = x.shape as [number, number, ...number[]];
  return { dtype, shape: [n, c, ...windowPositions(size, kernel, attrs)] };
}

/**
 * Whether rounding up gives a window more than rounding down. Only then is ONNX told to: its official shape
 * inference counts windows that would begin in the padding.
 */
const roundsUp = ([, , ...size]: Shape, attrs: PoolAttrs): boolean => {
  const positions = (ceil: boolean) => windowPositions(size, attrs.kernel, { ...attrs, ceil });
  return attrs.ceil && !sameShape(positions(true), positions(false));
};

/** Attributes of a pool over an image of shape `image`. */
export const onnxPool = (image: Shape, attrs: PoolAttrs) => ({
  ...onnxWindow(attrs, attrs.kernel),
  ceil_mode: roundsUp(image, attrs) ? 1 : 0,
});

/** Whether the windows are tiles that cover the image exactly once. */
export const isTiling = (size: Shape, { kernel, strides, pads, dilations }: PoolAttrs): boolean =>
  isAll(pads, 0) &&
  isAll(dilations, 1) &&
  kernel.every((k, i) => k === strides[i] && size[i]! % k === 0);

/** Writes a pooling op in the layout its image already has, if the runtime has it there. */
export function emitPool(
  e: Emitter,
  node: Node<PoolAttrs>,
  { onnx, attrs = {} }: { readonly onnx: string; readonly attrs?: Record<string, number> },
): void {
  const x = node.inputs[0]!;
  const pool = onnxPool(x.shape, node.attrs);
  const blocked =
    e.layoutOf(x) === "blocked" && pool.ceil_mode === 0 && isAll(node.attrs.dilations, 1);
  const layout = blocked ? "blocked" : "plain";
  const name = e.emit(onnx, [e.use(x, layout)], {
    attrs: { ...pool, ...attrs },
    ...(blocked ? { domain: NCHWC } : {}),
  });
  e.define(node.outputs[0]!, name, layout);
}
