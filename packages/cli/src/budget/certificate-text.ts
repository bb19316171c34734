/** The certificate as tables for the terminal. */

import { formatTable, percent } from "../app/format.js";
import type { Certificate } from "./certificate.js";

const right = "right" as const;

/** Whole numbers with all digits: whether a budget is met may hang on the last one. */
const exact = (value: number): string =>
  Number.isInteger(value) ? value.toLocaleString("en-US") : String(Number(value.toPrecision(5)));
const known = (value: number | null, text: (v: number) => string): string =>
  value === null ? "-" : text(value);
const signed = (share: number): string => `${share > 0 ? "+" : ""}${percent(share, 2)}`;
const range = ({ low, high }: { low: number; high: number }, text: (v: number) => string) =>
  `${text(low)} to ${text(high)}`;

function costTable({ costs }: Certificate): string {
  return formatTable(
    [
      { title: "cost" },
      { title: "requested", align: right },
      { title: "expected", align: right },
      { title: "policy", align: right },
      { title: "executed", align: right },
      { title: "exported", align: right },
      { title: "to budget", align: right },
      { title: "of full", align: right },
      { title: "" },
    ],
    costs.map((c) => [
      `${c.name} (${c.unit})`,
      exact(c.requested),
      known(c.expected, (v) => exact(Math.round(v) || v)),
      known(c.policy, (v) => exact(Math.round(v) || v)),
      exact(c.executed),
      exact(c.exported),
      signed(c.gaps.budget),
      percent(c.exported / c.full, 1),
      c.met ? "met" : "not met",
    ]),
  );
}

/** What `frugal train` prints at the end of a budget run. */
export function certificateText(certificate: Certificate): string {
  const { accuracy, validationAccuracy, time, channels, seeds, data } = certificate;
  const points = (v: number) => percent(v, 2);
  const ms = (v: number) => v.toFixed(3);
  const line = (title: string, text: string) => `${title.padEnd(11)}${text}`;
  const accuracyText = ({ value, interval, split, samples }: Certificate["accuracy"]) =>
    `${points(value)} on ${split} (95 %: ${range(interval, points)}; ${samples} samples)`;
  const kept = Object.entries(channels).map(([name, c]) => `${name} ${c.kept}/${c.of}`);
  return [
    costTable(certificate),
    "",
    line("accuracy", accuracyText(accuracy)),
    line("", accuracyText(validationAccuracy)),
    line(
      "time",
      `${ms(time.medianMs.value)} ms (95 %: ${range(time.medianMs, ms)}), ${time.ratio.value.toFixed(2)} of the whole network (${range(time.ratio, (v) => v.toFixed(2))}); batch ${time.batch}, ${time.threads} thread${time.threads === 1 ? "" : "s"}`,
    ),
    line("channels", kept.join(", ")),
    line(
      "seeds",
      `run ${seeds.run}, split ${seeds.split}; everything was chosen on ${data.chosenOn}`,
    ),
    line("verdict", certificate.verdict),
  ].join("\n");
}
