/** Why a model could not be profiled, with the exact words to type next. */

import { UserError } from "@frugal/core/base";

const reasons: Readonly<Record<string, readonly [what: string, next: string]>> = {
  ENOENT: ["it does not exist", "check the path"],
  EISDIR: ["it is a folder", "name the .onnx file in it"],
  EACCES: ["permission is denied", "change its permissions"],
};

/** A failure to read a model file, for its reader. */
export function modelFileError(cause: unknown, path: string): UserError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const [what, next] = reasons[code ?? ""] ?? [message, "check the path"];
  return new UserError("E_ONNX", `cannot read the model: ${what}`, {
    where: path,
    allowed: "an ONNX file",
    next,
    cause,
  });
}

/** The library speaks of its options; a command line has others. */
export function withCommands(error: unknown, path: string): unknown {
  if (!(error instanceof UserError)) return error;
  return new UserError(error.code, error.what, {
    where: error.where ?? path,
    ...(error.allowed === undefined ? {} : { allowed: error.allowed }),
    ...(error.next === undefined ? {} : { next: error.next }),
    cause: error,
  });
}
