/** One entry per operator: its shape rule, its work, its value where that is known beforehand. */

import type { BackwardRule } from "./backward-rule.js";
import type { Info } from "./info.js";
import type { NodeView } from "./node-view.js";
import type { Role } from "./value.js";
import type { NodeWork } from "./work.js";

export interface OpRule {
  /** Types of the outputs; fewer than the node names means that the rest is unknown. */
  infer(n: NodeView): Info | readonly Info[];
  /** Absent: data are moved or looked at, nothing is computed. Sees the inferred outputs. */
  readonly work?: (n: NodeView) => NodeWork;
  /** Elements of output 0 from known inputs; asked only if every input is known and the output is small. */
  readonly fold?: (n: NodeView) => readonly number[] | undefined;
  /** Output 0 lies where input 0 lies: nothing is read or written. */
  readonly view?: true;
  /** Output 0 is input 0 in another form: a weight stays that weight. */
  readonly keeps?: true;
  /** What the inputs are for, by index, where that is fixed. */
  readonly roles?: { readonly [index: number]: Role };
  /** May write over input 0 if nobody reads it later. */
  readonly inPlace?: true;
  /** Reads that many elements of input 0 and no more: rows of a table that it picks. */
  readonly picks?: (n: NodeView) => number;
  /** What training needs of it; absent where there is no gradient, or none that is known. */
  readonly backward?: BackwardRule;
  /** Each output channel reads its own input channel only. */
  readonly isChannelwise?: (n: NodeView) => boolean;
  /** Only the type of this input matters. */
  readonly typeInput?: number;
}

export type RuleTable = Readonly<Record<string, OpRule>>;
