// A reporter for vitest that keeps what was skipped and why: the summary of npm test prints it.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

export const skipsFile = fileURLToPath(
  new URL("../node_modules/.cache/frugal-skips.json", import.meta.url),
);

/** The reason that the test gave as it ran, else the one that its name gives. */
function reasonOf(note, name) {
  if (note) return note;
  const [, words] = /((?:skipped|needs|not here:)[^()]*)/.exec(name) ?? [];
  return words ? "stands in the name" : "NO REASON GIVEN";
}

// biome-ignore lint/style/noDefaultExport: vitest loads a reporter by its default export.
export default class SkipReporter {
  onTestRunEnd(modules) {
    const skipped = [];
    for (const module of modules) {
      for (const test of module.children.allTests("skipped")) {
        const { fullName: name } = test;
        const reason = reasonOf(test.result().note, name);
        skipped.push({ file: module.relativeModuleId, name, reason });
      }
    }
    mkdirSync(dirname(skipsFile), { recursive: true });
    writeFileSync(skipsFile, JSON.stringify(skipped));
  }
}
