export { fitsLayout, NCHWC, packHost, unpackHost } from "./layouts.js";
export { applicableLowerings, INNER, type LowerOptions, lowerGraph, OPSET } from "./lower.js";
export type {
  OnnxDimension,
  OnnxInitializer,
  OnnxModel,
  OnnxNode,
  OnnxValueInfo,
} from "./onnx-model.js";
