/** Where documentation lies: the sources of the packages, the pages, and the code within both. */

import { readdirSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Snippet } from "./snippet.js";

export const root = fileURLToPath(new URL("../../../../", import.meta.url));
export const fromRoot = (path: string): string => `${root}${path}`;

/** Folders of packages/core/src from the lowest layer up: the lower one wins where two export a name. */
export const coreFolders = [
  "base",
  "random",
  "tensor",
  "graph",
  "ops",
  "reference",
  "autodiff",
  "lowering",
  "formats",
  "engine",
  "nn",
  "costs",
  "adaptive",
  "objectives",
  "optim",
  "training",
  "evaluation",
] as const;

/** Every module that users may import, with its file. */
export const publicModules: readonly { readonly name: string; readonly file: string }[] = [
  ...coreFolders.map((folder) => ({
    name: `@frugal/core/${folder}`,
    file: fromRoot(`packages/core/src/${folder}/index.ts`),
  })),
  { name: "@frugal/engine", file: fromRoot("packages/engine/src/index.ts") },
  { name: "frugal", file: fromRoot("packages/cli/src/index.ts") },
];

/** Sources of a package, tests apart. */
function sourcesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "testing" ? [] : sourcesBelow(path);
    return /(?<!\.test|\.d)\.ts$/.test(entry.name) ? [path] : [];
  });
}

/** The sources of all packages, by their paths from the root. */
export const sourceFiles = (): string[] =>
  ["core", "engine", "cli"]
    .flatMap((p) => sourcesBelow(fromRoot(`packages/${p}/src`)))
    .map((path) => relative(root, path))
    .sort();

/** Every `@example` of the packages, in the order of files and lines. */
export function sourceExamples(): Snippet[] {
  return sourceFiles().flatMap((file) => {
    const text = readFileSync(fromRoot(file), "utf8");
    return [...text.matchAll(/^[ \t]*\/\*\*[\s\S]*?\*\//gm)].flatMap(({ 0: comment, index }) => {
      const begin = comment.indexOf("* @example");
      if (begin < 0) return [];
      const lines = comment.slice(begin).split("\n").slice(1);
      const end = lines.findIndex((l) => /^\s*\*\/|^\s*\* @\w/.test(l));
      const body = lines.slice(0, end).map((l) => l.replace(/^\s*\* ?/, ""));
      const line = text.slice(0, index + begin).split("\n").length + 1;
      return [{ file, line, text: body.join("\n") }];
    });
  });
}

export interface Block {
  readonly language: string;
  /** Words behind the language, such as a file name. */
  readonly info: string;
  /** Line of the page that the first line of the code is. */
  readonly line: number;
  readonly text: string;
}

/** The fenced blocks of a Markdown page. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  const lines = page.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const fence = /^```(\w*) ?(.*)$/.exec(lines[i]!);
    if (!fence) continue;
    const end = lines.indexOf("```", i + 1);
    if (end < 0) throw new Error(`line ${i + 1}: this block is never closed`);
    const text = lines.slice(i + 1, end).join("\n");
    blocks.push({ language: fence[1]!, info: fence[2]!, line: i + 2, text });
    i = end;
  }
  return blocks;
}

/** Pages that people wrote; generated ones are checked by their generator. */
export const pages = (): string[] => [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(fromRoot("docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

/** The ts blocks of a page as one program, each line where it is on the page. */
export function pageProgram(file: string): Snippet | undefined {
  const page = readFileSync(fromRoot(file), "utf8");
  const blocks = blocksOf(page).filter((b) => b.language === "ts");
  if (blocks.length === 0) return undefined;
  const lines: string[] = [];
  for (const { line, text } of blocks) {
    while (lines.length < line - 1) lines.push("");
    lines.push(...text.split("\n"));
  }
  return { file, line: 1, text: lines.join("\n") };
}
