export type { AnalyseOptions } from "./analyse.js";
export type { Bindings } from "./bindings.js";
export type { Coverage, CoverageShare, OperatorCoverage } from "./coverage.js";
export type { Schedule } from "./liveness.js";
export { layerPathOf } from "./paths.js";
export { type Profile, type ProfileOptions, profile } from "./profile.js";
export { operatorsOf } from "./registry.js";
export type { TrainingProfile } from "./training-profile.js";
export { type ElementCounts, type ElementKind, elementKinds, type MacKind } from "./work.js";
