/** The command line: parses, runs one command, and turns its outcome into words and an exit code. */

import { errorData, exitCodeOf, renderError } from "./app/errors.js";
import { type ExitCode, exitCodes } from "./app/exit.js";
import { commandHelp, generalHelp } from "./app/help.js";
import { type Invocation, parseCommandLine } from "./app/parse.js";
import { createTerminal } from "./app/terminal.js";
import { type Handler, handlers } from "./commands/index.js";

/** Runs a command line and returns its exit code. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  // Words decide before parsing succeeds, so that a usage error already honours them.
  const terminal = createTerminal({
    json: argv.includes("--json"),
    quiet: argv.includes("--quiet") || argv.includes("-q"),
    verbose: argv.includes("--verbose") || argv.includes("-v"),
  });
  // A reader that closes early (head) is no failure of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.done);
    throw error;
  });
  try {
    const invocation = parseCommandLine(argv);
    if (invocation === undefined) {
      process.stdout.write(`${generalHelp()}\n`);
      return argv.length === 0 ? exitCodes.usage : exitCodes.done;
    }
    if (invocation.values.help && invocation.command !== "bench") {
      process.stdout.write(`${commandHelp(invocation.command)}\n`);
      return exitCodes.done;
    }
    const load = handlers[invocation.command];
    const handler = (await load()) as Handler<typeof invocation.command>;
    return await handler(invocation as Invocation<never>, terminal);
  } catch (error) {
    const data = errorData(error);
    terminal.document({ error: data });
    terminal.warn(renderError(data, { verbose: terminal.verbose }));
    return exitCodeOf(data);
  }
}
