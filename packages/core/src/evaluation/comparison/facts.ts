/** Counts of a model from its profile and from what is declared of it, as the indicators and the rules read them. */

import { costModels, type Profile } from "../../costs/index.js";
import type { ComparedModel, Counts } from "./model.js";

/** An operator without a price. */
export interface Gap {
  readonly op: string;
  readonly nodes: number;
  readonly share: number;
}

export interface Facts extends Counts {
  readonly name: string;
  /** Operators that do work; empty where there is no file. */
  readonly operators: ReadonlySet<string>;
  readonly gaps: readonly Gap[];
  /** Types and shapes of the inputs, in words. */
  readonly inputs?: string;
  readonly inputBytes?: number;
  readonly model: ComparedModel;
}

/** Bytes of the entries that multiply: fused elementwise operations move nothing more. */
function productBytes({ ledger }: Profile): number {
  return ledger.entries.reduce(
    (sum, e) => (e.macs > 0 ? sum + e.bytesRead + e.bytesWritten : sum),
    0,
  );
}

function countsOf(p: Profile): Counts {
  const { zeroParameters } = p;
  return {
    ...(zeroParameters === undefined ? {} : { zeroParameters }),
    parameters: p.parameters,
    parameterUses: p.parameterUses,
    activeParameters: p.activeParameters,
    macs: p.macs,
    validMacs: p.validMacs,
    otherOps: p.otherOps,
    activations: p.activations,
    peakActivationBytes: p.peakActivationBytes,
    weightBytes: p.weightBytes,
    bytesMoved: p.bytesMoved,
    trainingBytes: p.training.totalBytes.adam,
    kernels: p.kernels,
    criticalPathKernels: p.criticalPathKernels,
    criticalPathMacs: p.criticalPathMacs,
    productBytes: productBytes(p),
    energy45: costModels.energy45.full(p.ledger),
    energy7: costModels.energy7.full(p.ledger),
  };
}

const gapsOf = ({ coverage }: Profile): readonly Gap[] =>
  coverage.ops
    .filter((o) => o.status === "unknown")
    .map(({ op, nodes, share }) => ({ op, nodes, share }));

const cache = new WeakMap<ComparedModel, Facts>();

/** All counts of a model; what is declared overrides what the file shows. */
export function factsOf(model: ComparedModel): Facts {
  const known = cache.get(model);
  if (known) return known;
  const { name, profile, counts } = model;
  const priced = profile?.coverage.ops.filter((o) => o.status === "priced") ?? [];
  const facts: Facts = {
    ...(profile ? countsOf(profile) : {}),
    ...counts,
    name,
    operators: new Set(priced.map((o) => o.op)),
    gaps: profile ? gapsOf(profile) : [],
    ...(profile
      ? { inputs: Object.values(profile.inputs).join(", "), inputBytes: profile.inputBytes }
      : {}),
    model,
  };
  cache.set(model, facts);
  return facts;
}
