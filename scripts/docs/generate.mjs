// npm run docs: writes every page that is made from the code. The same pages are compared by npm test.

import { join } from "node:path";
import { must, prepare, root } from "../prepare.mjs";

prepare({ quiet: true });
// docs/cli.md and the JSON Schema of recipes.
must(process.execPath, [join(root, "packages", "cli", "dist", "app", "write-docs.js")]);
// docs/recipe.md, docs/ops.md, docs/errors.md, docs/api/: the tests that compare them name them.
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
must(process.execPath, [
  vitest,
  "run",
  "packages/cli/tests/docs-generated.test.ts",
  "packages/cli/tests/docs-types.test.ts",
  "-t",
  "docs/",
  "--update",
  "--reporter=dot",
]);
