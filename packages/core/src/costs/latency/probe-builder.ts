/** Writes small ONNX networks layer by layer: what latency is recorded on. Weights are constants, as in files that are served. */

import type { OnnxAttribute } from "../../graph/index.js";
import type { OnnxInitializer, OnnxModel, OnnxNode } from "../../lowering/index.js";
import { randomStream, type Stream } from "../../random/index.js";
import { elementCount, type Shape, tensor } from "../../tensor/index.js";

/** A value of the network under construction. */
export interface ProbeValue {
  readonly name: string;
  readonly shape: Shape;
}

export interface ProbeConvolution {
  readonly channels: number;
  /** Side of the window. Default 3. */
  readonly kernel?: number;
  readonly stride?: number;
  readonly groups?: number;
  /** What follows and is fused: normalisation, the sum with a residual, an activation. */
  readonly norm?: boolean;
  readonly residual?: ProbeValue;
  readonly activation?: boolean;
}

/**
 * Each node is named after its output, so that the runtime's profile, which names fused nodes after one of them, can be
 * read back.
 *
 * @example
 * const probe = new ProbeBuilder(0);
 * const x = probe.input([1, 3, 8, 8]);
 * probe.output(probe.convolution(x, { channels: 4, norm: true, activation: true }));
 * probe.model().nodes.map((n) => n.opType) // ["Conv", "BatchNormalization", "Relu"]
 */
export class ProbeBuilder {
  private readonly nodes: OnnxNode[] = [];
  private readonly initializers: OnnxInitializer[] = [];
  private readonly inputs: ProbeValue[] = [];
  private readonly outputs: ProbeValue[] = [];
  private readonly stream: Stream;
  private draws: number[] | undefined;

  constructor(seed: number) {
    this.stream = randomStream(seed, "probe");
  }

  input(shape: Shape): ProbeValue {
    const value = { name: `x${this.inputs.length}`, shape };
    this.inputs.push(value);
    return value;
  }

  output(value: ProbeValue): void {
    this.outputs.push(value);
  }

  convolution(x: ProbeValue, options: ProbeConvolution): ProbeValue {
    const { channels, kernel = 3, stride = 1, groups = 1, norm, residual, activation } = options;
    const [n, cin, height, width] = x.shape as [number, number, number, number];
    const pad = BigInt((kernel - 1) / 2);
    const after = (length: number) => Math.floor((length - 1) / stride) + 1;
    const w = this.weight([channels, cin / groups, kernel, kernel], cin / groups);
    const attrs = {
      ...{ kernel_shape: [kernel, kernel], strides: [stride, stride], group: BigInt(groups) },
      pads: [pad, pad, pad, pad].map(Number),
    };
    const shape = [n, channels, after(height), after(width)];
    const inputs = norm ? [x.name, w] : [x.name, w, this.vector(channels, 0)];
    let y = this.node("Conv", inputs, shape, attrs);
    if (norm) {
      const rows = [1, 0, 0, 1].map((v) => this.vector(channels, v));
      y = this.node("BatchNormalization", [y.name, ...rows], shape);
    }
    if (residual) y = this.node("Add", [y.name, residual.name], shape);
    return activation ? this.node("Relu", [y.name], shape) : y;
  }

  /** A matrix product with bias. */
  linear(x: ProbeValue, features: number, activation = false): ProbeValue {
    const [n, cin] = x.shape as [number, number];
    const inputs = [x.name, this.weight([cin, features], cin), this.vector(features, 0)];
    const y = this.node("Gemm", inputs, [n, features]);
    return activation ? this.node("Relu", [y.name], y.shape) : y;
  }

  pool(x: ProbeValue, kind: "MaxPool" | "AveragePool", kernel: number, stride: number): ProbeValue {
    const [n, c, height, width] = x.shape as [number, number, number, number];
    const after = (length: number) => Math.floor((length - kernel) / stride) + 1;
    const attrs = { kernel_shape: [kernel, kernel], strides: [stride, stride] };
    return this.node(kind, [x.name], [n, c, after(height), after(width)], attrs);
  }

  /** Mean over all positions, as [batch, channels]. */
  globalPool(x: ProbeValue): ProbeValue {
    const [n, c] = x.shape as [number, number];
    const mean = this.node("GlobalAveragePool", [x.name], [n, c, 1, 1]);
    return this.node("Flatten", [mean.name], [n, c]);
  }

  /** An operator that keeps the shape: `Relu`, `Sigmoid`, `Add`. */
  pointwise(opType: string, ...inputs: readonly ProbeValue[]): ProbeValue {
    return this.node(
      opType,
      inputs.map((v) => v.name),
      inputs[0]!.shape,
    );
  }

  concatenate(a: ProbeValue, b: ProbeValue): ProbeValue {
    const [n, c, ...rest] = a.shape as [number, number, ...number[]];
    const shape = [n, c + b.shape[1]!, ...rest];
    return this.node("Concat", [a.name, b.name], shape, { axis: 1 });
  }

  model(): OnnxModel {
    const info = (v: ProbeValue) => ({ ...v, dtype: "float32" as const });
    return {
      name: "probe",
      nodes: this.nodes,
      inputs: this.inputs.map(info),
      outputs: this.outputs.map(info),
      initializers: this.initializers,
      opsets: { "": 17 },
      metadata: {},
    };
  }

  private node(
    opType: string,
    inputs: readonly string[],
    shape: Shape,
    attrs: Readonly<Record<string, OnnxAttribute>> = {},
  ): ProbeValue {
    const name = `n${this.nodes.length}`;
    this.nodes.push({ opType, domain: "", name, inputs, outputs: [name], attrs });
    return { name, shape };
  }

  /** Uniform with the variance of He's initialisation: values stay in a range that takes no slow path. */
  private weight(shape: Shape, fanIn: number): string {
    const bound = Math.sqrt(6 / Math.max(1, fanIn * elementCount(shape.slice(2))));
    // A thousand draws over and over: times do not depend on the values.
    this.draws ??= Array.from({ length: 997 }, () => 2 * this.stream.uniform() - 1);
    const draws = this.draws;
    return this.constant(shape, (i) => draws[i % draws.length]! * bound);
  }

  private vector(length: number, value: number): string {
    return this.constant([length], () => value);
  }

  private constant(shape: Shape, next: (index: number) => number): string {
    const name = `w${this.initializers.length}`;
    const data = Float32Array.from({ length: elementCount(shape) }, (_, i) => next(i));
    this.initializers.push({ name, tensor: tensor("float32", shape, data) });
    return name;
  }
}
