/** An ONNX model as plain data, before any bytes exist. */

import type { OnnxBodyNode } from "../graph/index.js";
import type { DType, HostTensor } from "../tensor/index.js";

/** A number, or a name for a dimension that is bound when the model runs. */
export type OnnxDimension = number | string;

export interface OnnxValueInfo {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly OnnxDimension[];
}

export type OnnxNode = OnnxBodyNode;

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
