/** `--set a.b=c`: overrides of a recipe's keys, checked by the same schema afterwards. */

import { UserError } from "@frugal/core/base";
import { parse } from "yaml";

/**
 * The recipe with the overrides applied, each `key.path=value`; values are YAML, so `[0, 1]` and `true` mean themselves.
 *
 * @example
 * applyOverrides({ optimizer: { name: "sgd" } }, ["optimizer.lr=0.05"]) // { optimizer: { name: "sgd", lr: 0.05 } }
 */
export function applyOverrides(recipe: unknown, overrides: readonly string[]): unknown {
  if (overrides.length === 0) return recipe;
  const result = structuredClone(recipe) as Record<string, unknown>;
  for (const override of overrides) {
    const equals = override.indexOf("=");
    const path = override.slice(0, Math.max(0, equals)).split(".");
    if (equals <= 0 || path.some((key) => key === "")) {
      throw new UserError("E_USAGE", `--set ${override} is not understood`, {
        allowed: "KEY=VALUE, where KEY may have dots: --set optimizer.lr=0.05",
      });
    }
    set(result, path, parseValue(override.slice(equals + 1), override), override);
  }
  return result;
}

function parseValue(text: string, override: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new UserError("E_USAGE", `the value in --set ${override} cannot be read`, {
      allowed: "YAML: a number, true, a text, [a, list]",
      cause,
    });
  }
}

function set(root: object, path: readonly string[], value: unknown, override: string): void {
  let at = root as Record<string, unknown>;
  for (const [i, key] of path.slice(0, -1).entries()) {
    // Own properties only: "__proto__" must not reach the prototype.
    const next = Object.hasOwn(at, key) ? at[key] : undefined;
    if (next === undefined || next === null) {
      Object.defineProperty(at, key, { value: {}, enumerable: true, writable: true });
    } else if (typeof next !== "object") {
      throw new UserError("E_CONFIG", `${path.slice(0, i + 1).join(".")} is not a group of keys`, {
        where: `--set ${override}`,
        next: `set ${path.slice(0, i + 1).join(".")} itself`,
      });
    }
    at = at[key] as Record<string, unknown>;
  }
  const last = path.at(-1)!;
  Object.defineProperty(at, last, { value, enumerable: true, writable: true, configurable: true });
}
