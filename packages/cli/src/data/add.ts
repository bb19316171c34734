/** Puts data sets into the store: `frugal data add` as a function. */

import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "@frugal/core/base";
import { type DownloadOptions, download } from "./download.js";
import { fileError, readDataFile, requireFolder, sha256OfFile } from "./files.js";
import { MANIFEST, type StoredFile, type StoreEntry } from "./list.js";
import { datasetNames, datasets } from "./registry.js";
import {
  type KnownFile,
  locate,
  notFound,
  type StoredSet,
  storeRoot,
  type Variant,
  variantsOf,
} from "./stored.js";

export interface AddOptions extends DownloadOptions {
  /** A folder, or a file:// or http(s):// address of one, that holds the files of the set. */
  readonly from: string;
  /** Folder of the data store. Default: `storeRoot()`. */
  readonly root?: string;
  /** Only this variant; default: every one that is whole in a folder, the first one found at an address. */
  readonly variant?: string;
  /** Take files whose checksum is not the known one; they must still be readable as this set. Default false. */
  readonly acceptChecksum?: boolean;
}

/**
 * Puts a data set into the store: copied or downloaded beside it, checked, read once, and only then moved in.
 *
 * @example
 * await addData("mnist", { from: "./nowhere" }) // throws E_FILE
 */
export async function addData(name: string, options: AddOptions): Promise<StoreEntry> {
  const set = storedSet(name);
  const { from, root = storeRoot(), acceptChecksum = false } = options;
  const variants = variantsOf(set, options.variant);
  const isRemote = /^https?:\/\//i.test(from);
  const staging = join(root, `.${set.name}.partial`);
  /** Parts of downloads are worth keeping after a cut; anything else that failed is not. */
  let keep = false;
  try {
    await prepare(staging, from, isRemote);
    keep = isRemote;
    const found = isRemote
      ? await downloadVariants(set, variants, staging, options)
      : await copyVariants(set, variants, folderOf(from), staging);
    keep = false;
    const files: StoredFile[] = [];
    for (const { variant, paths } of found) {
      for (const [i, file] of variant.files.entries()) {
        files.push(await verify(file, paths[i]!, acceptChecksum));
      }
      await set.read(variant, paths);
    }
    const names = found.map(({ variant }) => variant.name);
    const entry: StoreEntry = { schema: 1, name: set.name, from, variants: names, files };
    await writeFile(join(staging, MANIFEST), `${JSON.stringify(entry, null, 2)}\n`);
    await moveIn(staging, join(root, set.name), [MANIFEST, ...files.map((file) => file.name)]);
    return entry;
  } catch (cause) {
    const staged = await readdir(staging).catch(() => []);
    if (!keep || staged.every((name) => name === ORIGIN)) {
      await rm(staging, { recursive: true, force: true }).catch(() => undefined);
    }
    throw fileError(named(cause, staging, from), root, "a folder in which Frugal may write");
  }
}

/** A complaint about a staged copy, which is gone by now, as one about the file that was given. */
function named(cause: unknown, staging: string, from: string): unknown {
  if (!(cause instanceof UserError)) return cause;
  const source = from.replace(/\/+$/, "");
  const given = (text: string): string => text.replaceAll(staging, source);
  const { code, what, where, allowed, next } = cause;
  return new UserError(code, given(what), {
    ...(where === undefined ? {} : { where: given(where) }),
    ...(allowed === undefined ? {} : { allowed }),
    ...(next === undefined ? {} : { next }),
    cause,
  });
}

/** Note beside unfinished downloads: parts from another address are of no use. */
const ORIGIN = "origin.txt";

/** The staging folder, empty unless an earlier call to the same address was cut. */
async function prepare(staging: string, from: string, isRemote: boolean): Promise<void> {
  const origin = await readFile(join(staging, ORIGIN), "utf8").catch(() => undefined);
  if (!isRemote || origin !== from) await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
}

/** Makes the staged folder the stored one, without anything but `names`. */
async function moveIn(staging: string, target: string, names: readonly string[]): Promise<void> {
  for (const name of await readdir(staging)) {
    if (!names.includes(name)) await rm(join(staging, name), { recursive: true });
  }
  const old = `${staging}.old`;
  await rm(old, { recursive: true, force: true });
  await rename(target, old).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== "ENOENT") throw cause;
  });
  await rename(staging, target);
  await rm(old, { recursive: true, force: true });
}

