/** A model as it is named on a command line: a file, or a file at sizes of its own, such as text.onnx@tokens=128. */

import { existsSync } from "node:fs";
import { UserError } from "@frugal/core/base";
import type { ProfileOptions } from "@frugal/core/costs";
import type { OnnxFile } from "@frugal/core/formats";
import { dimensionNames } from "./named-bindings.js";

export interface ModelWord {
  /** As it was given: what it is called in reports. */
  readonly text: string;
  readonly path: string;
  /** Lengths and shapes that hold for this model alone, by name. */
  readonly sizes: ReadonlyMap<string, string>;
}

const SUFFIX = /^(.+)@([^@=,]+=[^@]*)$/;

function mistake(text: string, what: string): UserError {
  return new UserError("E_USAGE", `${JSON.stringify(text)}: ${what}`, {
    allowed: "FILE@NAME=N, FILE@NAME=SHAPE, or several with commas: text.onnx@batch=1,tokens=128",
    next: "frugal profile --help shows examples",
  });
}

/** A file whose name looks like that is that file. */
export function modelWord(text: string): ModelWord {
  const [, path, list] = existsSync(text) ? [] : (SUFFIX.exec(text) ?? []);
  if (path === undefined || list === undefined) return { text, path: text, sizes: new Map() };
  const sizes = new Map<string, string>();
  for (const item of list.split(",")) {
    const at = item.lastIndexOf("=");
    const [name, value] = [item.slice(0, at), item.slice(at + 1)];
    if (at <= 0 || !/^(scalar|[0-9]+(x[0-9]+)*)$/.test(value)) {
      throw mistake(text, `${JSON.stringify(item)} is no size`);
    }
    if (sizes.has(name)) throw mistake(text, `${JSON.stringify(name)} is given twice`);
    sizes.set(name, value);
  }
  return { text, path, sizes };
}

/** The sizes as options: a name of a dimension is a length, any other an input. */
export function sizesOf(
  { sizes }: ModelWord,
  file: OnnxFile,
): Required<Pick<ProfileOptions, "inputs" | "dimensions">> {
  const lengths = dimensionNames(file);
  const inputs: Record<string, readonly number[]> = {};
  const dimensions: Record<string, number> = {};
  for (const [name, value] of sizes) {
    if (lengths.has(name) && !value.includes("x")) dimensions[name] = Number(value);
    else inputs[name] = value === "scalar" ? [] : value.split("x").map(Number);
  }
  return { inputs, dimensions };
}
