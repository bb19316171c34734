/** Runs a snippet against the real packages and compares every value that it shows. */

import { runInThisContext } from "node:vm";
import ts from "typescript";
import { disagreement } from "./expectation.js";
import { load } from "./imports.js";
import { programOf, type Snippet } from "./snippet.js";

type Body = (
  require: (name: string) => unknown,
  exports: Record<string, unknown>,
  console: Pick<Console, "log">,
  shown: (i: number, value: unknown) => void,
  throws: (i: number, body: () => Promise<unknown>) => Promise<void>,
) => Promise<void>;

/** What does not hold, a line each. `imports` are put before the first line. */
export async function runSnippet(snippet: Snippet, imports = ""): Promise<string[]> {
  const { text, promises, faults } = programOf(snippet);
  const problems = [...faults];
  const at = (i: number): string => `${snippet.file}:${promises[i]!.line}`;
  const { outputText } = ts.transpileModule(`${imports} ${text}`, {
    fileName: "example.ts",
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 },
  });
  const modules = new Map<string, unknown>();
  for (const [, name] of outputText.matchAll(/require\("([^"]+)"\)/g)) {
    modules.set(name!, await load(name!));
  }
  const body = runInThisContext(
    `(async (require, exports, console, __shown, __throws) => {${outputText}\n})`,
    { filename: `${snippet.file}:${snippet.line}` },
  ) as Body;
  await body(
    (name) => modules.get(name),
    {},
    { log: () => {} },
    (i, value) => {
      const { comment } = promises[i]!;
      const why = disagreement(value, comment);
      if (why !== undefined) problems.push(`${at(i)}: ${why}; the comment says ${comment}`);
    },
    async (i, code) => {
      const { comment } = promises[i]!;
      const wanted = comment.slice("throws ".length);
      const thrown = await code().then(
        () => "nothing",
        (error: { code?: string; message: string }) => error.code ?? error.message,
      );
      if (thrown !== wanted)
        problems.push(`${at(i)}: throws ${thrown}; the comment says ${wanted}`);
    },
  );
  return problems;
}
