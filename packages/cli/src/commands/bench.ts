/** frugal bench: passes on to the benchmarks of a source checkout. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { UserError } from "@frugal/core/base";
import { type ExitCode, exitCodes } from "../app/exit.js";
import type { Invocation } from "../app/parse.js";

export async function bench(call: Invocation<"bench">): Promise<ExitCode> {
  const script = fileURLToPath(new URL("../../../../bench/run.mjs", import.meta.url));
  if (!existsSync(script)) {
    throw new UserError("E_USAGE", "the benchmarks are not part of the installed package", {
      where: script,
      allowed: "a checkout of the Frugal sources",
      next: "clone the repository and run: npm run bench",
    });
  }
  const child = spawn(process.execPath, [script, ...call.rest], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) =>
      resolve(code === 0 ? exitCodes.done : code === 2 ? exitCodes.usage : exitCodes.failed),
    );
  });
}
