/** Errors as data on their way to a reader: a user's mistake without a stack, a fault of ours with an address. */

import { type ErrorCode, UserError } from "@frugal/core/base";
import { type ExitCode, exitCodes } from "./exit.js";

/** An error that can cross a process boundary and be printed as JSON. */
export interface ErrorData {
  /** A user error's code, or E_INTERNAL. */
  readonly code: ErrorCode | "E_INTERNAL";
  readonly message: string;
  readonly where?: string;
  readonly allowed?: string;
  readonly next?: string;
  readonly stack?: string;
}

export function errorData(error: unknown): ErrorData {
  if (error instanceof UserError) {
    return {
      code: error.code,
      message: error.what,
      ...(error.where === undefined ? {} : { where: error.where }),
      ...(error.allowed === undefined ? {} : { allowed: error.allowed }),
      ...(error.next === undefined ? {} : { next: error.next }),
    };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { code: "E_INTERNAL", message, ...(stack ? { stack } : {}) };
}

/** The other direction: what a child process reported, to be thrown here. */
export function errorFromData(data: ErrorData): Error {
  if (data.code === "E_INTERNAL") {
    const error = new Error(data.message);
    if (data.stack) error.stack = data.stack;
    return error;
  }
  const { code, message, stack: _, ...fields } = data;
  return new UserError(code, message, fields);
}

export const exitCodeOf = (data: ErrorData): ExitCode =>
  data.code === "E_INTERNAL" ? exitCodes.failed : exitCodes.usage;

/** The lines for a reader. */
export function renderError(data: ErrorData, { verbose }: { readonly verbose: boolean }): string {
  const rows: [string, string | undefined][] = [
    ["where:  ", data.where],
    ["allowed:", data.allowed],
    ["next:   ", data.next],
  ];
  const lines = [
    `error ${data.code}: ${data.message}`,
    ...rows.flatMap(([label, text]) => (text === undefined ? [] : [`  ${label} ${text}`])),
  ];
  if (data.code === "E_INTERNAL") {
    if (verbose && data.stack) lines.push(data.stack);
    else
      lines.push("  next:    this is unexpected; repeat with --verbose and report what it prints");
  }
  return lines.join("\n");
}
