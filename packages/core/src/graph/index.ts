export { buildGraph, type Graph, topologicalOrder } from "./graph.js";
export {
  type ConstantAttrs,
  constant,
  constantOp,
  constantTensor,
  type InputAttrs,
  input,
  inputName,
  inputOp,
  isInput,
  scalarConstant,
} from "./leaves.js";
export {
  type EmitOptions,
  type Emitter,
  type Layout,
  type Lowering,
  type OnnxAttribute,
  type OnnxBodyNode,
  type OnnxSubgraph,
  type ScanTypes,
  standardTarget,
  type Target,
} from "./lowering.js";
export { createNode, currentPath, describeType, withOrigin, withPath } from "./node.js";
export {
  type Carried,
  type Evaluate,
  type FoldOptions,
  foldConstants,
  fuse,
  keepOutputs,
  mergeCommonSubexpressions,
  rewrite,
  simplify,
  turnName,
  unroll,
  type Visit,
} from "./passes/index.js";
export { printGraph } from "./print.js";
export type {
  Axis,
  ChannelFlow,
  ChannelLink,
  GradientRequest,
  LayerKind,
  Node,
  NoGradient,
  Op,
  Phase,
  TensorType,
  Value,
  Work,
} from "./types.js";
export { verifyGraph } from "./verify.js";
