/** Writes docs/cli.md and recipe.schema.json from the tables that the command line is made of. */

import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { recipeJsonSchema } from "../recipe/schema.js";
import { commandPage } from "./help.js";

/** From src/app and from dist/app alike. */
export const generatedFiles: readonly { readonly path: string; readonly text: () => string }[] = [
  {
    path: fileURLToPath(new URL("../../../../docs/cli.md", import.meta.url)),
    text: commandPage,
  },
  {
    path: fileURLToPath(new URL("../../recipe.schema.json", import.meta.url)),
    text: () => `${JSON.stringify(recipeJsonSchema(), null, 2)}\n`,
  },
];

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { path, text } of generatedFiles) writeFileSync(path, text());
}
