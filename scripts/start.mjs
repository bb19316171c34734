// npm start: from a fresh clone to a trade-off curve on real digits, and its report.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { prepare, root } from "./prepare.mjs";

prepare();
const cli = join(root, "packages", "cli", "bin", "frugal.js");
const given = process.argv.slice(2);
const child = spawn(process.execPath, [cli, "sweep", "digits", "--report", ...given], {
  stdio: "inherit",
  env: { FRUGAL_COMMAND: "npx frugal", ...process.env },
});
// The child gets Ctrl-C from the terminal itself; it decides when to stop.
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    if (signal === "SIGTERM") child.kill(signal);
  });
}
child.on("exit", (code, signal) => {
  process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
});
