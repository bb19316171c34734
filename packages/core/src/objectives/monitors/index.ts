export {
  type GradientPressure,
  gradientPressure,
  type PressureOptions,
  type PressureRow,
  pressureRows,
} from "./pressure.js";
export { failureSignatures, objectiveWarnings, type SignatureName } from "./registry.js";
export type {
  FailureSignature,
  HistoryPoint,
  ObjectiveWarning,
  WatchOptions,
} from "./signature.js";
