/** The certificate as tables for the terminal. */

import { formatTable, percent } from "../app/format.js";
import type { Certificate } from "./certificate.js";

const right = "right" as const;

/** Prefixes for what is counted in fractions of its unit. */
const prefixes = [
  ["", 1],
  ["m", 1e-3],
  ["u", 1e-6],
  ["n", 1e-9],
] as const;
const fractional: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  J: prefixes.map(([p, factor]) => [`${p}J`, factor]),
  ms: [
    ["ms", 1],
    ["us", 1e-3],
  ],
};

/** Whole numbers with all digits: whether a budget is met may hang on the last one. */
const exact = (value: number): string =>
  value.toLocaleString(
    "en-US",
    Math.abs(value) < 1000 ? { maximumSignificantDigits: 5 } : { maximumFractionDigits: 2 },
  );

/** How the amounts of a cost are written: in the largest unit of which the whole network has at least one. */
function notationOf({ unit, full }: Certificate["costs"][number]) {
  const units = fractional[unit];
  // Soft gates make fractions of what is counted in whole numbers.
  if (!units) return { unit, text: exact, rough: (v: number) => exact(Math.round(v) || v) };
  const [shown, factor] = units.find(([, f]) => full >= f) ?? units.at(-1)!;
  const text = (v: number) => exact(v / factor);
  return { unit: shown, text, rough: text };
}
const known = (value: number | null, text: (v: number) => string): string =>
  value === null ? "-" : text(value);
const signed = (share: number): string => `${share > 0 ? "+" : ""}${percent(share, 2)}`;
const range = ({ low, high }: { low: number; high: number }, text: (v: number) => string) =>
  `${text(low)} to ${text(high)}`;

function costTable({ costs }: Certificate): string {
  const isTimed = costs.some((c) => c.measured);
  const column = (title: string) => ({ title, align: right });
  const counts = ["requested", "expected", "policy", "executed", "exported"].map(column);
  return formatTable(
    [
      { title: "cost" },
      ...counts,
      ...(isTimed ? [column("measured")] : []),
      ...["to budget", "of full"].map(column),
      { title: "" },
    ],
    costs.map((c) => {
      const { unit, text, rough } = notationOf(c);
      return [
        `${c.name} (${unit})`,
        text(c.requested),
        ...[c.expected, c.policy].map((v) => known(v, rough)),
        ...[c.executed, c.exported].map(text),
        ...(isTimed ? [known(c.measured?.value ?? null, text)] : []),
        signed(c.gaps.budget),
        percent((c.measured?.value ?? c.exported) / c.full, 1),
        c.met ? "met" : "not met",
      ];
    }),
  );
}

/** What is no plain count says how it came about. */
function explained({ costs }: Certificate): string[] {
  return costs.flatMap((c) => {
    const { unit, text } = notationOf(c);
    if (!c.measured) return fractional[c.unit] ? [`${c.name}: ${c.countedBy}`] : [];
    const interval = `95 %: ${range(c.measured, text)} ${unit}`;
    const off = `${signed(c.gaps.measured!)} against the prediction`;
    return [
      `${c.name}: measured ${text(c.measured.value)} ${unit} (${interval}), ${off}: ${c.countedBy}`,
    ];
  });
}

/** What `frugal train` prints at the end of a budget run. */
export function certificateText(certificate: Certificate): string {
  const { accuracy, validationAccuracy, time, channels, masks, note, seeds, data } = certificate;
  const points = (v: number) => percent(v, 2);
  const ms = (v: number) => v.toFixed(3);
  const line = (title: string, text: string) => `${title.padEnd(11)}${text}`;
  const accuracyText = ({ value, interval, split, samples }: Certificate["accuracy"]) =>
    `${points(value)} on ${split} (95 %: ${range(interval, points)}; ${samples} samples)`;
  const kept = (title: string, counts: Certificate["channels"]) => {
    const each = Object.entries(counts).map(([name, c]) => `${name} ${c.kept}/${c.of}`);
    return each.length > 0 ? [line(title, each.join(", "))] : [];
  };
  return [
    costTable(certificate),
    ...explained(certificate),
    "",
    line("accuracy", accuracyText(accuracy)),
    line("", accuracyText(validationAccuracy)),
    line(
      "time",
      `${ms(time.medianMs.value)} ms (95 %: ${range(time.medianMs, ms)}), ${time.ratio.value.toFixed(2)} of the whole network (${range(time.ratio, (v) => v.toFixed(2))}); batch ${time.batch}, ${time.threads} thread${time.threads === 1 ? "" : "s"}`,
    ),
    ...kept("channels", channels),
    ...kept("masks", masks),
    ...(note === "" ? [] : [line("note", note)]),
    line(
      "seeds",
      `run ${seeds.run}, split ${seeds.split}; everything was chosen on ${data.chosenOn}`,
    ),
    line("verdict", certificate.verdict),
  ].join("\n");
}
