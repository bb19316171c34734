/** What a count took for granted. */

import type { Analysis, Step } from "./analyse.js";
import { type StepBackward, undescribed } from "./backward.js";

/** Loops and branches, sizes that depend on data, and gradients that nobody has described; of so many nodes. */
export function assumptionsOf(
  analysis: Analysis,
  backward: ReadonlyMap<Step, StepBackward>,
  nodes: number,
): readonly string[] {
  const said = [...analysis.assumptions];
  const open = analysis.steps
    .flatMap((s) => s.outputs)
    .filter((v) => Number.isNaN(v.storage.bytes));
  if (open.length > 0) {
    said.push(`${open.length} values have sizes that depend on data: they are counted as 0 bytes`);
  }
  const unknown = undescribed(backward);
  if (unknown.size > 0) {
    const count = [...unknown.values()].reduce((a, b) => a + b, 0);
    const share = ((100 * count) / nodes).toFixed(1);
    said.push(
      `training: nothing is known of the gradients of ${count} nodes (${share} % of all; ${[...unknown.keys()].join(", ")}): they are taken to keep what they read first and what they make`,
    );
  }
  return said;
}
