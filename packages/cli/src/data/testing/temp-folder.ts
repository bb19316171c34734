/** A fresh folder for each test, removed afterwards. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach } from "vitest";

/** Call once in a describe block; `path()` is valid inside its tests. */
export function useTempFolder(): {
  path(...parts: string[]): string;
  write(name: string, bytes: Uint8Array | string): string;
} {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "frugal-data-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const path = (...parts: string[]): string => join(folder, ...parts);
  return {
    path,
    write(name, bytes) {
      mkdirSync(dirname(path(name)), { recursive: true });
      writeFileSync(path(name), bytes);
      return path(name);
    },
  };
}
