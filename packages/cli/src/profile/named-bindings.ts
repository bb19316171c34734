/** Which bindings of a command line concern which model; one that concerns none is a mistake, not a no-op. */

import { UserError } from "@frugal/core/base";
import type { ProfileOptions } from "@frugal/core/costs";
import type { OnnxFile, OnnxFileType } from "@frugal/core/formats";
import { didYouMean } from "../app/nearest.js";

const dimensionsOf = (type: OnnxFileType): readonly string[] =>
  type.kind === "tensor"
    ? (type.dims ?? []).filter((d): d is string => typeof d === "string" && d !== "?")
    : [];

/** Names that a file has for its inputs and for lengths. */
function namesIn({ graph }: OnnxFile) {
  const all = [...graph.inputs, ...graph.outputs, ...graph.values.values()];
  return {
    inputs: new Set(graph.inputs.map((v) => v.name)),
    dimensions: new Set(all.flatMap((v) => dimensionsOf(v.type))),
  };
}

/** Names of lengths in a file. */
export const dimensionNames = (file: OnnxFile): ReadonlySet<string> => namesIn(file).dimensions;

const only = <T>(record: Readonly<Record<string, T>> = {}, names: ReadonlySet<string>) =>
  Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));

/** The options without the names that the file does not have. */
export function bindingsFor(file: OnnxFile, options: ProfileOptions): ProfileOptions {
  const { inputs, dimensions } = namesIn(file);
  return {
    ...options,
    inputs: only(options.inputs, inputs),
    values: only(options.values, inputs),
    dimensions: only(options.dimensions, dimensions),
  };
}

/** Refuses a name that none of the files has. */
export function requireUsed(options: ProfileOptions, files: readonly OnnxFile[]): void {
  const names = files.map(namesIn);
  const check = (what: string, key: "inputs" | "dimensions", given: object = {}): void => {
    const known = [...new Set(names.flatMap((n) => [...n[key]]))];
    const unknown = Object.keys(given).find((name) => !known.includes(name));
    if (unknown === undefined) return;
    const next = didYouMean(unknown, known);
    throw new UserError(
      "E_USAGE",
      `the ${files.length > 1 ? "models have" : "model has"} no ${what} ${JSON.stringify(unknown)}`,
      { allowed: known.join(", ") || "none: every length is fixed", ...(next ? { next } : {}) },
    );
  };
  check("input", "inputs", options.inputs);
  check("input", "inputs", options.values);
  check("dimension", "dimensions", options.dimensions);
}
