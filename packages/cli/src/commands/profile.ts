/** frugal profile: what ONNX models cost, in every indicator. */

import { type ExitCode, exitCodes } from "../app/exit.js";
import type { Invocation } from "../app/parse.js";
import type { Terminal } from "../app/terminal.js";
import { loadProfile } from "../profile/load.js";
import { treeTable } from "../profile/tree-table.js";

export async function profile(call: Invocation<"profile">, terminal: Terminal): Promise<ExitCode> {
  const profiles = call.words.map((path) => loadProfile(path, call.values));
  const d = call.values.depth;
  for (const p of profiles)
    terminal.result(
      treeTable(p, {
        width: Number(process.env.COLUMNS ?? 80),
        ...(d ? { depth: d === "all" ? Infinity : Number(d) } : {}),
      }),
    );
  return exitCodes.done;
}
