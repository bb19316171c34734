/** What stands in for the number of elements that are not zero, so that it can be differentiated. */

import type { Value } from "../../../graph/index.js";
import { functions as f } from "../../../ops/index.js";

export interface SurrogateOptions {
  /** Scalar above 0: the width of surrogates that have one. */
  readonly sigma: Value | number;
  /** Images of the batch that count, from the front. */
  readonly rows: number;
  /** Share of each image's elements that is left alone, of surrogates that keep some. */
  readonly keep: number;
}

export interface Surrogate {
  readonly name: SurrogateName;
  /** The formula for a tensor x of N elements. */
  readonly formula: string;
  /** Where it is from. */
  readonly source: string;
  /** A scalar of a tensor [batch, ...]. */
  of(x: Value, options: SurrogateOptions): Value;
}

export type SurrogateName = "eat" | "l1" | "l2" | "hoyer" | "topK";

/** The first images of a batch. */
export const firstRows = (x: Value, rows: number): Value =>
  f.slice(x, { starts: [0], ends: [rows], axes: [0] });
