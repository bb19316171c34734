/** First values of parameters, with the meaning and defaults of torch.nn.init. */

import { elementCount, type HostTensor, type Shape, tensor } from "../tensor/index.js";
import type { Initializer } from "./types.js";

export type FanMode = "fanIn" | "fanOut";

export interface KaimingOptions {
  /** Keep the variance of activations (fanIn) or of gradients (fanOut). Default fanIn. */
  readonly mode?: FanMode;
  /** Slope of the rectifier that follows for negative values: 0 is ReLU. Default 0. */
  readonly slope?: number;
}

/**
 * How many inputs reach one output, and the reverse, for weights [out, in, ...kernel].
 *
 * @example
 * fans([64, 3, 3, 3]) // { fanIn: 27, fanOut: 576 }
 */
export function fans(shape: Shape): Record<FanMode, number> {
  const [outputs = 1, inputs = 1, ...kernel] = shape;
  const receptive = elementCount(kernel);
  return { fanIn: inputs * receptive, fanOut: outputs * receptive };
}

function fill(shape: Shape, draw: () => number): HostTensor<"float32"> {
  const data = new Float32Array(elementCount(shape));
  for (let i = 0; i < data.length; i++) data[i] = draw();
  return tensor("float32", shape, data);
}

export const constant =
  (value: number): Initializer =>
  (shape) =>
    fill(shape, () => value);

export const zeros: Initializer = constant(0);
export const ones: Initializer = constant(1);

/** Uniform in [low, high). */
export const uniform =
  (low: number, high: number): Initializer =>
  (shape, stream) =>
    fill(shape, () => low + (high - low) * stream.uniform());

export const normal =
  ({ mean = 0, deviation = 1 }: { mean?: number; deviation?: number } = {}): Initializer =>
  (shape, stream) =>
    fill(shape, () => mean + deviation * stream.normal());

/** Normal, redrawn until it lies within `limit` standard deviations (torch: two). */
export const truncatedNormal =
  ({ mean = 0, deviation = 1, limit = 2 } = {}): Initializer =>
  (shape, stream) =>
    fill(shape, () => {
      for (;;) {
        const z = stream.normal();
        if (Math.abs(z) <= limit) return mean + deviation * z;
      }
    });

/** gain / sqrt(fan) with gain = sqrt(2 / (1 + slope^2)): He et al., ICCV 2015, eq. 10 and 15. */
const kaimingDeviation = (shape: Shape, { mode = "fanIn", slope = 0 }: KaimingOptions): number =>
  Math.sqrt(2 / (1 + slope * slope) / fans(shape)[mode]);

/** Uniform in +-sqrt(3) * deviation, which has the wanted variance. */
const uniformOf = (deviation: (shape: Shape) => number): Initializer => {
  return (shape, stream) => {
    const bound = Math.sqrt(3) * deviation(shape);
    return uniform(-bound, bound)(shape, stream);
  };
};

const normalOf = (deviation: (shape: Shape) => number): Initializer => {
  return (shape, stream) => normal({ deviation: deviation(shape) })(shape, stream);
};

export const kaimingUniform = (options: KaimingOptions = {}): Initializer =>
  uniformOf((shape) => kaimingDeviation(shape, options));

export const kaimingNormal = (options: KaimingOptions = {}): Initializer =>
  normalOf((shape) => kaimingDeviation(shape, options));

/** gain * sqrt(2 / (fanIn + fanOut)): Glorot and Bengio, AISTATS 2010, eq. 16. */
const xavierDeviation = (gain: number) => (shape: Shape) => {
  const { fanIn, fanOut } = fans(shape);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
};

export const xavierUniform = ({ gain = 1 } = {}): Initializer => uniformOf(xavierDeviation(gain));

export const xavierNormal = ({ gain = 1 } = {}): Initializer => normalOf(xavierDeviation(gain));

/** PyTorch's default for linear and convolution weights: slope sqrt(5), that is +-1 / sqrt(fanIn). */
export const torchWeight: Initializer = kaimingUniform({ slope: Math.sqrt(5) });

/** PyTorch's default for their biases: +-1 / sqrt(fanIn of the weight). */
export function torchBias(weightShape: Shape): Initializer {
  const bound = 1 / Math.sqrt(Math.max(1, fans(weightShape).fanIn));
  return uniform(-bound, bound);
}

/**
 * Rows (or columns, whichever are fewer) orthonormal, times `gain`; trailing axes are flattened.
 * Gram-Schmidt, twice for accuracy, on normal vectors: R then has a positive diagonal, which makes the result
 * uniform over the orthogonal matrices (Mezzadri 2007), as torch gets it by fixing signs.
 */
export const orthogonal =
  ({ gain = 1 } = {}): Initializer =>
  (shape, stream) => {
    const rows = shape[0] ?? 1;
    const columns = elementCount(shape.slice(1));
    const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
    const vectors: Float64Array[] = [];
    for (let i = 0; i < count; i++) {
      const v = Float64Array.from({ length }, () => stream.normal());
      for (const u of [...vectors, ...vectors]) {
        const dot = v.reduce((sum, x, k) => sum + x * u[k]!, 0);
        for (let k = 0; k < length; k++) v[k] = v[k]! - dot * u[k]!;
      }
      const norm = Math.hypot(...v);
      vectors.push(v.map((x) => x / norm));
    }
    const data = new Float32Array(rows * columns);
    for (let r = 0; r < rows; r++) {
      for (let k = 0; k < columns; k++) {
        data[r * columns + k] = gain * (rows <= columns ? vectors[r]![k]! : vectors[k]![r]!);
      }
    }
    return tensor("float32", shape, data);
  };
