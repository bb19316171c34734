/** What an optimiser is: slots beside every parameter, and one update written as graph. */

import type { Value } from "../graph/index.js";
import type { Initializer, Parameter } from "../nn/index.js";

export interface UpdateRequest {
  readonly value: Value;
  readonly gradient: Value;
  /** Current slots, by name. */
  readonly slots: Readonly<Record<string, Value>>;
  /** Learning rate, a float scalar. */
  readonly lr: Value;
  /** Number of this step, a float scalar that begins at 1. */
  readonly step: Value;
  /** Whether weight decay applies to this parameter. */
  readonly decay: boolean;
}

export interface UpdateResult {
  readonly value: Value;
  readonly slots: Readonly<Record<string, Value>>;
}

export interface Optimizer {
  readonly name: string;
  /** What is kept beside a parameter, of its shape. */
  slots(p: Parameter): Readonly<Record<string, Initializer>>;
  update(p: UpdateRequest): UpdateResult;
}
