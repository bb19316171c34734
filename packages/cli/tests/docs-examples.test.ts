/** Every @example of the packages runs against the real code and shows what really comes out. */

import { describe, expect, it } from "vitest";
import { importsFor } from "./docs/imports.js";
import { runSnippet } from "./docs/run.js";
import { sourceExamples } from "./docs/sources.js";

describe("examples in the sources", () => {
  it.each(sourceExamples())("$file:$line", async (example) => {
    expect((await runSnippet(example, await importsFor(example))).join("\n")).toBe("");
  });
});
