/** What a model is made of: a context that records parameters, and functions of a context and a value. */

import type { Value } from "../graph/index.js";
import type { Stream } from "../random/index.js";
import type { DType, HostTensor, Shape } from "../tensor/index.js";

/** Draws the first value of a parameter from a stream that belongs to it alone. */
export type Initializer = (shape: Shape, stream: Stream) => HostTensor<"float32">;

export interface ParameterOptions {
  /**
   * False for parameters that weight decay customarily spares: biases, and the scale and shift of normalisations.
   * Training decides whether it spares them. Default true.
   */
  readonly decay?: boolean;
}

/** What a model sees while it is traced. Names are relative to the scopes around the call. */
export interface Context {
  /** Dropout drops and batch normalisation uses the batch's own statistics only if true. */
  readonly training: boolean;
  /** Everything that `body` makes lies below `name`. */
  scope<T>(name: string, body: () => T): T;
  /** A tensor to be learned. */
  parameter(name: string, shape: Shape, init: Initializer, options?: ParameterOptions): Value;
  /** A tensor that the model keeps up itself, such as a running mean. */
  buffer(name: string, shape: Shape, init: Initializer): Value;
  /** What `buffer` will hold after this step. */
  update(buffer: Value, next: Value): void;
  /** Fresh random numbers of every step: uniform in [0, 1), or standard normal. */
  noise(name: string, shape: Shape, distribution: NoiseDistribution): Value;
  /** How many outputs the layer at this scope has: `declared`, unless the model is traced with other widths. */
  width(declared: number): number;
  /** Marks a named place of the model, where exits may be attached; the name is absolute. Returns x unchanged. */
  place(name: string, x: Value): Value;
}

export type NoiseDistribution = "uniform" | "normal";

export type Layer = (c: Context, x: Value) => Value;

export interface Model {
  readonly name: string;
  /** Shape of one sample, without the batch: images are [channels, height, width]. */
  readonly inputShape: Shape;
  /** Element type of the input. Default float32; int32 for models that begin with an embedding. */
  readonly inputType?: DType;
  /** Number of classes, or of targets. */
  readonly outputs: number;
  forward(c: Context, x: Value): Value;
}

export interface Parameter {
  /** As in `layer1.0.conv1.weight`: also the name of the graph input. */
  readonly path: string;
  readonly value: Value;
  readonly init: Initializer;
  readonly decay: boolean;
}

export interface BufferSlot {
  readonly path: string;
  readonly value: Value;
  readonly init: Initializer;
  /** Absent: this graph leaves it as it is. */
  readonly next?: Value;
}

export interface NoiseInput {
  readonly name: string;
  readonly value: Value;
  readonly distribution: NoiseDistribution;
}

/** A model written down as a graph, for one batch size and one mode. */
export interface Traced {
  /** The graph input "input", [batch, ...inputShape]. */
  readonly input: Value;
  /** [batch, outputs]. */
  readonly output: Value;
  readonly parameters: readonly Parameter[];
  readonly buffers: readonly BufferSlot[];
  readonly noise: readonly NoiseInput[];
  /** Names of the places that the model marked, in order. */
  readonly places: readonly string[];
}
