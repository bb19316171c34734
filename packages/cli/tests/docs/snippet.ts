/** Code from documentation as a program: which statements show a value, and the same code with those values checked. */

import ts from "typescript";

export interface Snippet {
  /** Where it stands, relative to the repository. */
  readonly file: string;
  /** Line of the file that the first line of the text is. */
  readonly line: number;
  readonly text: string;
}

/** A value that a comment promises. */
export interface Promised {
  /** Line of the file. */
  readonly line: number;
  /** "throws E_SHAPE" or the value as `disagreement` reads it. */
  readonly comment: string;
}

export interface Program {
  /** TypeScript in which every promise is a call: `__shown(i, value)`, `__throws(i, () => ...)`. */
  readonly text: string;
  readonly promises: readonly Promised[];
  /** Comments that should show a value and cannot, with what to do. */
  readonly faults: readonly string[];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The comment that belongs to a statement: behind it, or, for an expression without a semicolon, below it. */
function commentOf(text: string, statement: ts.Statement): string | undefined {
  const rest = text.slice(statement.end);
  const behind = /^[ \t]*\/\/[ ]?([^\n]*)/.exec(rest);
  if (behind) return behind[1]!.trim();
  if (!ts.isExpressionStatement(statement) || text[statement.end - 1] === ";") return undefined;
  const below = /^[ \t]*\n((?:[ \t]*\/\/[^\n]*(?:\n|$))+)/.exec(rest);
  return below
    ?.at(1)
    ?.trimEnd()
    .split("\n")
    .map((line) => line.replace(/^\s*\/\/ ?/, ""))
    .join("\n");
}

/** What the comment is about: an expression, a variable just declared, what `console.log` prints. */
function subject(statement: ts.Statement): ts.Expression | ts.Identifier | undefined {
  if (ts.isVariableStatement(statement)) {
    const [declaration, ...more] = statement.declarationList.declarations;
    return more.length === 0 && ts.isIdentifier(declaration!.name) ? declaration!.name : undefined;
  }
  if (!ts.isExpressionStatement(statement)) return undefined;
  const { expression } = statement;
  const isPrint =
    ts.isCallExpression(expression) &&
    expression.expression.getText() === "console.log" &&
    expression.arguments.length === 1;
  return isPrint ? expression.arguments[0] : expression;
}

/** Puts the checks into a snippet. */
export function programOf({ file, line, text }: Snippet): Program {
  const source = ts.createSourceFile("example.ts", text, ts.ScriptTarget.ES2023, true);
  const promises: Promised[] = [];
  const faults: string[] = [];
  const edits: Edit[] = [];
  for (const statement of source.statements) {
    const comment = commentOf(text, statement);
    if (comment === undefined || comment.startsWith("biome-ignore")) continue;
    const at = line + source.getLineAndCharacterOfPosition(statement.getStart()).line;
    const about = subject(statement);
    if (!about) {
      faults.push(
        `${file}:${at}: a remark on this statement goes above it, not behind: ${comment}`,
      );
      continue;
    }
    const i = promises.push({ line: at, comment }) - 1;
    const code = about.getText();
    if (ts.isVariableStatement(statement)) {
      edits.push({ start: statement.end, end: statement.end, text: `; __shown(${i}, ${code});` });
    } else if (comment.startsWith("throws ")) {
      const call = `await __throws(${i}, async () => (${code}));`;
      edits.push({ start: statement.getStart(), end: statement.end, text: call });
    } else {
      const call = `;__shown(${i}, (${code}));`;
      edits.push({ start: statement.getStart(), end: statement.end, text: call });
    }
  }
  const checked = edits
    .reverse()
    .reduce((t, { start, end, text: by }) => t.slice(0, start) + by + t.slice(end), text);
  return { text: checked, promises, faults };
}

/** Names that the snippet reads and does not make at its top level; types too. */
export function openNames(text: string): Set<string> {
  const source = ts.createSourceFile("example.ts", text, ts.ScriptTarget.ES2023, true);
  const used = new Set<string>();
  const own = new Set<string>();
  const visit = (node: ts.Node, depth: number): void => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const named = parent as ts.Node & {
        readonly name?: ts.Node;
        readonly propertyName?: ts.Node;
      };
      const isName = named.name === node || named.propertyName === node;
      // `{ x }` reads x as well as naming a property.
      if (!isName || ts.isShorthandPropertyAssignment(parent)) used.add(node.text);
      else if (depth === 0 && !ts.isPropertyAccessExpression(parent)) own.add(node.text);
    }
    const isScope =
      ts.isFunctionLike(node) || ts.isBlock(node) || ts.isObjectLiteralExpression(node);
    // The name of a function belongs to the outside.
    ts.forEachChild(node, (child) =>
      visit(child, isScope && child !== (node as { name?: ts.Node }).name ? depth + 1 : depth),
    );
  };
  visit(source, 0);
  for (const name of own) used.delete(name);
  return used;
}
