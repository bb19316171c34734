/** frugal profile: what ONNX models cost, in every indicator. */

import { UserError } from "@frugal/core/base";
import { type ExitCode, exitCodes } from "../app/exit.js";
import type { Invocation } from "../app/parse.js";
import type { Terminal } from "../app/terminal.js";
import { widthOfStdout } from "../app/width.js";
import { type ChosenDevice, chosenDevice, latencyOf } from "../profile/device.js";
import { modelDocument } from "../profile/document.js";
import { energyRequest } from "../profile/energy.js";
import { explain, explainRequest } from "../profile/explain.js";
import { loadModels } from "../profile/load.js";
import { refuseIdleOptions } from "../profile/measure-options.js";
import { pairText } from "../profile/measured-text.js";
import { timed } from "../profile/measuring.js";
import { modelWord } from "../profile/model-word.js";
import { nodesCsv } from "../profile/nodes-csv.js";
import { checkOutputs, type OutputFile, writeOutputs } from "../profile/outputs.js";
import { profilePage } from "../profile/page/page.js";
import { reportText } from "../profile/report-text.js";
import { namesOf, type Subject, subjectOf } from "../profile/subject.js";
import { traitsOf } from "../profile/traits.js";

type Values = Invocation<"profile">["values"];

function depthOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text === "all") return Number.POSITIVE_INFINITY;
  const depth = /^[0-9]+$/.test(text) ? Number(text) : 0;
  if (depth >= 1) return depth;
  throw new UserError("E_USAGE", `--depth ${text} is no number of levels`, {
    allowed: "a whole number >= 1, or all",
    next: "leave --depth out for two levels",
  });
}

/** The files that were asked for, made in full before the first one is written. */
function filesOf(
  subjects: readonly Subject[],
  { csv, html }: Values,
  { device }: ChosenDevice,
): readonly OutputFile[] {
  return [
    ...(csv === undefined ? [] : [{ path: csv, text: nodesCsv(subjects) }]),
    ...(html === undefined ? [] : [{ path: html, text: profilePage(subjects, { roof: device }) }]),
  ];
}

export async function profile(call: Invocation<"profile">, terminal: Terminal): Promise<ExitCode> {
  const { words, values } = call;
  const depth = depthOf(values.depth);
  const width = widthOfStdout();
  refuseIdleOptions(values, words);
  const request = values.explain === undefined ? undefined : explainRequest(values.explain);
  checkOutputs([values.csv, values.html], { models: words.map((w) => modelWord(w).path) });
  const traits = traitsOf(values.trait);
  if (traits && !request) {
    throw new UserError("E_USAGE", "--trait concerns other counters, but none is asked for", {
      allowed: "with --explain",
      next: "add --explain, or leave --trait out",
    });
  }
  const energy = energyRequest(values);
  const names = namesOf(words);
  const models = loadModels(words, values);
  const device = await chosenDevice(values.device);
  const counted = models.map((m, i) => ({
    ...subjectOf(names[i]!, m.profile, energy),
    latency: latencyOf(m.profile, device),
    ...(request ? { explained: explain(m.profile, request, traits) } : {}),
  }));
  const { subjects, pair } = await timed(counted, { models, values, terminal });
  const files = filesOf(subjects, values, device);
  writeOutputs(files);
  // A document of twenty thousand layers takes its time: only who reads it waits for it.
  if (terminal.json) {
    terminal.document({
      models: subjects.map(modelDocument),
      ...(pair ? { against: pair } : {}),
    });
  } else
    terminal.result(
      reportText(subjects, {
        width,
        assumptions: energy.isAsked,
        ...(depth === undefined ? {} : { depth }),
      }),
    );
  if (pair) terminal.result(`\n${pairText(pair, { names, width })}`);
  if (device.note) terminal.note(device.note);
  for (const { path } of files) terminal.note(`wrote ${path}`);
  return exitCodes.done;
}
