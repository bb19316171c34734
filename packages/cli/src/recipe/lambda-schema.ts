/** What a recipe may say of lambda: a number, or how it goes over the epochs. */

import { z } from "zod";

export const lambda = z.union([
  z.number().min(0),
  z.strictObject({
    value: z.number().min(0),
    warmup: z.number().min(0).default(0).describe("epochs over which lambda rises from 0"),
    from: z
      .number()
      .min(0)
      .optional()
      .describe("where the warm-up begins; above the value lambda falls; default: 0"),
    shape: z
      .enum(["linear", "cosine"])
      .optional()
      .describe("of the warm-up: a straight line (default), or flat at both ends"),
    cooldown: z
      .number()
      .min(0)
      .default(0)
      .describe("last epochs, over which lambda falls to 0 in a straight line"),
    step: z
      .strictObject({
        factor: z.number().gt(0).describe("above 1 to rise, below to fall"),
        epochs: z.number().gt(0).describe("between two changes"),
      })
      .optional()
      .describe("instead of a warm-up: multiplied by a factor again and again"),
  }),
]);

/** A lambda that is not always the same, with its defaults. */
export type LambdaCourse = Exclude<z.output<typeof lambda>, number>;
