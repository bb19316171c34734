/** What every refusal of the command line has in common. */

import { expect } from "vitest";
import type { Outcome } from "./cli.js";

/** One message with a code, where, what is allowed or what to do; no stack; exit code 2. */
export function expectRefusal(outcome: Outcome, code: string, words: RegExp): void {
  const errors = outcome.stderr.split("\n").filter((line) => line.startsWith("error "));
  expect({ errors, exit: outcome.code }).toMatchObject({ errors: [expect.anything()], exit: 2 });
  expect(errors[0]).toMatch(new RegExp(`^error ${code}: `));
  expect(outcome.stderr).toMatch(/^ {2}(where|allowed|next): /m);
  expect(outcome.stderr).toMatch(words);
  expect(outcome.stderr).not.toMatch(/\n {4}at /);
  expect(outcome.stdout).toBe("");
}
