/** Times a few training steps of a recipe, node by node, and writes them as a Chrome trace. Leaves no run folder. */

import { dirname } from "node:path";
import { chromeTrace, formatProfile, groupTimes, type NodeTime } from "@frugal/core/engine";
import { stepFeeds } from "@frugal/core/training";
import { nodeEngine } from "@frugal/engine";
import { plannedMasks } from "../masks/plan.js";
import { makeFolder, replaceFile } from "../run-store/files.js";
import { loadRecipeData, trainingSource } from "../training/data.js";
import { recipeNetwork, recipeSchedule, recipeStep } from "../training/network.js";
import { recipeScalars } from "../training/objective.js";
import type { JobContext } from "./context.js";
import type { FromWorker, Job } from "./messages.js";

/** The first steps include what the runtime does once. */
const WARMUP_STEPS = 3;
const STEPS = 10;

export async function profileJob(
  { recipe, trace }: Extract<Job, { kind: "profile" }>,
  context: JobContext,
): Promise<Extract<FromWorker, { kind: "finished" }>> {
  const data = await loadRecipeData(recipe);
  const traced = recipe.masks
    ? plannedMasks(recipe, data.dataset).network
    : recipeNetwork(recipe, data.dataset);
  const step = recipeStep(recipe, traced);
  const source = trainingSource(recipe, data);
  const { stepsPerEpoch } = source;
  const schedule = recipeSchedule(recipe, stepsPerEpoch);
  const feeds = stepFeeds(step, {
    source,
    totalSteps: recipe.epochs * stepsPerEpoch,
    seed: recipe.seed,
    scalars: {
      lr: (at, total) => recipe.optimizer.lr * schedule(at, total),
      step: (at) => at + 1,
      ...recipeScalars(recipe, stepsPerEpoch),
    },
  });
  const engine = nodeEngine({ threads: recipe.threads });
  const executable = await engine.compile(step.graph, { state: step.state, profile: true });
  const finished = { kind: "finished", folder: "", step: 0 } as const;
  let all: NodeTime[];
  try {
    for (let at = 0; at < WARMUP_STEPS + STEPS; at++) {
      if (context.stop()) return { ...finished, status: "stopped" };
      await executable.run(feeds.at(at).feeds);
    }
    all = await executable.profile();
  } finally {
    await executable.dispose();
  }
  // Every step runs the same nodes in the same order.
  const times = all.slice((all.length / (WARMUP_STEPS + STEPS)) * WARMUP_STEPS);
  makeFolder(dirname(trace));
  replaceFile(trace, chromeTrace(times));
  context.report({
    kind: "profiled",
    profile: {
      trace,
      engine: engine.description,
      batchSize: recipe.batchSize,
      steps: STEPS,
      stepMs: times.reduce((sum, t) => sum + t.durationUs, 0) / 1000 / STEPS,
      ops: groupTimes(times, (t) => `${t.phase} ${t.op}`),
      layers: groupTimes(times, (t) => t.path || "(no layer)"),
      text: formatProfile(times, { runs: STEPS }),
    },
  });
  return { ...finished, status: "completed", step: STEPS };
}
