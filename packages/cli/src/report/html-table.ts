/** A table of the report. */

import { escapeText } from "./svg.js";
import type { Row } from "./table.js";

export const htmlTable = (columns: readonly string[], rows: readonly Row[]): string =>
  `<div class="scroll"><table><thead><tr>${columns.map((c) => `<th>${escapeText(c)}</th>`).join("")}</tr></thead><tbody>${rows
    .map(
      ({ cells, chosen }) =>
        `<tr${chosen ? ' class="chosen"' : ""}>${cells.map((c) => `<td>${escapeText(c)}</td>`).join("")}</tr>`,
    )
    .join("")}</tbody></table></div>`;
