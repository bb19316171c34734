/** Pages that are made from the code are as the code is; `npm run docs` writes them. */

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { costsPage } from "./docs/pages/costs.js";
import { errorsPage } from "./docs/pages/errors.js";
import { opsPage } from "./docs/pages/ops.js";
import { recipePage } from "./docs/pages/recipe.js";
import { fromRoot } from "./docs/sources.js";

const file = (name: string): string => fromRoot(`docs/${name}`);

describe("generated pages (npm run docs)", () => {
  it("docs/recipe.md names every key of a recipe", async () => {
    const example = readFileSync(fromRoot("packages/cli/recipes/digits.yaml"), "utf8");
    await expect(recipePage(example)).toMatchFileSnapshot(file("recipe.md"));
  });

  it("docs/ops.md lists every op", async () => {
    await expect(opsPage()).toMatchFileSnapshot(file("ops.md"));
  });

  it("docs/costs.md lists every cost model", async () => {
    await expect(costsPage()).toMatchFileSnapshot(file("costs.md"));
  });

  it("docs/errors.md lists every code and message", async () => {
    await expect(errorsPage()).toMatchFileSnapshot(file("errors.md"));
  });
});
