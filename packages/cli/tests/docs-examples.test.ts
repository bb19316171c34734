/** Every @example of the packages, type-checked and run against the real code. */

import { describe, expect, it } from "vitest";
import { importsFor } from "./docs/imports.js";
import { runSnippet } from "./docs/run.js";
import { sourceExamples } from "./docs/sources.js";
import { createTypes } from "./docs/types.js";

const examples = await Promise.all(
  sourceExamples().map(async (example) => ({ ...example, imports: await importsFor(example) })),
);

describe("examples in the sources", () => {
  it("type-check as a user's code would", () => {
    expect(createTypes(examples).complaints().join("\n")).toBe("");
  }, 60_000);

  it.each(examples)("$file:$line shows what really comes out", async ({ imports, ...example }) => {
    expect((await runSnippet(example, imports)).join("\n")).toBe("");
  });
});
