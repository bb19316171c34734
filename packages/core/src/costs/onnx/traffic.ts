/** What a step moves: bytes and elements of its operands, each once. */

import { bytes } from "../../base/index.js";
import type { EntryOperands, Extent } from "../entry.js";
import type { Step } from "./analyse.js";
import { bytesOfInfo, countOf } from "./info.js";
import { isView } from "./rule.js";
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
  isView(step.rule, step.view) || step.bodies.length > 0 || step.outputs.every((v) => v.stored);

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

/**
 * Elements that convolutions and products read and write, each operand once: factors, bias, result. A bias that the file
 * adds by an operator of its own is counted there.
 */
export function productAccesses(step: Step): number {
  const { macs = 0, elements } = step.work;
  const multiplies = macs > 0;
  const factors = new Set((step.rule?.backward?.factors ?? [[0], [1]]).flat());
  const hasBias = (elements?.biasAdds ?? 0) > 0;
  const read = step.inputs.filter((v, i) =>
    multiplies && factors.has(i) ? true : hasBias && v?.stored === true,
  );
  return extentOf(multiplies ? [...read, step.outputs[0]] : read, 1).elements;
}
