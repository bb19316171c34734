/** Accuracies as they are typed: shares, or per cent. */

import { UserError } from "@frugal/core/base";
import { fileNamed, type NamedFile } from "./subjects.js";

const allowed = "MODEL=VALUE with a share or per cent, such as a=0.761, a=76.1 or a=76.1%";

function shareOf(text: string, option: string): number {
  const match = /^([0-9]*\.?[0-9]+)(%?)$/.exec(text.trim());
  const value = match ? Number(match[1]) : Number.NaN;
  const share = match?.[2] === "%" || value > 1 ? value / 100 : value;
  if (share >= 0 && share <= 1) return share;
  throw new UserError("E_USAGE", `${JSON.stringify(text)} is no accuracy`, {
    where: option,
    allowed,
  });
}

/**
 * Accuracies by the name of the model.
 *
 * @throws UserError E_USAGE for unknown models, values outside of [0, 1] and models that are named twice.
 */
export function accuraciesOf(
  texts: readonly string[] = [],
  files: readonly NamedFile[],
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const text of texts) {
    const where = `--accuracy ${text}`;
    const at = text.lastIndexOf("=");
    if (at <= 0) throw new UserError("E_USAGE", "an accuracy without a model", { where, allowed });
    const { name } = fileNamed(files, text.slice(0, at), { where });
    if (found.has(name)) {
      throw new UserError("E_USAGE", `${name} has two accuracies`, {
        where,
        allowed: "one --accuracy for each model",
        next: "leave one of them out",
      });
    }
    found.set(name, shareOf(text.slice(at + 1), where));
  }
  return found;
}
