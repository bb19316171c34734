/** docs/errors.md: the error codes, and every message that carries one, found in the sources. */

import { readFileSync } from "node:fs";
import ts from "typescript";
import { exitCodes } from "../../../src/app/exit.js";
import { fromRoot, sourceFiles } from "../sources.js";
import { code, note, table } from "./markdown.js";

interface Message {
  readonly code: string;
  readonly text: string;
  readonly file: string;
}

const parse = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(fromRoot(file), "utf8"), ts.ScriptTarget.ES2023, true);

/** A message with dots where something is filled in; undefined where it is made elsewhere. */
function textOf(node: ts.Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node)) {
    return node.head.text + node.templateSpans.map((s) => `…${s.literal.text}`).join("");
  }
  return undefined;
}

function messages(): Message[] {
  const found: Message[] = [];
  for (const file of sourceFiles()) {
    const visit = (node: ts.Node): void => {
      if (ts.isNewExpression(node) && node.expression.getText() === "UserError") {
        const [given, what] = node.arguments ?? [];
        const text = textOf(what);
        if (given && ts.isStringLiteral(given) && text)
          found.push({ code: given.text, text, file });
      }
      ts.forEachChild(node, visit);
    };
    visit(parse(file));
  }
  return found;
}

/** The codes with the remark above each in the source. */
function codes(): (readonly [name: string, meaning: string])[] {
  const source = parse("packages/core/src/base/errors.ts");
  const type = source.statements.find(
    (s): s is ts.TypeAliasDeclaration =>
      ts.isTypeAliasDeclaration(s) && s.name.text === "ErrorCode",
  )!;
  return (type.type as ts.UnionTypeNode).types.map((member) => {
    const [range] = ts.getLeadingCommentRanges(source.text, member.pos) ?? [];
    const remark = range ? source.text.slice(range.pos, range.end) : "";
    const meaning = remark.replace(/^\/\*\*\s*/, "").replace(/\s*\*\/$/, "");
    return [member.getText().replaceAll('"', ""), meaning] as const;
  });
}

const exits: Readonly<Record<keyof typeof exitCodes, string>> = {
  done: "done",
  failed: "unexpected failure; trying again may help",
  usage: "bad usage, recipe or data; trying again does not help",
  stopped: "stopped after saving a checkpoint; resume it",
  interrupted: "interrupted at once, nothing saved",
};

export function errorsPage(): string {
  const all = messages();
  const list = codes();
  return [
    "# Errors",
    "",
    note("`packages/core/src/base/errors.ts` and the places that throw"),
    "",
    "A mistake that you can mend is a `UserError`: a stable `code`, `what` is wrong, `where`, what is `allowed`, and what to do `next`.",
    "Codes are never reused for another meaning, so scripts may match on them; with `--json` the error is one JSON document.",
    "Anything else is a bug of ours, code `E_INTERNAL`: please report it with what `--verbose` prints.",
    "",
    table(
      ["code", "meaning"],
      list.map(([name, meaning]) => [`[${code(name)}](#${name.toLowerCase()})`, meaning]),
    ),
    "",
    "Exit codes of the command line:",
    "",
    table(
      ["exit code", "meaning"],
      Object.entries(exits).map(([name, meaning]) => [
        String(exitCodes[name as keyof typeof exitCodes]),
        meaning,
      ]),
    ),
    "",
    "The messages, with … where something of yours is filled in:",
    "",
    ...list.flatMap(([name]) => {
      const texts = all.filter((m) => m.code === name).map((m) => `- ${m.text}`);
      return [`## ${name}`, "", ...[...new Set(texts)].sort(), ""];
    }),
  ].join("\n");
}
