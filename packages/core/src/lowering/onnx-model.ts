/** An ONNX model as plain data, before any bytes exist. */

import type { OnnxAttribute } from "../graph/index.js";
import type { DType, HostTensor } from "../tensor/index.js";

/** A number, or a name for a dimension that is bound when the model runs. */
export type OnnxDimension = number | string;

export interface OnnxValueInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly OnnxDimension[];
}

export interface OnnxNode {
  readonly opType: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attrs: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxInitializer {
  readonly name: string;
  readonly tensor: HostTensor;
}

export interface OnnxModel {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  readonly initializers: readonly OnnxInitializer[];
  /** Version of each operator set used; "" is the standard one. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly metadata: Readonly<Record<string, string>>;
}
