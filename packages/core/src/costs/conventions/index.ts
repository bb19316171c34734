export type { Convention, ConventionUnit, Term } from "./convention.js";
export {
  type ConventionReading,
  type Explanation,
  type ExplanationStep,
  explainDifference,
} from "./explain.js";
export type { CountedItem } from "./item.js";
export {
  type ConventionMatch,
  type ExplainedNumbers,
  explainNumbers,
  type NumberReading,
} from "./numbers.js";
export type { Priced } from "./price.js";
export type { Agreement, PrintedNumber } from "./printed-number.js";
export { type Quantity, quantityLabels } from "./quantities.js";
export { type ConventionName, conventionNames, conventions } from "./registry.js";
export {
  type AttentionStyle,
  type CallStyle,
  describeTraits,
  type PoolStyle,
  type SourceTraits,
  type Subclass,
} from "./traits.js";
