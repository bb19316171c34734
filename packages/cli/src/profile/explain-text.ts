/** Why two numbers for one model differ, term by term, and what every counter would print. */

import {
  type ConventionName,
  conventions,
  describeTraits,
  type ExplainedNumbers,
  type Explanation,
  type ExplanationStep,
  type NumberReading,
  type SourceTraits,
} from "@frugal/core/costs";
import { formatTable } from "../app/format.js";
import { exact, fit, share, short } from "./amounts.js";
import type { CounterTotal, Explained } from "./explain.js";
import { wrap } from "./totals-table.js";

const ruled = (table: string): string =>
  table.replace(/^[- ]+$/m, (rule) => "─".repeat(rule.length));

const signed = (value: number): string => (value > 0 ? `+${exact(value)}` : exact(value));

/** ×2, ×0.5. */
const times = (factor: number): string => `×${Number(factor.toPrecision(3))}`;

function counterTable(counters: readonly CounterTotal[], width: number): string {
  const table = ruled(
    formatTable(
      [
        { title: "counter" },
        { title: "prints", align: "right" },
        { title: "", align: "right" },
        { title: "unit" },
      ],
      counters.map((c) => [c.name, exact(c.total), short(c.total), c.unit]),
    ),
  );
  const longest = Math.max(...table.split("\n").map((line) => line.length));
  const room = width - longest - 2;
  if (room < 24) {
    const sentences = counters.flatMap((c) =>
      wrap(`${c.name}: ${c.counts}`, width - 4).map(
        (line, i) => `${i === 0 ? "  - " : "    "}${line}`,
      ),
    );
    return [table, "", ...sentences].join("\n");
  }
  // The sentence of each counter beside its row.
  const [head, rule, ...rows] = table.split("\n");
  const body = rows.flatMap((row, i) =>
    wrap(counters[i]!.counts, room).map((line, k) =>
      `${(k === 0 ? row : "").padEnd(longest)}  ${line}`.trimEnd(),
    ),
  );
  return [
    `${head!.padEnd(longest)}  what it counts`,
    `${rule}${"─".repeat(2 + Math.min(room, 30))}`,
    ...body,
  ].join("\n");
}

const sentenceOf = (name: ConventionName, total: number): string =>
  `${conventions[name].title} prints ${exact(total)} ${conventions[name].unit}: ${conventions[name].counts}`;

/** The widths from which on counts are shown, are written in full, and shares are shown. */
const COUNTS = 76;
const FULL_COUNTS = 104;
const SHARES = 92;

function stepTable(explanation: Explanation, width: number): string {
  const { from, to, fromTotal, toTotal, difference, steps } = explanation;
  const columns: readonly (readonly [
    title: string,
    cell: (s: ExplanationStep) => string,
    last: string,
  ])[] = [
    [from, (s) => times(s.fromFactor), exact(fromTotal)],
    [to, (s) => times(s.toFactor), exact(toTotal)],
    ...(width >= COUNTS
      ? [
          [
            "count",
            (s: ExplanationStep) => (width >= FULL_COUNTS ? exact(s.count) : short(s.count)),
            "",
          ] as const,
        ]
      : []),
    ["change", (s) => signed(s.change), signed(difference)],
    ...(width >= SHARES
      ? [
          [
            "share",
            (s: ExplanationStep) => share(Math.abs(s.change), Math.abs(difference)),
            "",
          ] as const,
        ]
      : []),
  ];
  const numbers = [
    ...steps.map((s) => columns.map(([, cell]) => cell(s))),
    columns.map(([, , last]) => last),
  ];
  const taken = columns.reduce(
    (n, [title], i) => n + 2 + Math.max(title.length, ...numbers.map((row) => row[i]!.length)),
    0,
  );
  const room = Math.max(12, width - taken);
  const labels = [...steps.map((s) => fit(s.label, room)), "together"];
  const lines = ruled(
    formatTable(
      [{ title: "term" }, ...columns.map(([title]) => ({ title, align: "right" }) as const)],
      numbers.map((row, i) => [labels[i]!, ...row]),
    ),
  ).split("\n");
  return [...lines.slice(0, -1), lines[1]!, lines.at(-1)!].join("\n");
}

/** What was said, or found out, about the Python behind the file. */
function traitLines(list: readonly SourceTraits[], width: number): readonly string[] {
  const sentences = [...new Set(list.flatMap(describeTraits))];
  return sentences.length === 0 ? [] : wrap(`Taken for granted: ${sentences.join("; ")}.`, width);
}

function explanationText(explanation: Explanation, width: number): string {
  const { fromTraits, toTraits, from, to, fromTotal, toTotal, difference, steps } = explanation;
  const intro = [
    ...[sentenceOf(from, fromTotal), sentenceOf(to, toTotal)].flatMap((s) => wrap(s, width)),
    ...traitLines([fromTraits, toTraits], width),
  ];
  if (difference === 0 && steps.length === 0) {
    return [...intro, "They agree for this model, term by term."].join("\n");
  }
  const notes = steps.flatMap(({ label, note }) => (note ? [`${label}: ${note}`] : []));
  return [
    ...intro,
    "",
    stepTable(explanation, width),
    "",
    ...notes.flatMap((note) =>
      wrap(note, width - 4).map((line, i) => `${i === 0 ? "  - " : "    "}${line}`),
    ),
  ].join("\n");
}

const MOST_MATCHES = 4;

/** Who prints a number, or who comes closest. */
function readingText(printed: NumberReading, width: number): string {
  const { matches, nearest, value } = printed;
  if (matches.length === 0) {
    const off = share(Math.abs(nearest.total - value), value);
    return wrap(
      `${short(value)}: no counter prints it for this model. Closest is ${conventions[nearest.convention].title} with ${exact(nearest.total)} ${conventions[nearest.convention].unit}, ${off} away. Check the input size, the batch and the variant of the network.`,
      width,
    ).join("\n");
  }
  const lines = matches.slice(0, MOST_MATCHES).flatMap((m) => {
    const how = describeTraits(m.traits);
    const where = how.length > 0 ? `, if ${how.join(" and ")}` : "";
    const text = `${conventions[m.convention].title}: ${exact(m.total)} ${conventions[m.convention].unit} (${m.agreement})${where}`;
    return wrap(text, width - 4).map((line, i) => `${i === 0 ? "  - " : "    "}${line}`);
  });
  const more = matches.length - MOST_MATCHES;
  return [
    `${short(value)} is what these print:`,
    ...lines,
    ...(more > 0 ? [`    and ${more} more`] : []),
  ].join("\n");
}

function numbersText({ a, b, explanation }: ExplainedNumbers, width: number): string {
  return [
    readingText(a, width),
    readingText(b, width),
    ...(explanation ? [explanationText(explanation, width)] : []),
  ].join("\n\n");
}

/** The answer to `--explain`. */
export function explainedText(explained: Explained, { width }: { readonly width: number }): string {
  if (explained.kind === "all") {
    const granted = traitLines([explained.traits], width);
    return [...granted, counterTable(explained.counters, width)].join("\n");
  }
  if (explained.kind === "tools") return explanationText(explained.explanation, width);
  return numbersText(explained.numbers, width);
}
