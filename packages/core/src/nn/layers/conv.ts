/** Convolutions in one and two dimensions, with PyTorch's options and names. */

import { UserError } from "../../base/index.js";
import type { Value } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { formatShape } from "../../tensor/index.js";
import { torchBias, torchWeight } from "../initializers.js";
import type { Initializer, Layer } from "../types.js";

/** One number for every spatial axis, or one each. */
export type PerAxis = number | readonly number[];

export interface ConvOptions {
  readonly kernel: PerAxis;
  readonly stride?: PerAxis;
  /** Zeros on both sides; "same" keeps height and width at stride 1 (odd kernels). Default 0. */
  readonly padding?: PerAxis | "same";
  readonly dilation?: PerAxis;
  readonly groups?: number;
  readonly bias?: boolean;
  /** Default: PyTorch's, uniform in +-1 / sqrt(fanIn). */
  readonly init?: Initializer;
  readonly biasInit?: Initializer;
}

export interface ConvTransposeOptions extends ConvOptions {
  readonly padding?: PerAxis;
  readonly outputPadding?: PerAxis;
}

/** One number per spatial axis. */
export function perAxis(value: PerAxis, rank: number): number[] {
  const list = typeof value === "number" ? new Array<number>(rank).fill(value) : [...value];
  if (list.length !== rank) {
    throw new UserError("E_CONFIG", `${list.length} numbers for ${rank} spatial axes`, {
      allowed: `one number, or ${rank}`,
    });
  }
  return list;
}

export function requireSpatial(x: Value, rank: number, layer: string): void {
  if (x.shape.length !== rank + 2) {
    throw new UserError("E_SHAPE", `${layer} was given shape ${formatShape(x.shape)}`, {
      allowed: rank === 1 ? "[batch, channels, length]" : "[batch, channels, height, width]",
    });
  }
}

const bothSides = (padding: readonly number[]) => [...padding, ...padding];

function convolution(outputs: number, rank: number, options: ConvOptions): Layer {
  const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true } = options;
  const { init = torchWeight, biasInit } = options;
  const kernel = perAxis(options.kernel, rank);
  const dilations = perAxis(dilation, rank);
  const pads =
    padding === "same"
      ? kernel.map((k, i) => ((k - 1) * dilations[i]!) / 2)
      : perAxis(padding, rank);
  if (pads.some((p) => !Number.isInteger(p))) {
    throw new UserError("E_CONFIG", `padding "same" with kernel ${formatShape(kernel)}`, {
      allowed: "odd kernels",
      next: "give the padding as a number",
    });
  }
  return (c, x) => {
    requireSpatial(x, rank, `conv${rank}d`);
    const width = c.width(outputs);
    // A depthwise convolution stays one, whatever its width.
    const parts = groups > 1 && groups === outputs ? width : groups;
    const shape = [width, x.shape[1]! / parts, ...kernel];
    if (!Number.isInteger(shape[1]) || width % parts !== 0) {
      throw new UserError("E_CONFIG", `${parts} groups of ${x.shape[1]} to ${width} channels`, {
        allowed: "a number of groups that divides both",
      });
    }
    const weight = c.parameter("weight", shape, init);
    const b = bias
      ? c.parameter("bias", [width], biasInit ?? torchBias(shape), { decay: false })
      : undefined;
    return f.conv(x, weight, {
      strides: perAxis(stride, rank),
      pads: bothSides(pads),
      dilations,
      groups: parts,
      ...(b ? { bias: b } : {}),
    });
  };
}

/**
 * Convolution over [batch, channels, length]. Parameters: weight [outputs, inputs / groups, kernel], bias.
 *
 * @example
 * conv1d(8, { kernel: 3 })(context, input("x", [4, 2, 10])).shape // [4, 8, 8]
 */
export const conv1d = (outputs: number, options: ConvOptions): Layer =>
  convolution(outputs, 1, options);

/**
 * Convolution over [batch, channels, height, width]. Parameters: weight [outputs, inputs / groups, kh, kw], bias.
 *
 * @example
 * conv2d(64, { kernel: 3, padding: 1, bias: false })
 */
export const conv2d = (outputs: number, options: ConvOptions): Layer =>
  convolution(outputs, 2, options);

/**
 * Transposed convolution. Parameters: weight [inputs, outputs / groups, kh, kw], bias.
 *
 * @example
 * convTranspose2d(8, { kernel: 2, stride: 2 })(context, input("x", [4, 16, 5, 5])).shape // [4, 8, 10, 10]
 */
export function convTranspose2d(outputs: number, options: ConvTransposeOptions): Layer {
  const { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true } = options;
  const { init = torchWeight, biasInit, outputPadding = 0 } = options;
  return (c, x) => {
    requireSpatial(x, 2, "convTranspose2d");
    const width = c.width(outputs);
    const shape = [x.shape[1]!, width / groups, ...perAxis(options.kernel, 2)];
    const weight = c.parameter("weight", shape, init);
    const b = bias
      ? c.parameter("bias", [width], biasInit ?? torchBias(shape), { decay: false })
      : undefined;
    return f.convTranspose(x, weight, {
      strides: perAxis(stride, 2),
      pads: bothSides(perAxis(padding, 2)),
      dilations: perAxis(dilation, 2),
      groups,
      outputPadding: perAxis(outputPadding, 2),
      ...(b ? { bias: b } : {}),
    });
  };
}
