/** Why two conventions print different numbers for one model: the difference in steps that add up to it. */

import { UserError } from "../../base/index.js";
import type { Profile } from "../onnx/index.js";
import type { Convention } from "./convention.js";
import { batchOf, itemsOf, noTraits } from "./items.js";
import type { Priced } from "./price.js";
import { type Quantity, quantityLabels } from "./quantities.js";
import { type ConventionName, conventionNames, conventions } from "./registry.js";
import type { SourceTraits } from "./traits.js";

/** (toFactor - fromFactor) * count = change. */
export interface ExplanationStep {
  readonly label: string;
  readonly fromFactor: number;
  readonly toFactor: number;
  readonly count: number;
  readonly change: number;
  readonly note?: string;
}

export interface Explanation {
  readonly from: ConventionName;
  readonly to: ConventionName;
  /** How the network was taken to be written, on either side. */
  readonly fromTraits: SourceTraits;
  readonly toTraits: SourceTraits;
  readonly fromTotal: number;
  readonly toTotal: number;
  /** toTotal - fromTotal, and the sum of the changes. */
  readonly difference: number;
  /** Largest change first. */
  readonly steps: readonly ExplanationStep[];
}

/** A convention applied to a network that was written in some way. */
export interface ConventionReading {
  readonly convention: ConventionName;
  readonly traits: SourceTraits;
}

function conventionOf(name: ConventionName): Convention<ConventionName> {
  const found = Object.hasOwn(conventions, name) ? conventions[name] : undefined;
  if (found) return found;
  throw new UserError("E_CONFIG", `there is no convention "${name}"`, {
    allowed: conventionNames.join(", "),
  });
}

const isProduct = (quantity: Quantity) => quantity.endsWith("Macs");

function phrase(quantity: Quantity, { factor, why }: Priced): string {
  const reason = why ? ` (${why})` : "";
  if (factor === 0) return `leaves them out${reason}`;
  if (isProduct(quantity) && factor === 1)
    return `counts a product and its addition as one${reason}`;
  if (isProduct(quantity) && factor === 2)
    return `counts a product and its addition as two${reason}`;
  return `counts ${factor} for each${reason}`;
}

const noteOf = (quantity: Quantity, from: Convention, a: Priced, to: Convention, b: Priced) => {
  const names = from.title === to.title ? ["here it", "there it"] : [from.title, to.title];
  return `${names[0]} ${phrase(quantity, a)}; ${names[1]} ${phrase(quantity, b)}.`;
};

/** The number of the whole batch on one side, of one sample on the other. */
function batchStep(
  side: Convention,
  whole: number,
  batch: number,
  isFrom: boolean,
): ExplanationStep[] {
  if (side.per === "batch" || batch === 1) return [];
  const [fromFactor, toFactor] = isFrom ? [1 / batch, 1] : [1, 1 / batch];
  return [
    {
      label: "division by the batch",
      fromFactor,
      toFactor,
      count: whole,
      change: isFrom ? whole - whole / batch : whole / batch - whole,
      note: `${side.title} divides by the ${batch} samples in the input.`,
    },
  ];
}

/** Readings may differ in their traits too: items then have the same order and counts. */
export function explainReadings(
  profile: Profile,
  a: ConventionReading,
  b: ConventionReading,
): Explanation {
  const [from, to] = [conventionOf(a.convention), conventionOf(b.convention)];
  const [before, after] = [itemsOf(profile, a.traits), itemsOf(profile, b.traits)];
  const steps = new Map<string, ExplanationStep>();
  let [whole, otherWhole] = [0, 0];
  for (const [i, item] of before.entries()) {
    const other = after[i]!;
    const [p, q] = [from.price(item, a.traits), to.price(other, b.traits)];
    whole += item.count * p.factor;
    otherWhole += other.count * q.factor;
    if (p.factor === q.factor) continue;
    const key = `${item.quantity}|${p.factor}|${p.why}|${q.factor}|${q.why}`;
    const count = (steps.get(key)?.count ?? 0) + item.count;
    steps.set(key, {
      label: quantityLabels[item.quantity],
      fromFactor: p.factor,
      toFactor: q.factor,
      count,
      change: count * q.factor - count * p.factor,
      note: noteOf(item.quantity, from, p, to, q),
    });
  }
  const [first, last] = [
    batchStep(from, whole, batchOf(profile, a.traits), true),
    batchStep(to, otherWhole, batchOf(profile, b.traits), false),
  ];
  const all = [...first, ...steps.values(), ...last].sort(
    (x, y) => Math.abs(y.change) - Math.abs(x.change),
  );
  const fromTotal = first.reduce((n, s) => n - s.change, whole);
  const toTotal = last.reduce((n, s) => n + s.change, otherWhole);
  return {
    from: a.convention,
    to: b.convention,
    fromTraits: a.traits,
    toTraits: b.traits,
    fromTotal,
    toTotal,
    difference: toTotal - fromTotal,
    steps: all,
  };
}

/**
 * The steps from the number that one counter prints to the number of another, for the same model.
 *
 * Each step is one quantity with the two factors it is counted with: (toFactor - fromFactor) * count = change, and the
 * changes add up to the difference exactly.
 *
 * @param traits how the network was written in Python, where the numbers depend on it; the same on both sides.
 * @throws UserError for a name that is no convention.
 * @example
 * const dense = buildGraph({ y: matmul(input("x", [1, 784]), input("w", [784, 10])) });
 * const steps = explainDifference(profile(dense), "macs", "torch").steps;
 * steps.map((s) => [s.fromFactor, s.toFactor, s.count, s.change]) // [[1, 2, 7840, 7840]]
 */
export function explainDifference(
  profile: Profile,
  from: ConventionName,
  to: ConventionName,
  traits: SourceTraits = noTraits,
): Explanation {
  return explainReadings(profile, { convention: from, traits }, { convention: to, traits });
}
