/** Sliding windows: the options that convolutions and pools share, and the sizes that follow from them. */

import { UserError } from "../base/index.js";
import { formatShape, type Shape } from "../tensor/index.js";

/** One number for every spatial axis, or a list. */
export type PerAxis = number | readonly number[];

export interface WindowOptions {
  /** Default 1. */
  readonly strides?: PerAxis;
  /** One number for every side, or [begin..., end...]. Default 0. */
  readonly pads?: PerAxis;
  /** Default 1. */
  readonly dilations?: PerAxis;
}

export interface WindowAttrs {
  readonly strides: readonly number[];
  /** [begin..., end...], as ONNX writes them. */
  readonly pads: readonly number[];
  readonly dilations: readonly number[];
}

/** `value` as a list of `length` integers of at least `least`. */
export function perAxis(
  value: PerAxis,
  name: string,
  { length, least }: { readonly length: number; readonly least: number },
): readonly number[] {
  const list = typeof value === "number" ? new Array<number>(length).fill(value) : [...value];
  if (list.length !== length || list.some((v) => !Number.isInteger(v) || v < least)) {
    throw new UserError("E_SHAPE", `${name} ${formatShape(list)}`, {
      allowed: `one integer or a list of ${length}, each at least ${least}`,
    });
  }
  return list;
}

/** The options with every default filled in, for `axes` spatial axes. */
export function windowAttrs(options: WindowOptions, axes: number): WindowAttrs {
  const { strides = 1, pads = 0, dilations = 1 } = options;
  return {
    strides: perAxis(strides, "strides", { length: axes, least: 1 }),
    pads: perAxis(pads, "pads", { length: 2 * axes, least: 0 }),
    dilations: perAxis(dilations, "dilations", { length: axes, least: 1 }),
  };
}

/** Pixels that a kernel spans along one axis. */
export const kernelSpan = (kernel: number, dilation: number): number => dilation * (kernel - 1) + 1;

/** The attributes as ONNX spells them. */
export const onnxWindow = ({ strides, pads, dilations }: WindowAttrs, kernel: Shape) => ({
  kernel_shape: kernel,
  strides,
  pads,
  dilations,
});

/**
 * Number of window positions along each spatial axis.
 *
 * With `ceil`, a last window may reach over the end, but must begin inside the input or its left
 * padding (the rule of PyTorch, and of ONNX from opset 19 on).
 */
export function windowPositions(
  size: Shape,
  kernel: Shape,
  window: WindowAttrs & { readonly ceil?: boolean },
): number[] {
  const { strides, pads, dilations, ceil = false } = window;
  return size.map((length, i) => {
    const begin = pads[i]!;
    const padded = length + begin + pads[size.length + i]!;
    const span = kernelSpan(kernel[i]!, dilations[i]!);
    if (span > padded) {
      throw new UserError(
        "E_SHAPE",
        `a kernel of ${formatShape(kernel)} that spans ${span} does not fit into ${padded} (an input of ${formatShape(size)} with its padding)`,
        {
          allowed: `a span of at most ${padded} along spatial axis ${i}`,
          next: "use a smaller kernel or dilation, or more padding",
        },
      );
    }
    const steps = (padded - span) / strides[i]!;
    if (!ceil) return Math.floor(steps) + 1;
    const positions = Math.ceil(steps) + 1;
    return (positions - 1) * strides[i]! >= length + begin ? positions - 1 : positions;
  });
}

/** Throws unless `shape` is [N, C, spatial...] with one or two spatial axes. */
export function requireImage(shape: Shape, what: string): void {
  if (shape.length !== 3 && shape.length !== 4) {
    throw new UserError("E_SHAPE", `${what} of shape ${formatShape(shape)}`, {
      allowed: "[N, C, L] or [N, C, H, W]",
    });
  }
}

export const isAll = (list: readonly number[], value: number): boolean =>
  list.every((v) => v === value);

/** Pairs of window position and kernel tap that lie on the image and not on its padding, all axes multiplied. */
export function tapsOnImage(
  size: Shape,
  { kernel, positions, window }: { kernel: Shape; positions: Shape; window: WindowAttrs },
): number {
  return size.reduce((product, length, i) => {
    const stride = window.strides[i]!;
    let pairs = 0;
    for (let k = 0; k < kernel[i]!; k++) {
      // Position p reads pixel p * stride + offset.
      const offset = k * window.dilations[i]! - window.pads[i]!;
      const first = Math.max(0, Math.ceil(-offset / stride));
      const last = Math.min(positions[i]! - 1, Math.floor((length - 1 - offset) / stride));
      pairs += Math.max(0, last - first + 1);
    }
    return product * pairs;
  }, 1);
}
