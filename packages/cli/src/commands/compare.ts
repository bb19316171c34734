/** frugal compare: several models under every indicator, and where the indicators disagree. */

import { compareModels, type Reading } from "@frugal/core/evaluation";
import { type ExitCode, exitCodes } from "../app/exit.js";
import type { Invocation } from "../app/parse.js";
import type { Terminal } from "../app/terminal.js";
import { widthOfStdout } from "../app/width.js";
import { accuraciesOf } from "../compare/accuracy.js";
import { comparisonCsv } from "../compare/comparison-csv.js";
import { comparisonText } from "../compare/comparison-text.js";
import { devicesOf } from "../compare/devices.js";
import { measureInTurns, refuseIdleOptions } from "../compare/measure.js";
import { comparedModel, notesByName } from "../compare/models.js";
import { readNotes } from "../compare/notes.js";
import { namedFiles } from "../compare/subjects.js";
import { loadModels } from "../profile/load.js";
import { modelWord } from "../profile/model-word.js";
import { checkOutputs, writeOutputs } from "../profile/outputs.js";

export async function compare(call: Invocation<"compare">, terminal: Terminal): Promise<ExitCode> {
  const { words, values } = call;
  const files = namedFiles(words);
  refuseIdleOptions(values);
  checkOutputs([values.csv], {
    models: [
      ...words.map((w) => modelWord(w).path),
      ...(values["cost-notes"] === undefined ? [] : [values["cost-notes"]]),
    ],
  });
  const accuracies = accuraciesOf(values.accuracy, files);
  const notesFile = values["cost-notes"];
  const notes =
    notesFile === undefined
      ? new Map()
      : notesByName(readNotes(notesFile), files, { where: notesFile });
  const note = (text: string): void => terminal.note(text);
  const devices = devicesOf(values.device, { note });
  // Before minutes are spent on measuring: whatever is wrong with a model is found here.
  const loaded = loadModels(words, values, { command: "compare" });
  const measured = values.measure
    ? await measureInTurns(
        files.map((file, i) => ({
          ...file,
          path: loaded[i]!.path,
          bindings: loaded[i]!.options,
        })),
        values,
        { note },
      )
    : new Map();
  const models = files.map(({ name }, i) => {
    const accuracy = accuracies.get(name);
    const about = notes.get(name);
    const row = measured.get(name);
    return comparedModel({
      name,
      profile: loaded[i]!.profile,
      ...(about ? { notes: about } : {}),
      ...(row ? { measured: row } : {}),
      ...(accuracy === undefined ? {} : { accuracy }),
    });
  });
  const comparison = compareModels(models, { devices });
  const outputs =
    values.csv === undefined ? [] : [{ path: values.csv, text: comparisonCsv(comparison, models) }];
  writeOutputs(outputs);
  terminal.document(comparison);
  const readings = new Map(
    models.flatMap((m): [string, Reading][] => (m.accuracy ? [[m.name, m.accuracy]] : [])),
  );
  terminal.result(comparisonText(comparison, { width: widthOfStdout(), accuracies: readings }));
  for (const { path } of outputs) terminal.note(`wrote ${path}`);
  return exitCodes.done;
}
