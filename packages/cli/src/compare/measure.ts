/** Times the models in rounds, each model once in a round: what slows the machine for a while meets all of them. */

import { UserError } from "@frugal/core/base";
import type { ProfileOptions } from "@frugal/core/costs";
import { type MeasuredRow, type Measurement, measuredRow } from "@frugal/core/evaluation";
import { measureModel } from "../measure/index.js";
import { type MeasureValues, modelOptions, timingOptions } from "../profile/measure-options.js";
import type { NamedFile } from "./subjects.js";

/** Four rounds give the mean an interval with three degrees of freedom. */
const ROUNDS = 4;
/** 4 x 75 samples are what a p99 needs at 95 % (299); slow models get as many as the time allows. */
const SAMPLES = 75;
const SECONDS = 5;

/** Refuses options about time where no time is measured: they would be without effect. */
export function refuseIdleOptions(values: MeasureValues): void {
  if (values.measure) return;
  const idle = (["provider", "threads", "seconds"] as const).find((o) => values[o] !== undefined);
  if (idle === undefined) return;
  throw new UserError("E_USAGE", `--${idle} says how to measure, but nothing is measured`, {
    allowed: "with --measure",
    next: `add --measure, or leave --${idle} out`,
  });
}

/** Rows of this machine, by model. */
export async function measureInTurns(
  files: readonly (NamedFile & { readonly bindings: ProfileOptions })[],
  values: MeasureValues,
  { note }: { readonly note: (text: string) => void },
): Promise<ReadonlyMap<string, MeasuredRow>> {
  const { seconds = SECONDS * ROUNDS } = timingOptions(values);
  const found = new Map<string, Measurement[]>(files.map((f) => [f.name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    note(`measuring, round ${round + 1} of ${ROUNDS}`);
    // The order turns, so that nobody always runs in the same model's wake.
    for (const { name, path, bindings } of round % 2 === 0 ? files : [...files].reverse()) {
      found.get(name)!.push(
        await measureModel({
          ...modelOptions(path, bindings, values),
          name,
          batches: [],
          samples: SAMPLES,
          seconds: seconds / ROUNDS,
        }),
      );
    }
  }
  return new Map(
    [...found].map(([name, rounds]) => [
      name,
      measuredRow(rounds, { machine: rounds[0]!.environment.cpu }),
    ]),
  );
}
