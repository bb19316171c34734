/** The frame of every page that Frugal writes: one file, no scripts, nothing fetched. */

import { frugalVersion } from "../run-store/provenance.js";
import { styleSheet } from "./style.js";
import { escapeText } from "./svg.js";

export interface PageParts {
  /** Plain text: it is escaped here. */
  readonly title: string;
  /** Rules beyond the common style sheet. */
  readonly style?: string;
  /** What stands below the title, as HTML. */
  readonly body: readonly string[];
}

export function htmlPage({ title, style, body }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="frugal ${frugalVersion()}">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeText(title)}</title>
<style>${style === undefined ? styleSheet : `${styleSheet}\n${style}`}</style>
</head>
<body><main>
<h1>${escapeText(title)}</h1>
${body.join("\n")}
</main></body>
</html>
`;
}
