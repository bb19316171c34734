/** frugal schema: the JSON Schema of recipes. */

import { type ExitCode, exitCodes } from "../app/exit.js";
import { recipeJsonSchema } from "../recipe/schema.js";

export async function schema(): Promise<ExitCode> {
  process.stdout.write(`${JSON.stringify(recipeJsonSchema(), null, 2)}\n`);
  return exitCodes.done;
}
