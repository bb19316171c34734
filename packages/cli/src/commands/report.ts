/** frugal report: a run or a sweep as one HTML file, with its table as CSV and Markdown. */

import { resolve } from "node:path";
import { type ExitCode, exitCodes } from "../app/exit.js";
import type { Invocation } from "../app/parse.js";
import type { Terminal } from "../app/terminal.js";
import { writeReport } from "../report/write.js";
import { findRun } from "../run-store/folder.js";
import { isSweep } from "../sweep/record.js";

export async function report(call: Invocation<"report">, terminal: Terminal): Promise<ExitCode> {
  const given = call.words[0]!;
  const folder = isSweep(resolve(given)) ? resolve(given) : findRun(given, call.values.runs);
  const written = writeReport(folder, call.values.out);
  terminal.document(written);
  terminal.result(Object.values(written).join("\n"));
  terminal.next(`open ${written.html} in a browser`);
  return exitCodes.done;
}
