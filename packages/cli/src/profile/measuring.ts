/** Times the models of a command line: each for itself, and two in turns. */

import type { Terminal } from "../app/terminal.js";
import type { PairMeasurement } from "../measure/index.js";
import type { LoadedModel } from "./load.js";
import {
  type MeasureValues,
  measureOptions,
  modelOptions,
  timingOptions,
} from "./measure-options.js";
import type { Subject } from "./subject.js";
import { locateLayers } from "./timed-layers.js";

export interface Timed {
  readonly subjects: readonly Subject[];
  readonly pair?: PairMeasurement;
}

/** Adds what `--measure` and `--against` ask for; without them, nothing. */
export async function timed(
  subjects: readonly Subject[],
  {
    models,
    values,
    terminal,
  }: {
    readonly models: readonly LoadedModel[];
    readonly values: MeasureValues;
    readonly terminal: Terminal;
  },
): Promise<Timed> {
  // Read before anything runs, so that a mistake in one of them is found at once.
  const each = models.map((m) => measureOptions(m.path, values, m.options));
  if (!values.against && !values.measure) return { subjects };
  const { measureModel, measurePair } = await import("../measure/index.js");
  if (values.against) {
    const [a, b] = models.map((m) => modelOptions(m.path, m.options, values));
    const names = subjects.map((s) => s.name).join(" and ");
    terminal.note(`measuring ${names} in turns`);
    return { subjects, pair: await measurePair({ ...timingOptions(values), a: a!, b: b! }) };
  }
  const measured: Subject[] = [];
  for (const [i, subject] of subjects.entries()) {
    terminal.note(`measuring ${subject.name}`);
    const { layers = [], ...found } = await measureModel(each[i]!);
    const located = { ...found, layers: locateLayers(layers, models[i]!) };
    measured.push({ ...subject, measured: located });
  }
  return { subjects: measured };
}
