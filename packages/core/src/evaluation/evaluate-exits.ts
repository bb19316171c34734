/** The whole evaluation of a network with exits: fit on validation, decide on test, really run, time, compare. */

import {
  type Clock,
  compileExits,
  type ExitPredictions,
  exitCosts,
  exitsTaken,
  type FittedRule,
  fitThresholds,
  forInference,
  type PolicyName,
  pickState,
  plainMacs,
  policies,
  policyNames,
  type Split,
  stagedExecutor,
  type TracedExits,
  withoutGates,
} from "../adaptive/index.js";
import { UserError } from "../base/index.js";
import type { Engine } from "../engine/index.js";
import { buildGraph, inputName } from "../graph/index.js";
import { elementCount, type HostTensor } from "../tensor/index.js";
import { accuracyPerExit, correctAt, correctTaken } from "./baselines.js";
import { accuracyEstimate, budgetReport } from "./budget-report.js";
import { brierScore, expectedCalibrationError } from "./calibration.js";
import { collectPredictions } from "./collect.js";
import type { EvaluationData } from "./data.js";
import { exitShares } from "./depth.js";
import { costGaps, decisionSoftness, expectedCost, policyCost } from "./gaps.js";
import { exitHealth } from "./health.js";
import { mean } from "./intervals.js";
import { type Timed, timeRules } from "./latency.js";
import {
  EVALUATION_FORMAT,
  type EvaluationReport,
  type ExitReport,
  type GateReport,
} from "./report.js";

export interface EvaluateExitsOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly traced: TracedExits;
  /** Parameters and buffers by path. */
  readonly state: Readonly<Record<string, HostTensor>>;
  /** Thresholds, and the policy of each budget, are chosen here. */
  readonly validation: EvaluationData;
  /** What is reported. */
  readonly test: EvaluationData;
  /** Label of `test` in the report. Default "test". */
  readonly split?: Split;
  /** Mean MACs per sample. */
  readonly budgets: readonly number[];
  /** The best of these on validation is taken. Default: all that the network supports. */
  readonly policies?: readonly PolicyName[];
  /** Batch sizes to time, rising; the last one runs the whole test split (see `runs`). Default [1, 32]. Empty: nothing is run. */
  readonly batchSizes?: readonly number[];
  /** Batches to time at most for each batch size but the last. Default 256. */
  readonly runs?: number;
  /** Samples that are really executed at the last batch size. Default: all. */
  readonly executedSamples?: number;
  /** Of the predictions. Default 128. */
  readonly batchSize?: number;
  readonly tune?: boolean;
  /** Of the bootstrap. Default 0. */
  readonly seed?: number;
  /** Of the bootstrap. Default 400. */
  readonly replicates?: number;
}

export interface Evaluation {
  readonly report: EvaluationReport;
  readonly validation: ExitPredictions<"validation">;
  readonly test: ExitPredictions;
}

interface Choice {
  readonly policy: PolicyName;
  readonly rules: readonly FittedRule[];
}

/**
 * One policy for the whole network: the highest mean utility on validation over all budgets; ties go to the earlier one.
 * Choosing anew for every budget would fit the noise of the validation split.
 */
function choosePolicy(
  predictions: ExitPredictions<"validation">,
  options: {
    readonly budgets: readonly number[];
    readonly policies: readonly PolicyName[];
    readonly costsOf: (policy: PolicyName) => readonly number[];
  },
): Choice {
  const { budgets, policies: names, costsOf } = options;
  const choices = names.map((policy) => {
    const costs = costsOf(policy);
    const rules = fitThresholds(predictions, { costs, budgets, policy });
    return { policy, rules, worth: rules.reduce((sum, r) => sum + r.utility, 0) };
  });
  return choices.reduce((best, c) => (c.worth > best.worth + 1e-12 ? c : best));
}

function exitReports(predictions: ExitPredictions, costs: readonly number[]): ExitReport[] {
  return predictions.exits.map((name, k) => {
    const correct = correctAt(predictions, k);
    const hazard = predictions.scores.hazard?.[k];
    return {
      name,
      macs: costs[k]!,
      accuracy: accuracyEstimate(correct),
      nll: mean(predictions.nll[k]!),
      brier: brierScore(predictions.confidence[k]!, correct),
      ece: expectedCalibrationError(predictions.confidence[k]!, correct),
      meanHazard: hazard ? mean(hazard) : null,
    };
  });
}

function gateReport(predictions: ExitPredictions, costs: readonly number[]): GateReport | null {
  const { hazard } = predictions.scores;
  if (!hazard || hazard.length === 0) return null;
  const taken = exitsTaken(predictions, { policy: "hazard", thresholds: hazard.map(() => 0.5) });
  const expected = expectedCost(hazard, costs);
  const policy = policyCost(taken, costs);
  const reach = predictions.labels.map(() => 1);
  const stays = Float64Array.from(reach, (_, i) => hazard.reduce((p, h) => p * (1 - h[i]!), 1));
  return {
    accuracy: accuracyEstimate(correctTaken(predictions, taken)),
    expectedMacs: expected,
    policyMacs: policy,
    decisionGap: costGaps({ expected, policy, executed: policy }).decision!,
    softness: decisionSoftness(hazard),
    finalReach: mean(stays),
    shares: exitShares(taken, costs.length),
  };
}

