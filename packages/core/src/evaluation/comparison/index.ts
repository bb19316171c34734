export type { Agreement, Coefficient } from "./agreement.js";
export type { IndicatorColumn } from "./columns.js";
export { type Comparison, compareModels } from "./compare.js";
export { type Frontier, frontierDisagreement } from "./frontier.js";
export type {
  Indicator,
  IndicatorBase,
  IndicatorUnit,
  MeasuredIndicator,
  Missing,
  ModelIndicator,
} from "./indicator.js";
export { type IndicatorName, indicatorNames, indicators } from "./indicators.js";
export type { PairStanding } from "./inversions.js";
export { type MeasuredRun, measuredRow } from "./measured-row.js";
export {
  findMisnomers,
  type MisnomerName,
  type MisnomerOptions,
  type MisnomerWarning,
  misnomerNames,
  misnomerRules,
} from "./misnomer.js";
export {
  type ComparedModel,
  type Counts,
  clearlyLess,
  type DeclaredFacts,
  type MeasuredRow,
  type Reading,
  type Setting,
  settingName,
} from "./model.js";
export type { Finding, MisnomerRule } from "./rule.js";
export { DEFAULT_BALANCE } from "./rules/memory-bound.js";
