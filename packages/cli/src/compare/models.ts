/** From files, options and notes to the models that are compared. */

import { UserError } from "@frugal/core/base";
import type { Profile } from "@frugal/core/costs";
import type { ComparedModel, Counts, DeclaredFacts, MeasuredRow } from "@frugal/core/evaluation";
import { accuracyReading, type ModelNotes, measuredReading } from "./notes.js";
import { fileNamed, type NamedFile } from "./subjects.js";

/** Notes by the name of the model's column. */
export function notesByName(
  notes: Readonly<Record<string, ModelNotes>>,
  files: readonly NamedFile[],
  { where }: { readonly where: string },
): ReadonlyMap<string, ModelNotes> {
  return new Map(
    Object.entries(notes).map(([given, about]) => {
      const { name } = fileNamed(files, given, { where });
      if (about.resizedToMatch === undefined) return [name, about];
      const match = fileNamed(files, about.resizedToMatch, { where });
      return [name, { ...about, resizedToMatch: match.name }];
    }),
  );
}

function countsOf(notes: ModelNotes, profile: Profile): Counts {
  const { activeParameters, zeroShare } = notes;
  if (activeParameters !== undefined && activeParameters > profile.parameters) {
    throw new UserError(
      "E_CONFIG",
      `${activeParameters} active parameters of ${profile.parameters} in the file`,
      { where: profile.path, allowed: "at most as many as there are", next: "correct the notes" },
    );
  }
  return {
    ...(activeParameters === undefined ? {} : { activeParameters }),
    ...(zeroShare === undefined
      ? {}
      : { zeroParameters: Math.round(zeroShare * profile.parameters) }),
  };
}

function declaredOf({ family, skipsZeros, resizedToMatch }: ModelNotes): DeclaredFacts {
  return {
    ...(family === undefined ? {} : { family }),
    ...(skipsZeros === undefined ? {} : { skipsZeros }),
    ...(resizedToMatch === undefined ? {} : { resizedToMatch }),
  };
}

export interface ModelSources {
  readonly name: string;
  readonly profile: Profile;
  readonly notes?: ModelNotes;
  /** From the command line: it overrides the notes. */
  readonly accuracy?: number;
  /** Measured just now. */
  readonly measured?: MeasuredRow;
}

/** One model with all that is known of it. */
export function comparedModel({
  name,
  profile,
  notes = {},
  accuracy,
  measured,
}: ModelSources): ComparedModel {
  const reading =
    accuracy !== undefined
      ? { value: accuracy }
      : notes.accuracy === undefined
        ? undefined
        : accuracyReading(notes.accuracy);
  return {
    name,
    profile,
    counts: countsOf(notes, profile),
    declared: declaredOf(notes),
    measured: [...(measured ? [measured] : []), ...(notes.measured ?? []).map(measuredReading)],
    ...(reading ? { accuracy: reading } : {}),
  };
}
