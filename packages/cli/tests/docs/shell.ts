/** Whether the commands on a page exist: asked from the tables of the command line and from package.json. */

import { existsSync, readFileSync } from "node:fs";
import { parseCommandLine } from "../../src/app/parse.js";
import { builtInRecipes, loadRecipe } from "../../src/recipe/load.js";
import { fromRoot } from "./sources.js";

const { scripts } = JSON.parse(readFileSync(fromRoot("package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

/** A line as a shell splits it: quotes hold words together; what follows # or > does not belong to the command. */
export function wordsOf(line: string): string[] {
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3]!);
  const end = words.findIndex((w) => w.startsWith("#") || w === ">" || w === "|");
  return end < 0 ? words : words.slice(0, end);
}

async function checkFrugal(args: readonly string[]): Promise<string | undefined> {
  const call = parseCommandLine(args);
  const [recipe] = call?.words ?? [];
  const takesRecipe = call?.command === "train" || call?.command === "sweep";
  if (!takesRecipe || recipe === undefined || !builtInRecipes().includes(recipe)) return undefined;
  const set = args.flatMap((word, i) => (args[i - 1] === "--set" ? [word] : []));
  await loadRecipe(recipe, { set });
  return undefined;
}

function checkNpm([command, name, dashes, bench]: readonly string[]): string | undefined {
  if (["ci", "install"].includes(command ?? "")) return undefined;
  const script = command === "run" ? name : command;
  if (script === undefined || !(script in scripts)) return `there is no script ${script}`;
  const isBench = script === "bench" && dashes === "--" && bench !== undefined;
  return isBench && !existsSync(fromRoot(`bench/${bench}.mjs`))
    ? `no benchmark ${bench}`
    : undefined;
}

/** What is wrong with a command line; undefined if nothing is. */
export async function complaint(line: string): Promise<string | undefined> {
  const [program, ...args] = wordsOf(line);
  if (program === undefined || program === "cd" || program === "git") return undefined;
  if (program === "npm") return checkNpm(args);
  const isFrugal = program === "frugal" || (program === "npx" && args[0] === "frugal");
  if (isFrugal) {
    return checkFrugal(program === "npx" ? args.slice(1) : args).catch((e: Error) => e.message);
  }
  const path = args.find((word) => word.includes("/"));
  if (program === "npx" && args[0] === "vitest") {
    return path === undefined || existsSync(fromRoot(path)) ? undefined : `there is no ${path}`;
  }
  return `${program} is not a command that these pages may use`;
}
