/** frugal profile: what ONNX models cost, in every indicator. */

import { type ExitCode, exitCodes } from "../app/exit.js";
import type { Invocation } from "../app/parse.js";
import type { Terminal } from "../app/terminal.js";
import { loadProfile } from "../profile/load.js";

export async function profile(call: Invocation<"profile">, terminal: Terminal): Promise<ExitCode> {
  const profiles = call.words.map((path) => loadProfile(path, call.values));
  for (const p of profiles) terminal.result(`${p.path}: ${p.macs} MACs`);
  return exitCodes.done;
}
