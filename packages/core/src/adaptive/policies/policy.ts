/** What an exit policy is: one score per sample in [0, 1]; a sample leaves where its score reaches the threshold. */

import type { HostTensor } from "../../tensor/index.js";

/** What one exit says about a batch. */
export interface ExitView {
  /** [N, classes]. */
  readonly logits: HostTensor;
  /** [N], where the exit has a gate. */
  readonly hazard?: HostTensor;
}

export interface Policy {
  /** For tables and reports. */
  readonly title: string;
  /** Whether it reads the gate. */
  readonly needsHazard: boolean;
  /** One score per sample, in [0, 1]; higher means "leave". Threshold 0 lets everyone leave. */
  scores(exit: ExitView): Float64Array;
}
