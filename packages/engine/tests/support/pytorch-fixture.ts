/** The committed PyTorch results of the contract rows: reading them, telling stale ones, making them anew. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32c, readSafetensors } from "@frugal/core/formats";
import { isFloat } from "@frugal/core/tensor";
import {
  caseValues,
  normals,
  type OpCase,
  rows,
  type TracedCase,
  traceCase,
} from "../../../core/src/ops/testing/index.js";

export interface FixtureRow {
  readonly id: string;
  readonly row: OpCase;
}

/** Larger cases stay out of the repository: the contract suite compares them with the reference alone. */
const MOST_ELEMENTS = 1024;
const path = fileURLToPath(new URL("../fixtures/ops.safetensors", import.meta.url));
const script = fileURLToPath(new URL("../../../../scripts/fixtures/ops.py", import.meta.url));

const isSmall = (row: OpCase) =>
  row.inputs.every((x) => x.shape.reduce((n, d) => n * d, 1) <= MOST_ELEMENTS);

/** Every row, with the reason why it has no fixture. */
export const fixtureRows = (): (FixtureRow & { readonly without?: string })[] =>
  Object.entries(rows).flatMap(([kind, cases]) =>
    cases.map((row) => {
      const id = `${kind}/${row.name}`;
      if (!row.torch) return { id, row, without: "no PyTorch expression" };
      return isSmall(row) ? { id, row } : { id, row, without: "too large for the repository" };
    }),
  );

/** In double precision where the row can be built so: constants are then exact. */
export function traceDouble(id: string, row: OpCase): { traced: TracedCase; exact: boolean } {
  try {
    return { traced: traceCase(id, row, { double: true }), exact: true };
  } catch {
    return { traced: traceCase(id, row), exact: false };
  }
}

const exportable = (v: number): number | string => (Number.isFinite(v) ? v : String(v));

/** What PyTorch needs to evaluate a row. */
function exportRow({ id, row }: FixtureRow) {
  const { traced } = traceDouble(id, row);
  return {
    id,
    torch: row.torch,
    inputs: row.inputs.map((spec, i) => ({
      dtype: spec.dtype ?? "float32",
      shape: spec.shape,
      values: caseValues(id, spec, i).map(exportable),
    })),
    wrt: traced.wrt,
    cotangents: Object.fromEntries(
      traced.outputs.flatMap((y, i) =>
        isFloat(y.dtype) ? [[i, normals(`${id}/cotangent/${i}`, y.shape)]] : [],
      ),
    ),
  };
}

/** Changes with anything that PyTorch was given: expression, inputs, cotangents. */
export const fixtureHash = (row: FixtureRow): string =>
  crc32c(new TextEncoder().encode(JSON.stringify(exportRow(row)))).toString(16);

export const readFixture = () => readSafetensors(readFileSync(path), path);

/** Runs PyTorch over all rows and replaces the committed file. */
export function regenerate(python: string): void {
  const folder = mkdtempSync(join(tmpdir(), "frugal-fixtures-"));
  const list = fixtureRows().filter((r) => !r.without);
  const json = join(folder, "rows.json");
  writeFileSync(json, JSON.stringify(list.map((r) => ({ ...exportRow(r), hash: fixtureHash(r) }))));
  const run = spawnSync(python, [script, json, path], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  if (run.status !== 0) throw new Error(`PyTorch could not evaluate some rows:\n${run.stderr}`);
}
