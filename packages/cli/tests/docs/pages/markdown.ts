/** What the generated pages share: their note and their tables. */

export const note = (source: string): string =>
  `Generated from ${source} by \`npm run docs\`; do not edit.`;

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}

export const code = (text: string): string => `\`${text}\``;
