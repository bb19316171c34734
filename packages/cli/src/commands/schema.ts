/** frugal schema: the JSON Schema of recipes, of what frugal profile --json prints, or of certificates. */

import { UserError } from "@frugal/core/base";
import { type ExitCode, exitCodes } from "../app/exit.js";
import type { Invocation } from "../app/parse.js";
import { certificateJsonSchema } from "../budget/certificate.js";
import { profileJsonSchema } from "../profile/document-schema.js";
import { recipeJsonSchema } from "../recipe/schema.js";

const schemas: Readonly<Record<string, () => unknown>> = {
  recipe: recipeJsonSchema,
  profile: profileJsonSchema,
  certificate: certificateJsonSchema,
};

export async function schema({ words }: Invocation<"schema">): Promise<ExitCode> {
  const [name = "recipe"] = words;
  const make = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  if (!make) {
    throw new UserError("E_USAGE", `there is no schema of ${JSON.stringify(name)}`, {
      allowed: Object.keys(schemas).join(", "),
    });
  }
  process.stdout.write(`${JSON.stringify(make(), null, 2)}\n`);
  return exitCodes.done;
}
