/** frugal profile: what ONNX models cost, in every indicator. */

import { UserError } from "@frugal/core/base";
import { type ExitCode, exitCodes } from "../app/exit.js";
import type { Invocation } from "../app/parse.js";
import type { Terminal } from "../app/terminal.js";
import { loadProfile } from "../profile/load.js";
import { reportText } from "../profile/report-text.js";
import { namesOf, type Subject } from "../profile/subject.js";

const NARROWEST = 60;
/** What a pipe gets: wide enough for all columns that matter, narrow enough for a page. */
const PIPE = 110;

/** Characters of a line of stdout. */
function widthOf(): number {
  const width = process.stdout.columns || Number(process.env.COLUMNS) || PIPE;
  return Math.max(NARROWEST, width);
}

function depthOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text === "all") return Number.POSITIVE_INFINITY;
  const depth = /^[0-9]+$/.test(text) ? Number(text) : 0;
  if (depth >= 1) return depth;
  throw new UserError("E_USAGE", `--depth ${text} is no number of levels`, {
    allowed: "a whole number >= 1, or all",
    next: "leave --depth out for two levels",
  });
}

export async function profile(call: Invocation<"profile">, terminal: Terminal): Promise<ExitCode> {
  const { words, values } = call;
  const depth = depthOf(values.depth);
  const names = namesOf(words);
  const subjects = words.map(
    (path, i): Subject => ({ name: names[i]!, profile: loadProfile(path, values) }),
  );
  terminal.result(
    reportText(subjects, { width: widthOf(), ...(depth === undefined ? {} : { depth }) }),
  );
  return exitCodes.done;
}
