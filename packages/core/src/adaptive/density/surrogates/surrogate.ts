/** What stands in for the number of elements that are not zero, so that it can be differentiated. */

import type { Value } from "../../../graph/index.js";

export interface SurrogateOptions {
  /** Scalar above 0: the width of surrogates that have one. */
  readonly sigma: Value | number;
  /** Share of each image's elements that is left alone, of surrogates that keep some. */
  readonly keep: number;
}

export interface Surrogate {
  readonly name: SurrogateName;
  /** The formula for a tensor x of N elements. */
  readonly formula: string;
  /** Where it is from. */
  readonly source: string;
  /** Whether sigma means anything to it. */
  readonly hasSigma: boolean;
  /** Whether keep does. */
  readonly hasKeep: boolean;
  /** A scalar of a tensor [batch, ...]. */
  of(x: Value, options: SurrogateOptions): Value;
}

export type SurrogateName = "eat" | "l1" | "l2" | "hoyer" | "topK";
