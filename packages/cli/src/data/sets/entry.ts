/** What a file in this folder has to say about its data set. */

import type { StoredSet } from "../stored.js";
import type { Dataset } from "../types.js";

export interface LoadContext {
  /** Folder of the data store. */
  readonly root: string;
}

export interface DatasetEntry<Options> {
  /** One line for `frugal data list`. */
  readonly summary: string;
  /** Comes with Frugal, is given by path in the recipe, or is fetched once with `frugal data add`. */
  readonly source: "built in" | "by path" | StoredSet;
  load(options: Options, context: LoadContext): Promise<Dataset>;
}
