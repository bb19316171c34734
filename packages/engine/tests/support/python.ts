/** Finds a Python with the packages an oracle needs; tests that want one skip with a reason where there is none. */

import { spawnSync } from "node:child_process";

const found = new Map<string, string | undefined>();

/** A Python that can import `modules`: $FRUGAL_PYTHON, else python3. */
export function pythonWith(...modules: string[]): string | undefined {
  const key = modules.join(", ");
  if (!found.has(key)) {
    const candidates = [process.env.FRUGAL_PYTHON, "python3"].filter((c) => c !== undefined);
    found.set(
      key,
      candidates.find((c) => spawnSync(c, ["-c", `import ${key}`]).status === 0),
    );
  }
  return found.get(key);
}