function storedSet(name: string): StoredSet {
  const addable = datasetNames.filter((n) => typeof datasets[n].source === "object");
  const entry = datasetNames.find((n) => n === name);
  const source = entry && datasets[entry].source;
  if (typeof source === "object") return source;
  throw new UserError(
    "E_USAGE",
    entry ? `${name} is not kept in the data store` : `there is no data set "${name}"`,
    {
      where: "frugal data add",
      allowed: addable.join(", "),
      next: entry
        ? "use it in a recipe as it is: it is built in or given by path"
        : 'for data of your own, name "csv" or "images" in the recipe and give the path',
    },
  );
}

function folderOf(from: string): string {
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(from)) return from;
  try {
    return fileURLToPath(from);
  } catch (cause) {
    throw new UserError("E_USAGE", `${from} is no address that can be read`, {
      where: "--from",
      allowed: "a folder, file://, http:// or https://",
      next: "give the folder that holds the data files",
      cause,
    });
  }
}

interface Found {
  readonly variant: Variant;
  readonly paths: readonly string[];
}

async function copyVariants(
  set: StoredSet,
  variants: readonly Variant[],
  folder: string,
  staging: string,
): Promise<Found[]> {
  await requireFolder(folder);
  const found: Found[] = [];
  let firstMissing: readonly string[] | undefined;
  for (const variant of variants) {
    const { paths, missing } = await locate(folder, variant);
    if (missing.length > 0) {
      firstMissing ??= missing;
      continue;
    }
    const copies = paths.map((path) => join(staging, basename(path)));
    for (const [i, path] of paths.entries()) await copyFile(path, copies[i]!);
    found.push({ variant, paths: copies });
  }
  if (found.length === 0) throw notFound(set, folder, false, firstMissing ?? []);
  return found;
}

/** The first variant whose every file is at the address, as .gz or plain. */
async function downloadVariants(
  set: StoredSet,
  variants: readonly Variant[],
  staging: string,
  options: AddOptions,
): Promise<Found[]> {
  const base = options.from.endsWith("/") ? options.from : `${options.from}/`;
  let firstMissing: readonly string[] | undefined;
  for (const variant of variants) {
    const paths: string[] = [];
    for (const { name } of variant.files) {
      const path = await downloadOne(base, name, staging, options);
      if (path === undefined) {
        firstMissing ??= [name];
        break;
      }
      paths.push(path);
    }
    if (paths.length === variant.files.length) return [{ variant, paths }];
  }
  await rm(staging, { recursive: true, force: true });
  throw notFound(set, options.from, false, firstMissing ?? []);
}

async function downloadOne(
  base: string,
  name: string,
  staging: string,
  options: AddOptions,
): Promise<string | undefined> {
  const candidates = [`${name}.gz`, name];
  for (const file of candidates) {
    // Fetched by an earlier call that was cut at a later file; its checksum is verified all the same.
    const path = join(staging, file);
    if (await stat(path).catch(() => undefined)) return path;
  }
  await writeFile(join(staging, ORIGIN), options.from);
  for (const file of candidates) {
    const path = join(staging, file);
    if ((await download(new URL(file, base).href, path, options)) === "done") return path;
  }
  return undefined;
}

async function verify(file: KnownFile, path: string, accept: boolean): Promise<StoredFile> {
  const name = basename(path);
  const sha256 = await sha256OfFile(path);
  const bytes = (await stat(path)).size;
  if (file.sha256.length === 0) return { name, bytes, sha256, verified: false };
  // A file packed anew differs, but not in what it unpacks to.
  const unpacked = async (): Promise<string> =>
    createHash("sha256")
      .update(await readDataFile(path))
      .digest("hex");
  if (file.sha256.includes(sha256) || file.sha256.includes(await unpacked())) {
    return { name, bytes, sha256, verified: true };
  }
  if (accept) return { name, bytes, sha256, verified: false };
  throw new UserError("E_DATA", `${name} is not the known file: its SHA-256 differs`, {
    where: `${name}, sha256 ${sha256}`,
    allowed: `sha256 ${file.sha256.join(" or ")} (the second is that of the unpacked file)`,
    next: "fetch the file from another place, or repeat with --accept-checksum if you mean this one",
  });
}
