/** What a person reads: totals, modules, operators, coverage; several models side by side. */

import { fit, printable } from "./amounts.js";
import { coverageText, operatorTable } from "./coverage-text.js";
import { assumptionsText } from "./energy-text.js";
import { explainedText } from "./explain-text.js";
import { measuredText } from "./measured-text.js";
import type { Subject } from "./subject.js";
import { totalsColumns, totalsList } from "./totals-table.js";
import { treeTable } from "./tree-table.js";

export interface TextOptions {
  readonly width: number;
  /** Levels of the table of modules; given, it is also printed for several models. */
  readonly depth?: number;
  /** Whether to print what the models of energy take for granted. */
  readonly assumptions?: boolean;
}

const MOST_VALUES = 4;

function values(title: string, list: Readonly<Record<string, string>>, width: number): string[] {
  const entries = Object.entries(list);
  const lines = entries
    .slice(0, MOST_VALUES)
    .map(([name, info], i) =>
      fit(`${(i === 0 ? title : "").padEnd(8)}${printable(name)}  ${info}`, width),
    );
  const more = entries.length - MOST_VALUES;
  return more > 0 ? [...lines, `${" ".repeat(8)}and ${more} more`] : lines;
}

const heading = ({ profile }: Subject, width: number): string =>
  [
    fit(printable(profile.path), width),
    ...values("input", profile.inputs, width),
    ...values("output", profile.outputs, width),
  ].join("\n");

/** The same tables mean the same for every model: they are told once. */
const granted = (subjects: readonly Subject[], { width, assumptions }: TextOptions) =>
  assumptions ? [assumptionsText(subjects[0]!, { width })] : [];

function one(subject: Subject, options: TextOptions): string {
  const { width, depth } = options;
  const { profile } = subject;
  return [
    heading(subject, width),
    totalsList(subject, { width }),
    treeTable(profile, { width, ...(depth === undefined ? {} : { depth }) }),
    operatorTable(profile, { width }),
    coverageText(profile, { width }),
    ...granted([subject], options),
    ...timesOf([subject], width),
  ].join("\n\n");
}

/** The measurement of each model that was measured. */
const timesOf = (subjects: readonly Subject[], width: number): readonly string[] =>
  subjects.flatMap(({ name, profile, measured }) => {
    if (!measured) return [];
    const text = measuredText(measured, { profile, width });
    return [subjects.length > 1 ? `${printable(name)}\n${text}` : text];
  });

/** The answer to `--explain`, which is all that was asked then. */
const explanations = (subjects: readonly Subject[], width: number): readonly string[] =>
  subjects.flatMap(({ profile, explained }) =>
    explained
      ? [`${fit(printable(profile.path), width)}\n\n${explainedText(explained, { width })}`]
      : [],
  );

/** The report on all models. */
export function reportText(subjects: readonly Subject[], options: TextOptions): string {
  const explained = explanations(subjects, options.width);
  if (explained.length > 0) return [...explained, ...timesOf(subjects, options.width)].join("\n\n");
  if (subjects.length === 1) return one(subjects[0]!, options);
  const { width, depth } = options;
  return [
    subjects.map((s) => heading(s, width)).join("\n"),
    totalsColumns(subjects, { width }),
    ...(depth === undefined
      ? []
      : subjects.map((s) => `${s.name}\n\n${treeTable(s.profile, { width, depth })}`)),
    ...subjects.map((s) => `${printable(s.name)}\n${coverageText(s.profile, { width })}`),
    ...granted(subjects, options),
    ...timesOf(subjects, width),
  ].join("\n\n");
}
