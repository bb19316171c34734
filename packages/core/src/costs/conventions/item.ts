/** One countable thing of one ledger entry, with what a counter may or may not see of how it was called. */

import type { Quantity } from "./quantities.js";

export type Site = "module" | "functional" | "tensor" | "captured" | "mean";

export type Cell = "RNN" | "GRU" | "LSTM";

export interface CountedItem {
  readonly quantity: Quantity;
  readonly count: number;
  readonly path: string;
  /** Operator of the file. */
  readonly op: string;
  readonly site: Site;
  /** Its class is derived from torch.nn's. */
  readonly isSubclass?: boolean;
  /** Its class holds modules of its own. */
  readonly hasChildren?: boolean;
  /** Nothing that the measured wrapper returned depends on it. */
  readonly isDead?: boolean;
  /** A pool over the whole image that is nn.AvgPool2d, with a window. */
  readonly isWindow?: boolean;
  /** Part of an attention block: its products and softmax, or the layers around them. */
  readonly attention?: "core" | "projection";
  readonly groups?: number;
  readonly cell?: Cell;
  readonly isBiased?: boolean;
}

/** What an operator contributes, before traits. */
export type Part = Pick<CountedItem, "quantity" | "count" | "groups" | "cell" | "isBiased">;
