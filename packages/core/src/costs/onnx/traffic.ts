/** What a step moves: bytes and elements of its operands, each once. */

import { bytes } from "../../base/index.js";
import type { EntryOperands, Extent } from "../entry.js";
import type { Step } from "./analyse.js";
import { bytesOfInfo, countOf } from "./info.js";
import type { Value } from "./value.js";

const known = (n: number): number => (Number.isNaN(n) ? 0 : n);

const nothing: Extent = { elements: 0, bytes: bytes(0) };

function extentOf(values: readonly (Value | undefined)[], times: number): Extent {
  let [elements, size] = [0, 0];
  for (const v of values) {
    if (!v) continue;
    elements += known(countOf(v.info));
    size += known(bytesOfInfo(v.info));
  }
  return { elements: elements * times, bytes: bytes(size * times) };
}

/** At most as much of it as `most`. */
function atMost(extent: Extent, most: Extent): Extent {
  if (extent.bytes <= most.bytes) return extent;
  return { elements: Math.min(extent.elements, most.elements), bytes: most.bytes };
}

/** Views move nothing, and what is known beforehand is not computed again. */
const isStill = (step: Step): boolean =>
  step.rule?.view === true || step.bodies.length > 0 || step.outputs.every((v) => v.stored);

/** Operands of a step that is done `times` times. */
export function operandsOf(step: Step, times: number): EntryOperands {
  if (isStill(step)) return { inputs: nothing, weights: nothing, outputs: nothing };
  const outputs = extentOf(step.outputs, times);
  const isWeight = (v: Value | undefined) => v?.stored === true;
  let weights = extentOf(step.inputs.filter(isWeight), times);
  let inputs = extentOf(
    step.inputs.filter((v) => !isWeight(v)),
    times,
  );
  // A gather or a slice reads what it hands on, not the table that it picks from.
  if (step.rule?.work === undefined && step.status === "zero") {
    weights = atMost(weights, outputs);
    const left = bytes(outputs.bytes - weights.bytes);
    inputs = atMost(inputs, { elements: outputs.elements - weights.elements, bytes: left });
  }
  return { inputs, weights, outputs };
}

/** Elements that convolutions and products read and write, each operand once; additions of a bias apart. */
export function productAccesses(step: Step): number {
  if (!(step.work.macs && step.work.macs > 0)) return 0;
  const factors = new Set((step.rule?.backward?.factors ?? [[0], [1]]).flat());
  const read = step.inputs.filter((_, i) => factors.has(i));
  return extentOf([...read, step.outputs[0]], 1).elements;
}
