/** The exit codes of every command; schedulers and scripts rely on them. */

export const exitCodes = {
  done: 0,
  /** Unexpected: trying again may help. */
  failed: 1,
  /** Bad usage, recipe or data: trying again does not help. */
  usage: 2,
  /** Stopped after saving a checkpoint: resume me (EX_TEMPFAIL). */
  stopped: 75,
  /** Interrupted by the user, nothing saved (128 + SIGINT). */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
