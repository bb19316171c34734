/** The TypeScript compiler over the sources of the packages, with snippets as further files. */

import ts from "typescript";
import type { Snippet } from "./snippet.js";
import { fromRoot, publicModules } from "./sources.js";

/** As strict as most users are: `strict`, without the further checks that our own code has. */
const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ["lib.es2023.d.ts"],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  customConditions: ["source"],
  types: ["node"],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
};

export interface TypedSnippet extends Snippet {
  /** Stands before the first line. */
  readonly imports: string;
}

/** The public modules and the snippets as one program. */
export function createTypes(snippets: readonly TypedSnippet[] = []): {
  readonly program: ts.Program;
  /** What the compiler has against the snippets, a line each. */
  readonly complaints: () => string[];
} {
  // In a package of type "module", so that `await` may stand at the top.
  const files = new Map(
    snippets.map((s, i) => [fromRoot(`packages/cli/tests/docs/example-${i}.ts`), s]),
  );
  const host = ts.createCompilerHost(compilerOptions, true);
  const { getSourceFile, fileExists, readFile } = host;
  const textOf = (path: string): string | undefined => {
    const snippet = files.get(path);
    return snippet && `export {}; ${snippet.imports} ${snippet.text}`;
  };
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.readFile = (path) => textOf(path) ?? readFile(path);
  host.getSourceFile = (path, version, ...more) => {
    const text = textOf(path);
    return text === undefined
      ? getSourceFile(path, version, ...more)
      : ts.createSourceFile(path, text, version, true);
  };
  const rootNames = [...publicModules.map((m) => m.file), ...files.keys()];
  const program = ts.createProgram({ rootNames, options: compilerOptions, host });
  const complaints = (): string[] =>
    [...files].flatMap(([path, snippet]) => {
      const source = program.getSourceFile(path)!;
      const found = [
        ...program.getSyntacticDiagnostics(source),
        ...program.getSemanticDiagnostics(source),
      ];
      return found.map(({ start = 0, messageText }) => {
        const line = snippet.line + source.getLineAndCharacterOfPosition(start).line;
        const text = ts.flattenDiagnosticMessageText(messageText, " ");
        return `${snippet.file}:${line}: ${text}`;
      });
    });
  return { program, complaints };
}
