/** Checks a recipe and says what is wrong in one message: the path, what was expected, what was given. */

import { UserError } from "@frugal/core/base";
import type { z } from "zod";
import { didYouMean } from "../app/nearest.js";
import { checkBudget } from "./check-budget.js";
import { checkChannels } from "./check-channels.js";
import { checkDensity, checkPrice } from "./check-density.js";
import { checkLambda } from "./check-lambda.js";
import { checkMasks } from "./check-masks.js";
import { partOptions } from "./part-options.js";
import { type ObjectiveKind, type ResolvedRecipe, recipeSchema } from "./schema.js";
import { parseBudget } from "./units.js";

type Issue = z.core.$ZodIssue;

const needExits: ReadonlySet<ObjectiveKind> = new Set(["exits", "joint"]);

/**
 * The recipe with defaults filled in.
 *
 * @example
 * const model = { name: "mlp", exits: ["hidden0"] };
 * checkRecipe({ name: "mine", data: { name: "optdigits" }, model }, "recipe.yaml").epochs // 20
 */
export function checkRecipe(value: unknown, source: string): ResolvedRecipe {
  if (valueAt(value, ["objective", "kind"]) === "density") {
    checkPrice(valueAt(value, ["objective", "lambda"]), source);
  }
  const parsed = recipeSchema.safeParse(value);
  if (!parsed.success)
    throw describeIssues(parsed.error.issues, { value, source, schema: recipeSchema });
  const recipe = parsed.data;
  checkOptions(recipe, source);
  recipe.evaluate.budgets.forEach((budget, i) => {
    parseBudget(budget, `${source}: evaluate.budgets.${i}`);
  });
  if (needExits.has(recipe.objective.kind) && recipe.model.exits.length === 0) {
    throw new UserError(
      "E_CONFIG",
      `objective "${recipe.objective.kind}" needs a model with exits`,
      {
        where: `${source}: model.exits`,
        allowed: "at least one place of the model",
        next: 'name the places in model.exits, or set objective.kind to "plain"',
      },
    );
  }
  checkMasks(recipe, source);
  checkBudget(recipe, source);
  checkChannels(recipe, source);
  checkLambda(recipe, source);
  const sizes = recipe.evaluate.timed;
  if (sizes.some((size, i) => i > 0 && size <= sizes[i - 1]!)) {
    throw new UserError("E_CONFIG", `the timed batch sizes ${sizes.join(", ")} do not rise`, {
      where: `${source}: evaluate.timed`,
      allowed: "a rising list such as [1, 32]",
    });
  }
  const repeated = recipe.model.exits.find((exit, i, all) => all.indexOf(exit) !== i);
  if (repeated !== undefined) {
    throw new UserError("E_CONFIG", `exit ${JSON.stringify(repeated)} is named twice`, {
      where: `${source}: model.exits`,
      allowed: "each place once",
    });
  }
  return checkDensity(recipe, source);
}

/** The options of a part are its own: what they may be depends on its name. */
function checkOptions(recipe: ResolvedRecipe, source: string): void {
  for (const part of ["data", "model", "schedule"] as const) {
    const { name, options } = recipe[part];
    const schema = partOptions[part][name];
    // A data set of another name is refused where data sets are known.
    const parsed = schema?.safeParse(options);
    if (!schema || !parsed || parsed.success) continue;
    throw describeIssues(parsed.error.issues, {
      value: options,
      source,
      schema,
      below: [part, "options"],
      of: `${part} "${name}"`,
    });
  }
}

export interface Checked {
  readonly value: unknown;
  readonly source: string;
  readonly schema: z.core.$ZodType;
  /** Where in the recipe the value stands. */
  readonly below?: readonly string[];
  /** Whose options they are. */
  readonly of?: string;
}

/** What is wrong with a value that a schema refused, as one error for its author. */
export function describeIssues(
  issues: readonly Issue[],
  { value, source, schema, below = [], of }: Checked,
): UserError {
  const issue = deepest(issues[0]!);
  const path = issue.path.map(String);
  const full = [...below, ...path];
  const where = `${source}: ${full.join(".") || "(the whole recipe)"}`;
  const given = valueAt(value, path);
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const known = knownKeys(schema, path, value);
    const hint = didYouMean(key, known);
    const nothing = of === undefined ? {} : { allowed: `${of} has no options` };
    return new UserError("E_CONFIG", `unknown key ${JSON.stringify(key)}${more}`, {
      where: `${source}: ${[...full, key].join(".")}`,
      ...(known.length > 0 ? { allowed: known.join(", ") } : nothing),
      next: hint ?? "remove the key",
    });
  }
  if (given === undefined && path.length > 0) {
    return new UserError("E_CONFIG", `${full.join(".")} is missing${more}`, {
      where,
      allowed: expectation(issue),
      next: `add ${full.join(".")}`,
    });
  }
  return new UserError("E_CONFIG", `${show(given)} is not allowed here${more}`, {
    where,
    allowed: expectation(issue),
    next: nearestValue(issues[0]!, given) ?? "change the value",
  });
}

