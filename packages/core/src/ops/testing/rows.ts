/** The rows of the contract suite by op kind. An op without rows does not compile. */

import type { OpKind } from "../index.js";
import type { OpCase } from "./case.js";
import { activationRows } from "./rows-activation.js";
import { binaryRows } from "./rows-binary.js";
import { convolutionRows } from "./rows-convolution.js";
import { coreRows } from "./rows-core.js";
import { densityRows } from "./rows-density.js";
import { gradientRows } from "./rows-gradient.js";
import { indexingRows } from "./rows-indexing.js";
import { linearRows } from "./rows-linear.js";
import { movementRows } from "./rows-movement.js";
import { normalisationRows } from "./rows-normalisation.js";
import { poolingRows } from "./rows-pooling.js";
import { reductionRows } from "./rows-reduction.js";
import { unaryRows } from "./rows-unary.js";

// One line per rows-*.ts file.
const tables = [
  coreRows,
  convolutionRows,
  linearRows,
  normalisationRows,
  poolingRows,
  activationRows,
  binaryRows,
  densityRows,
  gradientRows,
  indexingRows,
  movementRows,
  reductionRows,
  unaryRows,
] as const;

type Merge<T> = (T extends unknown ? (table: T) => void : never) extends (all: infer All) => void
  ? All
  : never;

/** Two files may both hold rows of a kind: they are appended. */
function merge<T extends Record<string, readonly OpCase[]>>(list: readonly T[]): Merge<T> {
  const merged: Record<string, readonly OpCase[]> = {};
  for (const table of list) {
    for (const [kind, cases] of Object.entries(table)) {
      merged[kind] = [...(merged[kind] ?? []), ...cases];
    }
  }
  return merged as Merge<T>;
}

export const rows: Readonly<Record<OpKind, readonly OpCase[]>> = merge(tables);
