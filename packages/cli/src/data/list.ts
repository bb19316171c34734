/** What lies in the data store: `frugal data list` as a function. */

import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type DatasetName, datasetNames, datasets } from "./registry.js";
import { locate, storeRoot } from "./stored.js";

export interface StoredFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Whether the sum is a known one; false where none is known or another was accepted. */
  readonly verified: boolean;
}

/** `frugal-data.json` beside the files. */
export interface StoreEntry {
  readonly schema: 1;
  readonly name: string;
  readonly from: string;
  readonly variants: readonly string[];
  readonly files: readonly StoredFile[];
}

export interface DatasetListing {
  readonly name: DatasetName;
  readonly summary: string;
  readonly status: "built in" | "stored" | "not stored" | "by path";
  /** Where it lies, if stored. */
  readonly path?: string;
  readonly bytes?: number;
  readonly variants?: readonly string[];
}

/** Name of the file that holds a `StoreEntry`. */
export const MANIFEST = "frugal-data.json";

/**
 * Every data set that a recipe may name, and whether it is at hand.
 *
 * @example
 * (await listData()).find(({ name }) => name === "optdigits")?.status // "built in"
 */
export async function listData(
  options: { readonly root?: string } = {},
): Promise<DatasetListing[]> {
  const { root = storeRoot() } = options;
  return Promise.all(
    datasetNames.map(async (name): Promise<DatasetListing> => {
      const { summary, source } = datasets[name];
      if (typeof source === "string") return { name, summary, status: source };
      const path = join(root, source.name);
      const variants: string[] = [];
      let bytes = 0;
      for (const variant of source.variants) {
        const { paths, missing } = await locate(path, variant);
        if (missing.length > 0) continue;
        variants.push(variant.name);
        for (const file of paths) bytes += (await stat(file)).size;
      }
      if (variants.length === 0) return { name, summary, status: "not stored" };
      return { name, summary, status: "stored", path, bytes, variants };
    }),
  );
}

/**
 * The manifest of a stored set, `undefined` where there is none.
 *
 * @example
 * (await readStoreEntry("mnist"))?.files[0]?.sha256
 */
export async function readStoreEntry(
  name: string,
  root = storeRoot(),
): Promise<StoreEntry | undefined> {
  try {
    return JSON.parse(await readFile(join(root, name, MANIFEST), "utf8")) as StoreEntry;
  } catch {
    return undefined;
  }
}
