/** What the compiler says of the documentation: examples and pages type-check, and what is public is on record. */

import { describe, expect, it } from "vitest";
import { importsFor } from "./docs/imports.js";
import { apiPages, withoutExample } from "./docs/pages/api.js";
import { fromRoot, pageProgram, pages, sourceExamples } from "./docs/sources.js";
import { createTypes } from "./docs/types.js";

const examples = await Promise.all(
  sourceExamples().map(async (example) => ({ ...example, imports: await importsFor(example) })),
);
const programs = pages().flatMap((file) => pageProgram(file) ?? []);
// One program for all: reading the sources takes longer than checking the snippets.
const { program, complaints } = createTypes([
  ...examples,
  ...programs.map((page) => ({ ...page, imports: "" })),
]);

describe("the compiler", () => {
  it("accepts examples and pages as it would a user's code", () => {
    expect(complaints().join("\n")).toBe("");
  }, 120_000);

  it("finds an example for every public function", () => {
    expect(withoutExample(program)).toEqual([]);
  });

  it.each([...apiPages(program)])("shows in docs/api/%s what is public", async (name, page) => {
    await expect(page).toMatchFileSnapshot(fromRoot(`docs/api/${name}`));
  });
});
