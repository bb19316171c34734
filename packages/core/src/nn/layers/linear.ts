/** Fully connected layers and embeddings. */

import { UserError } from "../../base/index.js";
import { functions as f } from "../../ops/index.js";
import { formatShape } from "../../tensor/index.js";
import { normal, torchBias, torchWeight, zeros } from "../initializers.js";
import type { Initializer, Layer } from "../types.js";

export interface LinearOptions {
  readonly bias?: boolean;
  /** Default: PyTorch's, uniform in +-1 / sqrt(inputs). */
  readonly init?: Initializer;
  readonly biasInit?: Initializer;
}

/**
 * y = x W^T + b over the last axis, with W [outputs, inputs] as in PyTorch. Parameters: weight, bias.
 *
 * @example
 * const net = sequential([flatten(), linear(256), relu, linear(10)]);
 * net(context, input("x", [64, 1, 28, 28])).shape // [64, 10]
 */
export function linear(outputs: number, options: LinearOptions = {}): Layer {
  const { bias = true, init = torchWeight, biasInit } = options;
  return (c, x) => {
    const inputs = x.shape.at(-1);
    if (inputs === undefined || x.shape.length < 2) {
      throw new UserError("E_SHAPE", `linear was given shape ${formatShape(x.shape)}`, {
        allowed: "[batch, ..., features]",
      });
    }
    const width = c.width(outputs);
    const shape = [width, inputs];
    const weight = c.parameter("weight", shape, init);
    const b = bias
      ? c.parameter("bias", [width], biasInit ?? torchBias(shape), { decay: false })
      : undefined;
    const lead = x.shape.slice(0, -1);
    const rows = lead.reduce((n, d) => n * d, 1);
    const flat = x.shape.length === 2 ? x : f.reshape(x, [rows, inputs]);
    const y = f.gemm(flat, weight, { transB: true, ...(b ? { c: b } : {}) });
    return x.shape.length === 2 ? y : f.reshape(y, [...lead, width]);
  };
}

export interface EmbeddingOptions {
  /** Number of rows: indices are 0 to count - 1. */
  readonly count: number;
  readonly width: number;
  readonly init?: Initializer;
}

/**
 * A learned row for every index: integers [...] become [..., width]. Parameter: weight.
 *
 * @example
 * embedding({ count: 100, width: 8 })(context, input("words", [4, 5], "int32")).shape // [4, 5, 8]
 */
export const embedding =
  ({ count, width, init = normal() }: EmbeddingOptions): Layer =>
  (c, x) =>
    f.gather(c.parameter("weight", [count, width], init), x, { axis: 0 });

/**
 * A bias alone, over the channels (axis 1). Parameter: bias.
 *
 * @example
 * channelBias()(context, input("x", [4, 16, 5, 5])).shape // [4, 16, 5, 5]
 */
export const channelBias =
  ({ init = zeros }: { init?: Initializer } = {}): Layer =>
  (c, x) => {
    const channels = x.shape[1] ?? 1;
    const b = c.parameter("bias", [channels], init, { decay: false });
    return f.add(x, f.reshape(b, [channels, ...x.shape.slice(2).map(() => 1)]));
  };
