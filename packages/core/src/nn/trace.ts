/** Tracing: runs a model function once, symbolically, and records what it declares. */

import { UserError } from "../base/index.js";
import { currentPath, input, type Value, withOrigin, withPath } from "../graph/index.js";
import { randomStream } from "../random/index.js";
import { formatShape, type HostTensor, type Shape } from "../tensor/index.js";
import type {
  BufferSlot,
  Context,
  Initializer,
  Model,
  NoiseDistribution,
  NoiseInput,
  Parameter,
  ParameterOptions,
  Traced,
} from "./types.js";

export interface TraceOptions {
  readonly batchSize: number;
  readonly training: boolean;
  /** Called at every place that the model marks, with the scope at the root: what it declares is part of the trace. */
  readonly onPlace?: (c: Context, name: string, x: Value) => void;
}

const atRoot = <T>(body: () => T): T => withOrigin({ path: "", phase: "forward" }, body);

class Recorder implements Context {
  readonly parameters = new Map<string, Parameter>();
  readonly buffers = new Map<string, BufferSlot>();
  readonly noiseInputs = new Map<string, NoiseInput>();
  readonly places: string[] = [];

  constructor(private readonly options: TraceOptions) {}

  get training(): boolean {
    return this.options.training;
  }

  scope<T>(name: string, body: () => T): T {
    return withPath(name, body);
  }

  /** The graph input at `name` below the current scope; a name can be used once. */
  private declare(name: string, shape: Shape): { path: string; value: Value } {
    const scope = currentPath();
    const path = scope ? `${scope}.${name}` : name;
    if (this.parameters.has(path) || this.buffers.has(path) || this.noiseInputs.has(path)) {
      throw new UserError("E_GRAPH", `the model declares "${path}" twice`, {
        allowed: "one parameter, buffer or noise per path",
        next: "put the layers into scopes of different names; to share a weight, declare it once and pass the value on",
      });
    }
    return { path, value: input(path, shape) };
  }

  parameter(name: string, shape: Shape, init: Initializer, options: ParameterOptions = {}): Value {
    const parameter = { ...this.declare(name, shape), init, decay: options.decay ?? true };
    this.parameters.set(parameter.path, parameter);
    return parameter.value;
  }

  buffer(name: string, shape: Shape, init: Initializer): Value {
    const { path, value } = this.declare(name, shape);
    this.buffers.set(path, { path, value, init });
    return value;
  }

  update(buffer: Value, next: Value): void {
    for (const slot of this.buffers.values()) {
      if (slot.value !== buffer) continue;
      this.buffers.set(slot.path, { ...slot, next });
      return;
    }
    throw new UserError("E_GRAPH", "update() was given a value that is no buffer", {
      where: currentPath(),
      allowed: "a value that buffer() returned in this trace",
    });
  }

  noise(name: string, shape: Shape, distribution: NoiseDistribution): Value {
    const { path, value } = this.declare(name, shape);
    this.noiseInputs.set(path, { name: path, value, distribution });
    return value;
  }

  width(declared: number): number {
    return declared;
  }

  place(name: string, x: Value): Value {
    if (this.places.includes(name)) {
      throw new UserError("E_GRAPH", `the model marks two places "${name}"`, {
        allowed: "one place per name",
      });
    }
    this.places.push(name);
    atRoot(() => this.options.onPlace?.(this, name, x));
    return x;
  }
}

/**
 * The graph of a model: parameters, buffers and noise become graph inputs named by their path.
 *
 * @throws UserError E_SHAPE if the model does not return [batch, outputs].
 * @example
 * const lenet5 = traceModel(lenet({ classes: 10 }), { batchSize: 32, training: true });
 * lenet5.parameters.map((p) => p.path) // ["conv1.weight", "conv1.bias", ...]
 */
export function traceModel(model: Model, options: TraceOptions): Traced {
  const { batchSize } = options;
  if (!Number.isInteger(batchSize) || batchSize < 1) {
    throw new UserError("E_CONFIG", `the batch size is ${batchSize}`, {
      allowed: "a whole number of at least 1",
    });
  }
  const recorder = new Recorder(options);
  return atRoot(() => {
    const x = input("input", [batchSize, ...model.inputShape], model.inputType);
    const output = model.forward(recorder, x);
    if (
      output.shape.length !== 2 ||
      output.shape[0] !== batchSize ||
      output.shape[1] !== model.outputs
    ) {
      throw new UserError(
        "E_SHAPE",
        `the model "${model.name}" returned shape ${formatShape(output.shape)}`,
        { allowed: formatShape([batchSize, model.outputs]), next: "end with flatten and linear" },
      );
    }
    return {
      input: x,
      output,
      parameters: [...recorder.parameters.values()],
      buffers: [...recorder.buffers.values()],
      noise: [...recorder.noiseInputs.values()],
      places: recorder.places,
    };
  });
}

/**
 * First values of all parameters and buffers, by path. Each has its own stream: adding a layer changes no other.
 *
 * @example
 * initialState(traceModel(model, { batchSize: 1, training: false }), 7)["fc.weight"].shape // [10, 16]
 */
export function initialState(
  traced: Pick<Traced, "parameters" | "buffers">,
  seed: number,
): Record<string, HostTensor<"float32">> {
  return Object.fromEntries(
    [...traced.parameters, ...traced.buffers].map(({ path, value, init }) => [
      path,
      init(value.shape, randomStream(seed, "init", path)),
    ]),
  );
}
