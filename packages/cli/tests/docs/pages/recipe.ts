/** docs/recipe.md: every key of a recipe, from the schema that checks recipes. */

import { parse } from "yaml";
import { recipeJsonSchema } from "../../../src/recipe/schema.js";
import { code, note, table } from "./markdown.js";

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

const show = (value: unknown): string => code(JSON.stringify(value));
const alternatives = (s: Schema): readonly Schema[] => s.anyOf ?? s.oneOf ?? [];

/** The largest safe integer stands for "no limit" in the JSON Schema. */
function range(s: Schema): string {
  const parts = [
    s.minimum !== undefined && s.minimum > Number.MIN_SAFE_INTEGER ? `>= ${s.minimum}` : "",
    s.exclusiveMinimum === undefined ? "" : `> ${s.exclusiveMinimum}`,
    s.maximum !== undefined && s.maximum < Number.MAX_SAFE_INTEGER ? `<= ${s.maximum}` : "",
    s.exclusiveMaximum === undefined ? "" : `< ${s.exclusiveMaximum}`,
  ];
  return parts.filter((p) => p !== "").join(", ");
}

const words: Readonly<Record<string, string>> = {
  integer: "whole number",
  number: "number",
  string: "text",
  boolean: "true or false",
  object: "group",
};

function kind(s: Schema): string {
  if (s.const !== undefined) return show(s.const);
  if (s.enum) return s.enum.map(show).join(", ");
  if (alternatives(s).length > 0) return [...new Set(alternatives(s).map(kind))].join(" or ");
  if (s.type === "array") return `list: ${kind(s.items ?? {})}`;
  return [words[s.type ?? ""] ?? "anything", range(s)].filter((p) => p !== "").join(" ");
}

/** Rows of the keys below `path`, groups before what they hold. */
function rowsOf(s: Schema, path: string): string[][] {
  return Object.entries(s.properties ?? {}).flatMap(([name, child]) => {
    if (name.startsWith("$")) return [];
    const key = path === "" ? name : `${path}.${name}`;
    const isGroup = child.properties !== undefined;
    const fallback =
      child.default !== undefined && !isGroup
        ? show(child.default)
        : s.required?.includes(name)
          ? "required"
          : "";
    const own = [code(key), kind(child), fallback, child.description ?? ""];
    const within = alternatives(child)
      .filter((option) => option.properties)
      .flatMap((option) => {
        const label = option.properties?.name?.const;
        return rowsOf(option, label === undefined ? key : `${key} (${String(label)})`);
      });
    const deeper = [...rowsOf(child, key), ...within];
    return isGroup && !child.description ? deeper : [own, ...deeper];
  });
}

/** `example` is the text of a recipe that comes with Frugal. */
export function recipePage(example: string): string {
  const schema = recipeJsonSchema() as Schema;
  const { name } = parse(example) as { name: string };
  return [
    "# Recipes",
    "",
    note("`packages/cli/src/recipe/schema.ts`"),
    "",
    "A recipe says what is trained, on which data, and what compute costs. It is YAML, JSON, or TypeScript with",
    '`defineRecipe` from `"frugal"`. Every key can be overridden on the command line: `--set optimizer.lr=0.05`.',
    "An unknown key is an error that names the nearest known one. `frugal schema` prints the JSON Schema, for editors.",
    "",
    `The built-in recipe \`${name}\`:`,
    "",
    "```yaml",
    example.trimEnd(),
    "```",
    "",
    "## Keys",
    "",
    table(["key", "value", "default", "meaning"], rowsOf(schema, "")),
    "",
  ].join("\n");
}
