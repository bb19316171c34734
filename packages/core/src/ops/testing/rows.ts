/** The rows of the contract suite by op kind. An op without rows does not compile. */

import type { OpKind } from "../index.js";
import type { OpCase } from "./case.js";
import { coreRows } from "./rows-core.js";

// One line per rows-*.ts file.
const all = { ...coreRows };

export const rows: Readonly<Record<OpKind, readonly OpCase[]>> = all;
