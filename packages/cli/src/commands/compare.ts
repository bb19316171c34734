/** frugal compare: where the indicators of several models disagree. */

import { type ExitCode, exitCodes } from "../app/exit.js";
import type { Invocation } from "../app/parse.js";
import type { Terminal } from "../app/terminal.js";
import { loadProfile } from "../profile/load.js";

export async function compare(call: Invocation<"compare">, terminal: Terminal): Promise<ExitCode> {
  for (const path of call.words) {
    const p = loadProfile(path, call.values);
    terminal.result(`${p.path}: ${p.macs} MACs, ${p.parameters} parameters`);
  }
  return exitCodes.done;
}