/** Times every rule at every batch size; a list by batch size. */
async function timeAll(
  { rules, traced }: { readonly rules: readonly FittedRule[]; readonly traced: TracedExits },
  options: EvaluateExitsOptions,
) {
  const { engine, clock, state, test, tune = true, runs = 256 } = options;
  const { batchSizes = [1, 32], executedSamples = test.size } = options;
  const largest = batchSizes.at(-1);
  if (largest === undefined) return [];
  const staged = await stagedExecutor({ engine, clock, traced, state, tune, batchSize: largest });
  const plain = forInference({ ...traced, options: { ...traced.options, exits: [] } }, largest);
  const graph = buildGraph({ logits: plain.output }, { inputs: [plain.input] });
  const weights = graph.inputs.map(inputName).filter((name) => name !== "input");
  const full = await engine.compile(graph, {
    frozen: pickState(weights, state),
    symbolicBatch: { inputs: ["input"], outputs: ["logits"] },
    tune,
  });
  const all: Timed[] = [];
  for (const [i, batchSize] of batchSizes.entries()) {
    const isLast = i === batchSizes.length - 1;
    const limit = isLast ? Math.ceil(executedSamples / batchSize) : runs;
    all.push(await timeRules({ staged, full, rules, data: test, batchSize, runs: limit, clock }));
  }
  await Promise.all([staged.dispose(), full.dispose()]);
  return all;
}

/**
 * Evaluates a trained network with exits.
 *
 * Thresholds and policies are fitted on validation for every budget and applied to test unchanged; the network is then
 * really run stage by stage, and expected, policy and executed MACs and milliseconds are reported side by side, with
 * random-exit and oracle baselines and alarms.
 *
 * @throws UserError E_DATA for an empty split, E_RUN where weights are missing. Budgets that cannot be kept are listed
 * in the report, not thrown.
 * @example
 * const clock = () => performance.now();
 * const { report } = await evaluateExits({ engine, clock, traced, state, validation, test, budgets: [100] });
 * report.budgets[0].validation.macs // <= 100
 */
export async function evaluateExits(options: EvaluateExitsOptions): Promise<Evaluation> {
  const { engine, traced, state, budgets, split = "test", tune = true } = options;
  const { batchSize = 128, seed = 0, replicates = 400 } = options;
  const ungated = withoutGates(traced);
  const gatedCosts = exitCosts(traced).map((c) => c.macs as number);
  const ungatedCosts = exitCosts(ungated).map((c) => c.macs as number);
  // A gate that nobody asks is not run.
  const costsOf = (name: PolicyName) => (policies[name].needsHazard ? gatedCosts : ungatedCosts);
  const fullMacs = plainMacs(traced);

  const inference = forInference(traced, batchSize);
  const { executable } = await compileExits({ engine, traced: inference, state, batchSize, tune });
  const collect = <S extends Split>(data: EvaluationData, name: S) =>
    collectPredictions(executable, { traced: inference, data, split: name, batchSize });
  const validation = await collect(options.validation, "validation");
  const test = await collect(options.test, split);
  await executable.dispose();

  const usable = policyNames.filter(
    (name) => validation.scores[name] && (options.policies ?? policyNames).includes(name),
  );
  if (usable.length === 0) {
    throw new UserError("E_CONFIG", "none of the policies can be used with this network", {
      where: `policies ${options.policies?.join(", ")}`,
      allowed: Object.keys(validation.scores).join(", "),
    });
  }
  const cheapest = Math.max(...usable.map((name) => costsOf(name)[0]!));
  const feasible = budgets.filter((b) => b >= cheapest);
  const { policy, rules } = choosePolicy(validation, {
    budgets: feasible,
    policies: usable,
    costsOf,
  });
  const costs = costsOf(policy);
  const run = policies[policy].needsHazard ? traced : ungated;
  const timed = await timeAll({ rules, traced: run }, options);
  const gates = gateReport(test, gatedCosts);

  const last = traced.exits.length - 1;
  const report: EvaluationReport = {
    format: EVALUATION_FORMAT,
    split,
    samples: test.labels.length,
    model: traced.model.name,
    parameters: traced.parameters.reduce((n, p) => n + elementCount(p.value.shape), 0),
    engine: engine.description,
    policy,
    exits: exitReports(test, costs),
    full: {
      macs: fullMacs,
      accuracy: accuracyEstimate(correctAt(test, last)),
      latency: timed.map((t) => t.full),
    },
    gates,
    budgets: rules.map((rule, r) =>
      budgetReport(rule, {
        predictions: test,
        costs,
        fullMacs,
        expected: gates?.expectedMacs ?? null,
        timed: timed.map((t) => t.rules[r]!),
        seed,
        replicates,
      }),
    ),
    infeasible: budgets
      .filter((b) => !(b >= cheapest))
      .map((budget) => ({
        budget,
        reason: `the first exit alone costs ${cheapest} MACs; reachable: ${cheapest} to ${costs[last]}`,
      })),
    warnings: gates
      ? exitHealth({
          exits: test.exits,
          shares: gates.shares,
          accuracies: accuracyPerExit(test),
          decisionGap: gates.decisionGap,
          finalReach: gates.finalReach,
        })
      : [],
  };
  return { report, validation, test };
}
