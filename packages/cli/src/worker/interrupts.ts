/** Ctrl-C twice: the first asks for an orderly stop, the second ends everything at once. */

import { exitCodes } from "../app/exit.js";

export interface InterruptHandlers {
  stop(): void;
  kill(): void;
  note(text: string): void;
}

/** Listens until the returned function is called. */
export function onInterrupt({ stop, kill, note }: InterruptHandlers): () => void {
  let asked = false;
  const listener = (): void => {
    if (asked) {
      kill();
      process.exit(exitCodes.interrupted);
    }
    asked = true;
    note("stopping after this step, with a checkpoint; Ctrl-C again stops at once");
    stop();
  };
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  return () => {
    process.off("SIGINT", listener);
    process.off("SIGTERM", listener);
  };
}
