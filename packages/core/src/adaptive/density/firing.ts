/** How many values of each layer really fire, that is are not zero, over a data set: what the penalty is after. */

import { UserError } from "../../base/index.js";
import { nonZeroPerSample } from "../../costs/index.js";
import type { LayerKind, Value } from "../../graph/index.js";
import { elementCount, type HostTensor } from "../../tensor/index.js";
import type { Leaf } from "./leaves.js";

/**
 * The name under which a layer's counts are an output of the evaluation graph.
 *
 * @example
 * firingName(leafOutputs(traced)[0]) // "firing.hidden0"
 */
export const firingName = (leaf: Leaf): string => `firing.${leaf.id}`;

/**
 * Outputs of an evaluation graph: for every layer the number of elements of each sample, [batch], whose magnitude is above
 * 2^-126, the smallest normal number.
 *
 * @example
 * const traced = traceModel(lenet(), { batchSize: 8, training: false });
 * firingOutputs(leafOutputs(traced))["firing.conv1"].shape // [8]
 */
export function firingOutputs(leaves: readonly Leaf[]): Record<string, Value> {
  return Object.fromEntries(leaves.map((leaf) => [firingName(leaf), nonZeroPerSample(leaf.value)]));
}

export interface Firing {
  readonly elements: number;
  readonly fired: number;
  /** fired / elements. */
  readonly share: number;
}

export interface LayerFiring extends Firing {
  readonly id: string;
  readonly path: string;
  readonly kind: LayerKind;
}

export interface FiringReport {
  readonly samples: number;
  readonly layers: readonly LayerFiring[];
  /** Pooled over the layers of each kind. */
  readonly byKind: Readonly<Partial<Record<LayerKind, Firing>>>;
  readonly all: Firing;
}

function pooled(parts: readonly Firing[]): Firing {
  const elements = parts.reduce((n, p) => n + p.elements, 0);
  const fired = parts.reduce((n, p) => n + p.fired, 0);
  return { elements, fired, share: fired / elements };
}

/**
 * Shares of elements that are not zero, by layer and by kind of layer, from the counts that an evaluation of
 * `firingOutputs` gave: [samples] for each layer.
 *
 * @throws UserError E_CONFIG where a layer was not counted, or no sample was.
 * @example
 * const leaves = leafOutputs(traceModel(mlp({ sizes: [4, 8] }), { batchSize: 8, training: false }));
 * // Eight values of each of two samples.
 * firingReport(leaves, { "firing.output": tensor("float32", [2], [8, 0]) }).all.share // 0.5
 */
export function firingReport(
  leaves: readonly Leaf[],
  counts: Readonly<Record<string, HostTensor>>,
): FiringReport {
  const layers = leaves.map((leaf): LayerFiring => {
    const counted = counts[firingName(leaf)];
    if (!counted || counted.data.length === 0) {
      throw new UserError("E_CONFIG", `the layer ${leaf.id} was not counted`, {
        allowed: "an output of firingOutputs over at least one sample for every layer",
      });
    }
    const elements = counted.data.length * elementCount(leaf.value.shape.slice(1));
    let fired = 0;
    for (const n of counted.data) fired += Number(n);
    const { id, path, kind } = leaf;
    return { id, path, kind, elements, fired, share: fired / elements };
  });
  const kinds = [...new Set(layers.map((l) => l.kind))];
  const byKind = kinds.map(
    (kind) => [kind, pooled(layers.filter((l) => l.kind === kind))] as const,
  );
  return {
    samples: counts[firingName(leaves[0]!)]!.data.length,
    layers,
    byKind: Object.fromEntries(byKind),
    all: pooled(layers),
  };
}

export interface FiringFall {
  readonly kind: LayerKind;
  readonly before: number;
  readonly after: number;
  /** before - after: above 0 where fewer values fire. */
  readonly fall: number;
}

/**
 * Which kinds of layers lost most of their firing from one run to another, the most first.
 *
 * @example
 * const leaves = leafOutputs(traceModel(mlp({ sizes: [4, 8] }), { batchSize: 8, training: false }));
 * const report = (n: number) => firingReport(leaves, { "firing.output": tensor("float32", [1], [n]) });
 * firingFalls(report(8), report(2)) // [{ kind: "linear", before: 1, after: 0.25, fall: 0.75 }]
 */
export function firingFalls(before: FiringReport, after: FiringReport): readonly FiringFall[] {
  const kinds = Object.keys(before.byKind) as LayerKind[];
  return kinds
    .filter((kind) => after.byKind[kind])
    .map((kind) => {
      const [a, b] = [before.byKind[kind]!.share, after.byKind[kind]!.share];
      return { kind, before: a, after: b, fall: a - b };
    })
    .sort((x, y) => y.fall - x.fall);
}
