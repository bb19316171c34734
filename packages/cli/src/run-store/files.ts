/** The file operations of the run store: whole files appear at once, and every failure is one readable error. */

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { UserError } from "@frugal/core/base";
import type { z } from "zod";

const reasons: Readonly<Record<string, readonly [what: string, next: string]>> = {
  ENOSPC: ["the disk is full", "free some space, then continue with frugal train --resume"],
  EDQUOT: [
    "the disk quota is used up",
    "free some space, then continue with frugal train --resume",
  ],
  EROFS: ["the disk is read-only", "choose another folder with --runs"],
  EACCES: ["permission is denied", "change its permissions or choose another folder with --runs"],
  EPERM: ["the operation is not permitted", "choose another folder with --runs"],
  ENOENT: ["it does not exist", "check the path"],
  ENOTDIR: ["a file is in the way of a folder", "choose another path"],
  EEXIST: ["something of that name is there already", "choose another path"],
  EMFILE: ["too many files are open", "raise the limit (ulimit -n) or lower --jobs"],
};

/** A failure of the file system in a run folder, as an error for its reader. */
export function runFileError(cause: unknown, path: string, doing: string): Error {
  if (cause instanceof UserError) return cause;
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === undefined) return cause as Error;
  const [what, next] = reasons[code] ?? [message, "check the disk"];
  return new UserError("E_RUN", `cannot ${doing}: ${what}`, {
    where: path,
    allowed: "a folder that can be written to, on a disk with room",
    next,
    cause,
  });
}

/** Writes all bytes; a plain writeSync may stop short on a nearly full disk. */
export type Write = (file: number, bytes: Uint8Array) => void;

export const writeAll: Write = (file, bytes) => {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done);
  }
};

/** Clears up after a failure, which must not hide what failed. */
export function discard(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // There is nothing to clear up, or no right to.
  }
}

/** Writes and forces to disk. Removes the file again when that fails. */
export function writeDurably(path: string, bytes: Uint8Array | string, write = writeAll): void {
  const file = openSync(path, "w");
  try {
    write(file, typeof bytes === "string" ? Buffer.from(bytes) : bytes);
    fsyncSync(file);
  } catch (cause) {
    discard(path);
    throw cause;
  } finally {
    closeSync(file);
  }
}

/** Replaces a file as a whole: readers see the old text or the new one, never half of it. */
export function replaceFile(path: string, text: string | Uint8Array, write = writeAll): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeDurably(temporary, text, write);
    renameSync(temporary, path);
  } catch (cause) {
    discard(temporary);
    throw runFileError(cause, path, "write the file");
  }
}

/** Makes a rename survive a power cut; some file systems do not offer it, which loses nothing else. */
export function syncFolder(path: string): void {
  try {
    const folder = openSync(path, "r");
    fsyncSync(folder);
    closeSync(folder);
  } catch {
    // Only durability, not correctness, is at stake.
  }
}

export function makeFolder(path: string): void {
  try {
    // Whole: where the working directory was removed, Node asks for a relative one for ever.
    mkdirSync(resolve(path), { recursive: true });
  } catch (cause) {
    throw runFileError(cause, path, "make the folder");
  }
}

/** @throws UserError E_RUN where the file is not what Frugal wrote. */
export function readChecked<T>(path: string, schema: z.ZodType<T>): T {
  const damaged = (where: string): UserError =>
    new UserError("E_RUN", `${path} is damaged`, {
      where,
      allowed: "the file that frugal train wrote",
      next: "restore the file or train again",
    });
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch (error) {
    throw error instanceof SyntaxError ? damaged(`${path}: no JSON`) : error;
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw damaged(parsed.error.issues[0]?.path.join(".") || path);
}

export function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw runFileError(cause, path, `read ${dirname(path)}`);
  }
}
