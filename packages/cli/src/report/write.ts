/** Writes the report: one HTML file that needs nothing else, and the table as CSV and Markdown. */

import { join } from "node:path";
import { makeFolder, replaceFile } from "../run-store/files.js";
import { costSection } from "./cost-section.js";
import { type ReportData, reportData } from "./data.js";
import { firingSection } from "./firing.js";
import { htmlPage } from "./page.js";
import {
  cards,
  curvesSection,
  exitsSection,
  resultsSection,
  settingsSection,
  sharesSection,
  warningsSection,
} from "./sections.js";
import { escapeText } from "./svg.js";
import { csvReport, markdownReport } from "./table.js";
import { tradeoffSection } from "./tradeoff.js";

export interface WrittenReport {
  readonly html: string;
  readonly csv: string;
  readonly markdown: string;
}

/** Reports on a run or a sweep, into `out` (default: its own folder). */
export function writeReport(folder: string, out = folder): WrittenReport {
  const data = reportData(folder);
  const written = {
    html: join(out, "report.html"),
    csv: join(out, "report.csv"),
    markdown: join(out, "report.md"),
  };
  makeFolder(out);
  replaceFile(written.html, page(data));
  replaceFile(written.csv, csvReport(data));
  replaceFile(written.markdown, markdownReport(data));
  return written;
}

function page(data: ReportData): string {
  const { samples, model } = data.evaluations[0]!.report;
  const words = `${model} on ${data.recipe.data.name}: ${data.evaluations.length} run${data.evaluations.length === 1 ? "" : "s"}, evaluated on ${samples} ${data.split} samples.`;
  return htmlPage({
    title: data.title,
    body: [
      `<p class="soft">${escapeText(words)}</p>`,
      cards(data),
      "<h2>The trade-off</h2>",
      `<p class="soft">What each amount of compute buys. Choose the cost; up and to the left is better.</p>`,
      tradeoffSection(data),
      sharesSection(data),
      curvesSection(data),
      costSection(data.costs),
      firingSection(data),
      resultsSection(data),
      warningsSection(data),
      exitsSection(data),
      settingsSection(data),
    ],
  });
}
