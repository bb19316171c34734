/** Downloads that survive a cut connection: a .part file, continued with HTTP Range, renamed when whole. */

import { open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { UserError } from "@frugal/core/base";
import { fileError } from "./files.js";

export interface DownloadProgress {
  readonly url: string;
  readonly receivedBytes: number;
  /** Undefined where the server does not say. */
  readonly totalBytes: number | undefined;
}

export interface DownloadOptions {
  /** Attempts in a row that may bring no new byte. Default 4. */
  readonly attempts?: number;
  /** Pause before the second attempt, doubled each time. Default 500. */
  readonly retryDelayMs?: number;
  /** A connection that is silent for so long counts as cut. Default 30,000. */
  readonly idleTimeoutMs?: number;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/** What one attempt came to; "cut" may be tried again. */
type Attempt =
  | { readonly kind: "done" }
  | { readonly kind: "absent" }
  | { readonly kind: "cut"; why: string };

/**
 * Fetches `url` into `path`. "absent" means that the server has no such file (404, 410). After a failure
 * `path.part` stays, and the next call continues there if the file on the server is still the same.
 *
 * @example
 * const port = 9;
 * await download(`http://127.0.0.1:${port}/labels.gz`, "labels.gz", { attempts: 1 }) // throws E_FILE
 */
export async function download(
  url: string,
  path: string,
  options: DownloadOptions = {},
): Promise<"done" | "absent"> {
  const { attempts = 4, retryDelayMs = 500 } = options;
  const part = `${path}.part`;
  for (let failures = 0; ; ) {
    const before = await sizeOf(part);
    const result = await attempt(url, part, options);
    if (result.kind === "absent") return "absent";
    if (result.kind === "done") {
      await rm(`${part}.json`, { force: true });
      await rename(part, path);
      return "done";
    }
    const received = await sizeOf(part);
    failures = received > before ? 1 : failures + 1;
    if (failures >= attempts) {
      throw new UserError("E_FILE", `the download of ${url} stopped: ${result.why}`, {
        where: `${url}, after ${received} bytes`,
        allowed: "an address that answers",
        next: "repeat the command: it continues where it stopped; or fetch the file by hand and give its folder",
      });
    }
    await new Promise((resolve) => setTimeout(resolve, retryDelayMs * 2 ** (failures - 1)));
  }
}

async function attempt(url: string, part: string, options: DownloadOptions): Promise<Attempt> {
  const { idleTimeoutMs = 30_000, onProgress } = options;
  const known = await readNote(part);
  if (known?.url !== url) await rm(part, { force: true });
  const offset = await sizeOf(part);

  const controller = new AbortController();
  let timer = setTimeout(() => controller.abort(), idleTimeoutMs);
  const stillAlive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => controller.abort(), idleTimeoutMs);
  };
  // If-Range makes the server send the whole file where it has changed since.
  const range: Record<string, string> =
    offset === 0
      ? {}
      : { range: `bytes=${offset}-`, ...(known?.validator ? { "if-range": known.validator } : {}) };
  try {
    const response = await fetch(url, {
      headers: { "accept-encoding": "identity", ...range },
      signal: controller.signal,
    });
    const { status, headers, body } = response;
    if (status !== 200 && status !== 206) {
      await body?.cancel();
      return await refused(url, part, status);
    }
    // "bytes 100-199/200"
    const [, from, total] =
      /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "") ?? [];
    const continues = status === 206 && Number(from) === offset;
    if (status === 206 && !continues) {
      await body?.cancel();
      await rm(part, { force: true });
      return { kind: "cut", why: "the server sent another range than asked for" };
    }
    const totalBytes = totalOf(headers, total);
    // A weak tag does not promise equal bytes.
    const tag = headers.get("etag");
    const validator = tag && !tag.startsWith("W/") ? tag : headers.get("last-modified");
    await writeNote(part, { url, validator });

    let received = continues ? offset : 0;
    const file = await open(part, continues ? "a" : "w").catch((cause: unknown) => {
      throw fileError(cause, part, "a writable folder");
    });
    try {
      for await (const chunk of body ?? []) {
        stillAlive();
        await file.appendFile(chunk as Uint8Array).catch((cause: unknown) => {
          throw fileError(cause, part, "a writable file");
        });
        received += (chunk as Uint8Array).length;
        onProgress?.({ url, receivedBytes: received, totalBytes });
      }
    } finally {
      await file.close();
    }
    if (totalBytes === undefined || received === totalBytes) return { kind: "done" };
    return { kind: "cut", why: `${received} of ${totalBytes} bytes came` };
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (controller.signal.aborted) return { kind: "cut", why: `silent for ${idleTimeoutMs} ms` };
    const { cause, message } = error as Error;
    return { kind: "cut", why: cause instanceof Error && cause.message ? cause.message : message };
  } finally {
    clearTimeout(timer);
  }
}

/** Bytes of the whole file, if the server says: after the slash of a range, else the length of the body. */
function totalOf(headers: Headers, afterSlash: string | undefined): number | undefined {
  if (afterSlash !== undefined) return afterSlash === "*" ? undefined : Number(afterSlash);
  const length = headers.get("content-length");
  // A body that fetch has unpacked is longer than the header says.
  return length === null || headers.get("content-encoding") ? undefined : Number(length);
}

async function refused(url: string, part: string, status: number): Promise<Attempt> {
  if (status === 404 || status === 410) {
    await rm(part, { force: true });
    await rm(`${part}.json`, { force: true });
    return { kind: "absent" };
  }
  if (status === 416) {
    // The part reaches beyond the file: begin anew.
    await rm(part, { force: true });
    return { kind: "cut", why: "the server's file is shorter than what was here" };
  }
  if (status === 408 || status === 429 || status >= 500)
    return { kind: "cut", why: `HTTP status ${status}` };
  throw new UserError("E_FILE", `${url} was refused with HTTP status ${status}`, {
    where: url,
    allowed: "an address that can be read without signing in",
    next: "fetch the file by hand and give its folder",
  });
}

interface PartNote {
  readonly url: string;
  readonly validator: string | null;
}

async function readNote(part: string): Promise<PartNote | undefined> {
  try {
    return JSON.parse(await readFile(`${part}.json`, "utf8")) as PartNote;
  } catch {
    return undefined;
  }
}

async function writeNote(part: string, note: PartNote): Promise<void> {
  try {
    await writeFile(`${part}.json`, JSON.stringify(note));
  } catch (cause) {
    throw fileError(cause, part, "a writable folder");
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}
