/** Evaluates trained runs in this process: thresholds from validation, everything else on the chosen split. */

import { join } from "node:path";
import { plainMacs, type TracedExits } from "@frugal/core/adaptive";
import type { Engine } from "@frugal/core/engine";
import {
  type EvaluationData,
  type EvaluationReport,
  evaluateExits,
  evaluateFiring,
} from "@frugal/core/evaluation";
import { nodeEngine } from "@frugal/engine";
import { writeFiring } from "../firing/file.js";
import { checkRecipe } from "../recipe/check.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { parseBudget } from "../recipe/units.js";
import { readCheckpoint } from "../run-store/checkpoints.js";
import { makeFolder, replaceFile } from "../run-store/files.js";
import { canonicalJson, configPath, readConfig } from "../run-store/folder.js";
import { openLog } from "../run-store/log.js";
import { type RunSummary, readRecord, updateRecord } from "../run-store/record.js";
import { evaluationData, loadRecipeData, type RecipeData } from "../training/data.js";
import type { JobContext } from "./context.js";
import type { FromWorker, Job } from "./messages.js";
import { type TrainedNetwork, trainedNetwork } from "./trained.js";

type EvaluationJob = Extract<Job, { kind: "evaluate" }>;

export async function evaluateJob(
  { folders, checkpoint, split, evaluate, firing }: EvaluationJob,
  context: JobContext,
): Promise<Extract<FromWorker, { kind: "finished" }>> {
  const load = rememberLast(loadRecipeData);
  let last: { folder: string; step: number; summary?: RunSummary } = { folder: "", step: 0 };
  for (const folder of folders) {
    if (context.stop()) return { kind: "finished", status: "stopped", ...last };
    const own = checkRecipe(readConfig(folder), configPath(folder));
    const recipe = evaluate === undefined ? own : { ...own, evaluate };
    const data = await load(recipe);
    const network = trainedNetwork(recipe, data.dataset, folder);
    const summary = await evaluateRun(folder, {
      ...{ recipe, data, network, split, checkpoint },
      ...(firing === undefined ? {} : { firing }),
    });
    last = { folder, step: readRecord(folder).step, summary };
    context.report({ kind: "evaluated", folder, summary });
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { kind: "finished", status: "completed", ...last };
}

/** Runs of a sweep share their data: it is read once. */
function rememberLast(load: (recipe: ResolvedRecipe) => Promise<RecipeData>) {
  let last: { key: string; data: RecipeData } | undefined;
  return async (recipe: ResolvedRecipe): Promise<RecipeData> => {
    const key = canonicalJson(recipe.data);
    if (last?.key !== key) last = { key, data: await load(recipe) };
    return last.data;
  };
}

export interface RunEvaluationOptions {
  readonly recipe: ResolvedRecipe;
  readonly data: RecipeData;
  readonly network: TrainedNetwork;
  readonly split?: "validation" | "test";
  readonly checkpoint?: string;
  /** Count what fires too, on validation and on the split: eval/<split>-firing.json. Default: of runs that were trained for it. */
  readonly firing?: boolean;
}

/** Evaluates one run, writes eval/<split>.json and notes the look at the data in run.json. */
export async function evaluateRun(
  folder: string,
  options: RunEvaluationOptions,
): Promise<RunSummary> {
  const { recipe, data, network, split = "test", checkpoint = "last" } = options;
  const { firing = recipe.objective.kind === "density" } = options;
  const { traced } = network;
  const state = network.settle(readCheckpoint(folder, checkpoint).model);
  const of = (name: "validation" | "test"): EvaluationData =>
    evaluationData(data.splits[name], data.normalisation);
  const engine = evaluationEngine(recipe);
  const { batchSize } = recipe.evaluate;
  const { report } = await evaluateExits({
    engine,
    clock: () => performance.now(),
    traced,
    state,
    validation: of("validation"),
    test: of(split),
    split,
    budgets: budgetsOf(recipe, traced),
    batchSizes: recipe.evaluate.timed,
    runs: recipe.evaluate.runs,
    batchSize,
  });
  // On validation too: that is where a lambda is chosen.
  for (const name of firing ? new Set(["validation", split] as const) : []) {
    const counted = { engine, traced, state, data: of(name), split: name, batchSize };
    writeFiring(folder, await evaluateFiring(counted));
  }
  makeFolder(join(folder, "eval"));
  replaceFile(join(folder, "eval", `${split}.json`), `${JSON.stringify(report, null, 2)}\n`);
  return noteEvaluation(folder, { report, recipe, split });
}

/** Mean MACs per sample that are asked for: shares are of the network without exits. */
function budgetsOf({ evaluate }: ResolvedRecipe, traced: TracedExits): number[] {
  if (traced.exits.length < 2) return [];
  const full = plainMacs(traced);
  return evaluate.budgets
    .map((budget, i) => parseBudget(budget, `evaluate.budgets.${i}`))
    .map(({ kind, value }) => (kind === "fraction" ? value * full : value))
    .toSorted((a, b) => a - b);
}

const evaluationEngine = ({ threads }: ResolvedRecipe): Engine => nodeEngine({ threads });

function noteEvaluation(
  folder: string,
  options: {
    readonly report: EvaluationReport;
    readonly recipe: ResolvedRecipe;
    readonly split: "validation" | "test";
  },
): RunSummary {
  const { report, recipe, split } = options;
  const { full, gates } = report;
  const summary: RunSummary = {
    split,
    fullAccuracy: full.accuracy.value,
    fullMacs: full.macs,
    ...(gates ? { expectedMacs: gates.expectedMacs } : {}),
  };
  const record = readRecord(folder);
  const events = openLog(join(folder, "events.jsonl"));
  const { attempt, step } = record;
  events.append({ attempt, step, wall: Date.now() / 1000, kind: "evaluation", split });
  events.close();
  if (split === "test") {
    const testEvaluations = record.testEvaluations + 1;
    updateRecord(folder, { summary, testEvaluations, evaluatedWith: recipe.evaluate });
  }
  return summary;
}
