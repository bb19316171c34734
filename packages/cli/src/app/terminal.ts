/** Where words go: results to stdout, everything else to stderr, one redrawn line of progress in a terminal. */

import { createColors } from "picocolors";

export interface Terminal {
  readonly json: boolean;
  readonly verbose: boolean;
  /** True where a person watches stderr: progress may be redrawn. */
  readonly interactive: boolean;
  /** Characters of a line of progress. */
  readonly columns: number;
  readonly colours: ReturnType<typeof createColors>;
  /** The result of the command, as text; silent with --json. */
  result(text: string): void;
  /** The result of the command as one JSON document; silent without --json. */
  document(value: unknown): void;
  /** For people: silent with --quiet. */
  note(text: string): void;
  /** Always shown. */
  warn(text: string): void;
  /** Redraws the progress line; a no-op unless interactive. */
  progress(line: string): void;
  clearProgress(): void;
  /** What to do next: the last line of a command. */
  next(text: string): void;
}

export interface TerminalOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

const REDRAW_MS = 100;

export function createTerminal({ json, quiet, verbose }: TerminalOptions): Terminal {
  const interactive = process.stderr.isTTY === true && !quiet && process.env.TERM !== "dumb";
  const colours = createColors(process.stderr.isTTY === true && !process.env.NO_COLOR);
  let drawn = false;
  let drawnAt = 0;

  function clearProgress(): void {
    if (drawn) process.stderr.write("\r\x1b[2K");
    drawn = false;
  }
  function toStderr(text: string): void {
    clearProgress();
    process.stderr.write(`${text}\n`);
  }

  return {
    json,
    verbose,
    interactive,
    // One short of the edge: terminals wrap at it.
    get columns() {
      return (process.stderr.columns || 80) - 1;
    },
    colours,
    result(text) {
      clearProgress();
      if (!json) process.stdout.write(`${text}\n`);
    },
    document(value) {
      clearProgress();
      if (json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    note(text) {
      if (!quiet) toStderr(text);
    },
    warn: toStderr,
    progress(line) {
      const now = performance.now();
      if (!interactive || now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      drawn = true;
      process.stderr.write(`\r\x1b[2K${line.slice(0, this.columns)}`);
    },
    clearProgress,
    next(text) {
      // In a checkout the program is not on the path; who started it says how to call it.
      const program = process.env.FRUGAL_COMMAND ?? "frugal";
      if (!quiet)
        toStderr(`${colours.bold("next:")} ${text.replace(/(^|: )frugal /g, `$1${program} `)}`);
    },
  };
}
