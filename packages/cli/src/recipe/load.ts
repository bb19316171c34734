/** Recipes from files (YAML, JSON, TypeScript, JavaScript) and from Frugal itself, by name. */

import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { extname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "@frugal/core/base";
import { createJiti } from "jiti";
import { parse, YAMLParseError } from "yaml";
import { didYouMean } from "../app/nearest.js";
import { withBudget } from "./budget-option.js";
import { checkRecipe } from "./check.js";
import type { ResolvedRecipe } from "./schema.js";
import { applyOverrides } from "./set.js";

// From src/recipe and from dist/recipe alike.
const builtInFolder = fileURLToPath(new URL("../../recipes/", import.meta.url));

/** Names of the recipes that come with Frugal. */
export const builtInRecipes = (): string[] =>
  readdirSync(builtInFolder)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length));

export interface RecipeOverrides {
  /** `KEY=VALUE`. */
  readonly set?: readonly string[];
  /** `COST=AMOUNT`, several separated by commas. */
  readonly budget?: readonly string[];
}

/** A recipe file, or a built-in recipe by name, with overrides applied and every default filled in. */
export async function loadRecipe(
  given: string,
  { set = [], budget = [] }: RecipeOverrides = {},
): Promise<ResolvedRecipe> {
  const path = locate(given);
  const overridden = applyOverrides(await readRecipe(path, given), set);
  const value = budget.length > 0 ? withBudget(overridden, budget) : overridden;
  const options = [
    ...(set.length > 0 ? ["--set"] : []),
    ...(budget.length > 0 ? ["--budget"] : []),
  ];
  const source = options.length > 0 ? `${given} with ${options.join(" and ")}` : given;
  return checkRecipe(value, source);
}

function locate(given: string): string {
  const path = isAbsolute(given) ? given : resolve(given);
  if (existsSync(path) && extname(path) !== "") return path;
  const names = builtInRecipes();
  if (names.includes(given)) return join(builtInFolder, `${given}.yaml`);
  throw new UserError("E_CONFIG", `there is no recipe ${JSON.stringify(given)}`, {
    where: path,
    allowed: `a .yaml, .json, .ts or .js file, or a built-in recipe: ${names.join(", ")}`,
    next: didYouMean(given, names) ?? "check the path",
  });
}

async function readRecipe(path: string, given: string): Promise<unknown> {
  const kind = extname(path).toLowerCase();
  if ([".ts", ".mts", ".js", ".mjs"].includes(kind)) return importRecipe(path, given);
  if (![".yaml", ".yml", ".json"].includes(kind)) {
    throw new UserError("E_CONFIG", `${given} has a kind that recipes do not have`, {
      where: path,
      allowed: ".yaml, .yml, .json, .ts, .mts, .js, .mjs",
    });
  }
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new UserError("E_CONFIG", `${given} cannot be read`, {
      where: path,
      allowed: "a readable file",
      next: (cause as Error).message,
      cause,
    });
  }
  try {
    // JSON is YAML, but its own parser gives the better message.
    return kind === ".json" ? JSON.parse(text) : parse(text);
  } catch (cause) {
    const position = cause instanceof YAMLParseError ? `:${cause.linePos?.[0].line ?? 1}` : "";
    throw new UserError("E_CONFIG", `${given} is no valid ${kind.slice(1).toUpperCase()}`, {
      where: `${path}${position}`,
      allowed: "a recipe",
      next: (cause as Error).message.split("\n")[0]!,
      cause,
    });
  }
}

async function importRecipe(path: string, given: string): Promise<unknown> {
  // The alias lets a recipe outside any package write import ... from "frugal".
  const index = fileURLToPath(new URL("../index.js", import.meta.url));
  const jiti = createJiti(import.meta.url, { alias: { frugal: index } });
  try {
    return await jiti.import(path, { default: true });
  } catch (cause) {
    throw new UserError("E_CONFIG", `${given} cannot be loaded`, {
      where: path,
      allowed: "a module whose default export is a recipe",
      next: (cause as Error).message.split("\n")[0]!,
      cause,
    });
  }
}
