/** Files and folders of data: reading, unpacking, checksums, and their failures as user errors. */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { UserError } from "@frugal/core/base";

const unzip = promisify(gunzip);

const reasons: Readonly<Record<string, readonly [what: string, next: string]>> = {
  ENOENT: ["does not exist", "check the path"],
  ENOTDIR: ["lies under something that is a file, not a folder", "choose another path"],
  EEXIST: ["is in the way of a folder", "choose another path"],
  EISDIR: ["is a folder, not a file", "give the path of a file"],
  EACCES: ["is not accessible: permission denied", "change its permissions or choose another path"],
  EPERM: [
    "is not accessible: operation not permitted",
    "change its permissions or choose another path",
  ],
  EROFS: ["lies on a read-only disk", "choose another path (FRUGAL_HOME moves the data store)"],
  ENOSPC: ["does not fit: the disk is full", "free some space, then repeat the command"],
};

/** A failure of the file system at `path`, said once and in words; other errors are returned as they are. */
export function fileError(cause: unknown, path: string, allowed: string): unknown {
  if (!(cause instanceof Error && "code" in cause && "errno" in cause)) return cause;
  const code = String(cause.code);
  const [what, next] = reasons[code] ?? [`cannot be used: ${cause.message}`, "check the path"];
  return new UserError("E_FILE", `${path} ${what}`, { where: path, allowed, next, cause });
}

/**
 * The bytes of a file, unpacked where they are gzip, whatever the name says.
 *
 * @example
 * await readDataFile("train-labels-idx1-ubyte.gz") // throws E_FILE
 */
export async function readDataFile(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw fileError(cause, path, "a readable data file");
  }
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return await unzip(bytes);
  } catch (cause) {
    throw new UserError("E_FILE", `${path} cannot be unpacked: it is truncated or damaged`, {
      where: path,
      allowed: "a whole gzip file",
      next: "fetch the file again",
      cause,
    });
  }
}

/** SHA-256 of a file in hexadecimal, streamed. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Uint8Array);
  } catch (cause) {
    throw fileError(cause, path, "a readable file");
  }
  return hash.digest("hex");
}

/** Whether `path` is a file: anything but "there is none" is an error, not a no. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return false;
    throw fileError(cause, path, "a readable file");
  }
}

/** Fails unless `path` is a folder. */
export async function requireFolder(path: string): Promise<void> {
  let found: boolean;
  try {
    found = (await stat(path)).isDirectory();
  } catch (cause) {
    throw fileError(cause, path, "an existing folder");
  }
  if (!found) {
    throw new UserError("E_FILE", `${path} is a file, not a folder`, {
      where: path,
      allowed: "an existing folder",
      next: "give the folder that holds the data files",
    });
  }
}
