/** Data sets that live as known files in a folder: the data store, or one that a recipe names. */

import { homedir } from "node:os";
import { join } from "node:path";
import { UserError } from "@frugal/core/base";
import { isFile, requireFolder } from "./files.js";
import type { Dataset } from "./types.js";

export interface KnownFile {
  /** Name without ".gz"; both forms are accepted. */
  readonly name: string;
  /** Accepted SHA-256 sums, packed or unpacked; none where no trustworthy sum is at hand. */
  readonly sha256: readonly string[];
}

export interface Variant {
  readonly name: string;
  readonly files: readonly KnownFile[];
}

export interface StoredSet {
  readonly name: string;
  /** Preferred first: the first one that is whole is taken where none is asked for. */
  readonly variants: readonly [Variant, ...Variant[]];
  /** Reads a variant; `paths` are its files in the order of `variant.files`. */
  read(variant: Variant, paths: readonly string[]): Promise<Dataset>;
}

export interface StoredOptions {
  /** A folder with the data files. Default: the data store. */
  readonly from?: string;
}

/**
 * Folder of the data store: $FRUGAL_HOME/data, or ~/.frugal/data.
 *
 * @example
 * storeRoot({ FRUGAL_HOME: "/scratch/frugal" }) // "/scratch/frugal/data"
 */
export function storeRoot(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(env.FRUGAL_HOME || join(homedir(), ".frugal"), "data");
}

/** Paths of a variant's files in `folder`, and the names of those that are not there. */
export async function locate(
  folder: string,
  variant: Variant,
): Promise<{ paths: string[]; missing: string[] }> {
  const paths: string[] = [];
  const missing: string[] = [];
  for (const { name } of variant.files) {
    const candidates = [join(folder, name), join(folder, `${name}.gz`)];
    const found: string[] = [];
    for (const path of candidates) if (await isFile(path)) found.push(path);
    if (found[0] === undefined) missing.push(name);
    else paths.push(found[0]);
  }
  return { paths, missing };
}

/** The variants asked for: one by name, or all. */
export function variantsOf(set: StoredSet, wanted: string | undefined): readonly Variant[] {
  if (wanted === undefined) return set.variants;
  const variant = set.variants.find(({ name }) => name === wanted);
  if (variant) return [variant];
  throw new UserError("E_CONFIG", `${set.name} has no variant "${wanted}"`, {
    where: "data.options.variant",
    allowed: set.variants.map(({ name }) => name).join(", "),
    next: "choose one of them",
  });
}

/** Reads a set from `options.from`, else from the store below `root`. */
export async function loadStored(
  set: StoredSet,
  options: StoredOptions & { readonly variant?: string },
  root: string,
): Promise<Dataset> {
  const folder = options.from ?? join(root, set.name);
  if (options.from !== undefined) await requireFolder(folder);
  const variants = variantsOf(set, options.variant);
  const missing: string[][] = [];
  for (const variant of variants) {
    const found = await locate(folder, variant);
    if (found.missing.length === 0) return set.read(variant, found.paths);
    missing.push(found.missing);
  }
  throw notFound(set, folder, options.from === undefined, missing[0]!);
}

/** The error for a folder that holds no whole variant. */
export function notFound(
  set: StoredSet,
  folder: string,
  isStore: boolean,
  missing: readonly string[],
): UserError {
  const what = isStore
    ? `the data set ${set.name} is not in the data store`
    : `${folder} does not hold the data set ${set.name}: ${missing.join(", ")} missing`;
  return new UserError("E_DATA", what, {
    where: folder,
    allowed: set.variants
      .map(({ files }) => files.map(({ name }) => name).join(", "))
      .join(" | ")
      .concat(" (each may end in .gz)"),
    next: isStore
      ? `run "frugal data add ${set.name} --from DIR_OR_URL"`
      : "give the folder that holds these files",
  });
}
