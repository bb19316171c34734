export * as initializers from "./initializers.js";
export * from "./layers/index.js";
export * from "./models/index.js";
export { type StandIn, type StandInContext, withStandIns } from "./stand-ins.js";
export { initialState, type TraceOptions, traceModel } from "./trace.js";
export type {
  BufferSlot,
  Context,
  Initializer,
  Layer,
  Model,
  NoiseDistribution,
  NoiseInput,
  Parameter,
  ParameterOptions,
  Traced,
} from "./types.js";
export { type MatchOptions, matchWeights } from "./weights.js";
export { type Widths, widthsOf, withWidths } from "./widths.js";
