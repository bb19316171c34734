/** One entry per operator: its shape rule, its work, its value where that is known beforehand. */

import type { Shape } from "../../tensor/index.js";
import type { BackwardRule } from "./backward-rule.js";
import type { Info } from "./info.js";
import type { NodeView } from "./node-view.js";
import type { Strides } from "./strides.js";
import type { Role, Value } from "./value.js";
import type { NodeWork } from "./work.js";

export interface OpRule {
  /** Types of the outputs; fewer than the node names means that the rest is unknown. */
  infer(n: NodeView): Info | readonly Info[];
  /** Absent: data are moved or looked at, nothing is computed. Sees the inferred outputs. */
  readonly work?: (n: NodeView) => NodeWork;
  /** Elements of output 0 from known inputs; asked only if every input is known and the output is small. */
  readonly fold?: (n: NodeView) => readonly number[] | undefined;
  /** Output 0 lies where input 0 lies: nothing is read or written. */
  readonly view?: true | ((n: NodeView) => boolean);
  /** In PyTorch, outputs are views of input 0: strides of one of `shape`, or undefined where it has to be copied. */
  readonly strides?: (
    n: NodeView,
    view: { readonly strides: Strides; readonly shape: Shape },
  ) => Strides | undefined;
  /** Strides of a result that does not lie in the order of its axes. */
  readonly resultStrides?: (shape: Shape) => Strides;
  /** The input that is an inner step of one operator of PyTorch, which this is the last step of. */
  readonly absorbs?: (n: NodeView) => Value | undefined;
  /** Output 0 is input 0 in another form: a weight stays that weight. */
  readonly keeps?: true;
  /** What the inputs are for, by index, where that is fixed. */
  readonly roles?: { readonly [index: number]: Role };
  /** May write over input 0 if nobody reads it later. */
  readonly inPlace?: true;
  /** Reads that many elements of an input and no more: rows that it picks from a table, experts that it routes to. */
  readonly picks?: { readonly [input: number]: (n: NodeView) => number };
  /** Bytes that PyTorch's kernel makes beside its result, needed or not: indices of maxima, statistics. */
  readonly workspace?: (n: NodeView) => number;
  /** What training needs of it; absent where there is no gradient, or none that is known. */
  readonly backward?: BackwardRule;
  /** Each output channel reads its own input channel only. */
  readonly isChannelwise?: (n: NodeView) => boolean;
  /** Only the type of this input matters. */
  readonly typeInput?: number;
}

/** Whether a node moves nothing: its first output is its first input under another shape. */
export const isView = (rule: OpRule | undefined, n: NodeView): boolean =>
  typeof rule?.view === "function" ? rule.view(n) : rule?.view === true;

export type RuleTable = Readonly<Record<string, OpRule>>;