/** Of names, the one that was most likely meant. */
function nearestValue(issue: Issue, given: unknown): string | undefined {
  if (typeof given !== "string") return undefined;
  const alternatives = issue.code === "invalid_union" ? issue.errors.flat() : [issue];
  const names = alternatives.flatMap((one) => (one.code === "invalid_value" ? one.values : []));
  return didYouMean(given, names.map(String));
}

/** Of the alternatives of a union, the one that came furthest says what was meant. */
function deepest(issue: Issue): Issue {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue;
  const nested = issue.errors
    .flatMap((branch) => branch.slice(0, 1))
    .map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }) as Issue);
  const best = nested.reduce((a, b) => (b.path.length > a.path.length ? b : a));
  if (best.path.length > issue.path.length || best.code === "unrecognized_keys")
    return deepest(best);
  // None came further than the value itself: all alternatives are allowed.
  const expected = [...new Set(nested.map(expectation))].join(", or ");
  return { code: "custom", path: issue.path, message: expected, input: issue.input } as Issue;
}

function expectation(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.expected === "int" ? "a whole number" : article(issue.expected);
    case "too_small":
      return `${article(issue.origin === "int" ? "number" : issue.origin)} ${bound(issue, issue.inclusive === false ? ">" : ">=", issue.minimum)}`;
    case "too_big":
      return `${article(issue.origin === "int" ? "number" : issue.origin)} ${bound(issue, issue.inclusive === false ? "<" : "<=", issue.maximum)}`;
    case "invalid_value":
      return issue.values.map((v) => JSON.stringify(v)).join(", ");
    case "invalid_format":
      return `text that matches ${"pattern" in issue ? issue.pattern : issue.format}`;
    case "invalid_union":
      return "discriminator" in issue && "options" in issue ? String(issue.options) : issue.message;
    default:
      return issue.message;
  }
}

const bound = (issue: { origin: string }, sign: string, limit: number | bigint): string =>
  issue.origin === "array" || issue.origin === "string"
    ? `of length ${sign} ${limit}`
    : `${sign} ${limit}`;

const articles: Readonly<Record<string, string>> = {
  int: "a whole number",
  number: "a number",
  string: "a text",
  boolean: "true or false",
  array: "a list",
  object: "a group of keys",
  record: "a group of keys",
};
const article = (kind: string): string => articles[kind] ?? kind;

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/** The keys that the schema knows at a path, through defaults and the alternatives of a union. */
function knownKeys(schema: z.core.$ZodType, path: readonly string[], value: unknown): string[] {
  let at: z.core.$ZodType | undefined = schema;
  for (const [depth, key] of path.entries()) {
    at = shapesOf(at, valueAt(value, path.slice(0, depth)))[key];
    if (at === undefined) return [];
  }
  return Object.keys(shapesOf(at, valueAt(value, path))).filter((k) => !k.startsWith("$"));
}

function shapesOf(type: z.core.$ZodType, value: unknown): Record<string, z.core.$ZodType> {
  const { def } = type._zod as unknown as { def: Record<string, unknown> };
  if (def.type === "object") return def.shape as Record<string, z.core.$ZodType>;
  const each =
    def.type === "record" ? def.valueType : def.type === "array" ? def.element : undefined;
  if (each) {
    const keys = Object.keys((value ?? {}) as object);
    return Object.fromEntries(keys.map((key) => [key, each as z.core.$ZodType]));
  }
  if (def.innerType) return shapesOf(def.innerType as z.core.$ZodType, value);
  if (def.type === "union") {
    const all = (def.options as z.core.$ZodType[]).map((o) => shapesOf(o, value));
    const chosen = (value as { name?: unknown } | undefined)?.name;
    const match = all.find((shape) => literalOf(shape.name) === chosen && chosen !== undefined);
    return match ?? Object.assign({}, ...all);
  }
  return {};
}

function literalOf(type: z.core.$ZodType | undefined): unknown {
  const { def } = (type?._zod ?? { def: {} }) as unknown as { def: { values?: unknown[] } };
  return def.values?.[0];
}
