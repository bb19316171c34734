/** Runs the protobuf library, so that whatever the bytes are the answer is a message or a readable refusal. */

import { UserError } from "../base/index.js";

export interface ReadOnnxOptions {
  /** Named in error messages: the file's path. */
  readonly where?: string;
}

/** The refusal of a file that is no sound ONNX model. */
export const refuseOnnx = (what: string, where?: string): UserError =>
  new UserError("E_ONNX", what, {
    ...(where ? { where } : {}),
    next: "check that the file is complete: `python -m onnx.checker FILE` says more",
  });

/** Runs the protobuf library: everything it throws (truncation, bad tags, absurd nesting) means a broken file. */
export function decodeProtobuf<T>(body: () => T, where: string): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof UserError) throw error;
    // What a reader of bytes says when a length leads beyond the last of them.
    const isShort = error instanceof RangeError || /premature EOF/.test(String(error));
    const said = error instanceof Error ? error.message : String(error);
    const reason = isShort ? "it ends before what it says is in it" : said;
    throw refuseOnnx(`not a readable ONNX file: ${reason}`, where);
  }
}
