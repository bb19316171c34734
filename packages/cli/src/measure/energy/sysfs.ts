/** Files of one value, as the kernel shows them. */

import { readdirSync, readFileSync } from "node:fs";

/** The text, or the system's code of why it cannot be read. */
export type Read = { readonly text: string } | { readonly error: string };

export function readText(path: string): Read {
  try {
    return { text: readFileSync(path, "utf8").trim() };
  } catch (error) {
    return { error: (error as NodeJS.ErrnoException).code ?? "unreadable" };
  }
}

/** The text, or undefined. */
export function textOf(path: string): string | undefined {
  const read = readText(path);
  return "text" in read ? read.text : undefined;
}

/** The number, or undefined where there is no file or no number in it. */
export function numberOf(path: string): number | undefined {
  const text = textOf(path);
  const value = text === undefined || text === "" ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Names in a folder, in order; none where there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
