/** What validation says after an epoch: loss and accuracy of every exit, and both costs under the gates. */

import {
  type ExitPredictions,
  exitCosts,
  exitOutputs,
  exitPredictions,
  exitsTaken,
  firingOutputs,
  firingReport,
  forInference,
  hazardName,
  type LeafSelection,
  leafOutputs,
  logitsName,
  type TracedExits,
} from "@frugal/core/adaptive";
import type { Engine } from "@frugal/core/engine";
import {
  accuracyPerExit,
  correctTaken,
  expectedCost,
  mean,
  policyCost,
} from "@frugal/core/evaluation";
import { type BatchSource, buildEvaluation, collect, type ModelState } from "@frugal/core/training";

export interface ValidationMetrics {
  /** What training minimises, here without the floor weights: lower is better. */
  readonly score: number;
  /** Mean loss under the exit probabilities; of the whole network where there are no gates. */
  readonly loss: number;
  /** Of the answers given: at the exits taken with a hazard of at least one half, or of the whole network. */
  readonly accuracy: number;
  readonly accuracies: Readonly<Record<string, number>>;
  /** Shares of the full cost; undefined without gates. */
  readonly expectedCost?: number;
  readonly policyCost?: number;
  /** Share of values that are not zero, of the layers that are watched. */
  readonly firing?: number;
}

export interface Validator {
  run(weights: ModelState, lambda: number): Promise<ValidationMetrics>;
  dispose(): Promise<void>;
}

export interface ValidatorOptions {
  readonly engine: Engine;
  readonly traced: TracedExits;
  readonly source: BatchSource;
  readonly labels: Int32Array;
  readonly batchSize: number;
  /** Layers whose values that are not zero are counted. Default: none. */
  readonly leaves?: LeafSelection;
}

/** Compiled at the first call, since the graph needs weights; later calls only write them. */
export function createValidator(options: ValidatorOptions): Validator {
  const { engine, traced, source, labels, batchSize } = options;
  const inference = forInference(traced, batchSize);
  const leaves = options.leaves ? leafOutputs(inference, options.leaves) : [];
  const outputs = Object.assign(
    firingOutputs(leaves),
    ...inference.exits.map(exitOutputs),
  ) as Record<string, never>;
  const costs = exitCosts(traced).map((exit) => exit.macs);
  let compiled: Promise<Awaited<ReturnType<typeof compile>>> | undefined;

  async function compile(weights: ModelState) {
    const { graph, state } = buildEvaluation({ ...inference, outputs, weights });
    return { graph, executable: await engine.compile(graph, { state }) };
  }

  return {
    async run(weights, lambda) {
      compiled ??= compile(weights);
      const { graph, executable } = await compiled;
      await executable.writeState({ ...weights.parameters, ...weights.buffers });
      const values = await collect(executable, { source, graph });
      const gated = inference.exits.slice(0, -1).filter((e) => e.hazard);
      const predictions = exitPredictions(
        {
          logits: inference.exits.map((e) => values[logitsName(e.name)]!),
          ...(gated.length > 0 ? { hazards: gated.map((e) => values[hazardName(e.name)]!) } : {}),
        },
        { split: "validation", exits: inference.exits.map((e) => e.name), labels },
      );
      const summary = summarise(predictions, { costs, lambda });
      if (leaves.length === 0) return summary;
      return { ...summary, firing: firingReport(leaves, values).all.share };
    },
    async dispose() {
      if (compiled) await (await compiled).executable.dispose();
    },
  };
}

function summarise(
  predictions: ExitPredictions<"validation">,
  { costs, lambda }: { readonly costs: readonly number[]; readonly lambda: number },
): ValidationMetrics {
  const each = accuracyPerExit(predictions);
  const accuracies = Object.fromEntries(predictions.exits.map((name, k) => [name, each[k]!]));
  const { hazard: hazards } = predictions.scores;
  if (!hazards) {
    const loss = mean(predictions.nll.at(-1)!);
    return { score: loss, loss, accuracy: each.at(-1)!, accuracies };
  }
  const full = costs.at(-1)!;
  const soft = expectedCost(hazards, costs) / full;
  const rule = { policy: "hazard", thresholds: hazards.map(() => 0.5) } as const;
  const taken = exitsTaken(predictions, rule);
  const loss = mixedLoss(predictions, hazards);
  return {
    score: loss + lambda * soft,
    loss,
    accuracy: mean(correctTaken(predictions, taken)),
    accuracies,
    expectedCost: soft,
    policyCost: policyCost(taken, costs) / full,
  };
}

/** mean_i sum_k p_ik l_ik, with p from the hazard chain. */
function mixedLoss({ nll }: ExitPredictions, hazards: readonly Float64Array[]): number {
  const samples = nll[0]!.length;
  let total = 0;
  for (let i = 0; i < samples; i++) {
    let left = 1;
    for (const [k, h] of hazards.entries()) {
      total += left * h[i]! * nll[k]![i]!;
      left *= 1 - h[i]!;
    }
    total += left * nll.at(-1)![i]!;
  }
  return total / samples;
}
