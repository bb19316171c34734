/** docs/api/: every public name with its type, from the compiler, a page for each module. */

import ts from "typescript";
import { publicModules } from "../sources.js";
import { note, table } from "./markdown.js";

const printer = ts.createPrinter({ removeComments: true });
const format =
  ts.TypeFormatFlags.NoTruncation |
  ts.TypeFormatFlags.WriteArrowStyleSignature |
  ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope |
  ts.TypeFormatFlags.OmitParameterModifiers;
/** A longer type is that of a table, whose members have pages of their own. */
const LONGEST = 1500;

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, " ");

function membersOf(type: ts.Type, checker: ts.TypeChecker, at: ts.Node): string[] {
  return checker.getPropertiesOfType(type).flatMap((member) => {
    const text = checker.typeToString(checker.getTypeOfSymbolAtLocation(member, at), at, format);
    const own = member.declarations?.[0]?.getSourceFile().isDeclarationFile === false;
    return own ? [`  ${member.name}: ${text};`] : [];
  });
}

/** One public name as TypeScript would declare it. */
function declare(name: string, symbol: ts.Symbol, checker: ts.TypeChecker): string[] {
  const declaration = symbol.declarations?.[0];
  if (!declaration) return [];
  const source = declaration.getSourceFile();
  if (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration)) {
    const text = printer.printNode(ts.EmitHint.Unspecified, declaration, source);
    return [
      text
        .replace(/^export /, "")
        .replaceAll(/^(?: {4})+/gm, (indent) => " ".repeat(indent.length / 2)),
    ];
  }
  const type = checker.getTypeOfSymbolAtLocation(symbol, declaration);
  if (ts.isClassDeclaration(declaration)) {
    const made = type
      .getConstructSignatures()
      .map(
        (s) =>
          `  ${checker.signatureToString(s, declaration, format, ts.SignatureKind.Construct)};`,
      );
    const members = membersOf(checker.getDeclaredTypeOfSymbol(symbol), checker, declaration);
    return [`class ${name} {`, ...made, ...members, "}"];
  }
  if (ts.isSourceFile(declaration) || symbol.flags & ts.SymbolFlags.ValueModule) {
    const inner = checker
      .getExportsOfModule(symbol)
      .sort((a, b) => a.name.localeCompare(b.name))
      .flatMap((s) => declare(s.name, resolve(s, checker), checker));
    return [`namespace ${name} {`, ...inner.map((l) => `  ${l.replaceAll("\n", "\n  ")}`), "}"];
  }
  const signatures = type.getCallSignatures();
  const isPlain = signatures.length > 0 && checker.getPropertiesOfType(type).length === 0;
  if (isPlain && !(ts.isVariableDeclaration(declaration) && declaration.type)) {
    return signatures.map((s) =>
      oneLine(
        `function ${name}${checker.signatureToString(s, declaration, format & ~ts.TypeFormatFlags.WriteArrowStyleSignature)};`,
      ),
    );
  }
  const text = oneLine(checker.typeToString(type, declaration, format));
  const known =
    text.length > LONGEST
      ? `{ ${checker
          .getPropertiesOfType(type)
          .map((p) => p.name)
          .join("; ")} }`
      : text;
  return [`const ${name}: ${known};`];
}

const resolve = (symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

const fileOf = (module: string): string =>
  `${module.replace("@frugal/", "").replaceAll("/", "-")}.md`;

/** Pages by file name below docs/api. */
export function apiPages(program: ts.Program): Map<string, string> {
  const checker = program.getTypeChecker();
  const exportsOf = (file: string): ts.Symbol[] =>
    checker
      .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  const index = publicModules.map(({ name, file }) => [
    `[${name}](${fileOf(name)})`,
    String(exportsOf(file).length),
  ]);
  const made = `${note("the sources")} A change here is a change for users: make it on purpose.`;
  const pages = publicModules.map(({ name, file }) => {
    const lines = exportsOf(file).flatMap((symbol) =>
      declare(symbol.name, resolve(symbol, checker), checker),
    );
    const page = [`# ${name}`, "", made, "", "```typescript", ...lines, "```", ""];
    return [fileOf(name), page.join("\n")] as const;
  });
  const modules = ["# API", "", made, "", table(["module", "public names"], index), ""];
  return new Map([["README.md", modules.join("\n")], ...pages]);
}

/** Functions and classes that users can call and that have no `@example`, as "module name". */
export function withoutExample(program: ts.Program): string[] {
  const checker = program.getTypeChecker();
  return publicModules.flatMap(({ name, file }) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
    return checker.getExportsOfModule(module).flatMap((exported) => {
      const symbol = resolve(exported, checker);
      const declaration = symbol.declarations?.[0];
      if (!declaration || !(symbol.flags & ts.SymbolFlags.Value)) return [];
      const type = checker.getTypeOfSymbolAtLocation(symbol, declaration);
      const isCalled = type.getCallSignatures().length > 0 || symbol.flags & ts.SymbolFlags.Class;
      const hasExample = ts.getJSDocTags(declaration).some((t) => t.tagName.text === "example");
      return isCalled && !hasExample ? [`${name} ${exported.name}`] : [];
    });
  });
}
