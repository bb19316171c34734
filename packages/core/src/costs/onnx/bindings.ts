/** Lengths of inputs: declared in the file, or given by name, or given with the whole shape; never contradicting. */

import { UserError } from "../../base/index.js";
import type { OnnxFileType, OnnxFileValue } from "../../formats/index.js";
import { elementCount, type Shape } from "../../tensor/index.js";
import { type Info, tensorInfo } from "./info.js";

export interface Bindings {
  /** Whole shapes, by input name: `--input x=1x3x224x224`. */
  readonly inputs?: Readonly<Record<string, Shape>>;
  /** Lengths of the file's named dimensions. */
  readonly dimensions?: Readonly<Record<string, number>>;
  /** Elements of inputs that shapes depend on: a target shape, a number of repeats. */
  readonly values?: Readonly<Record<string, readonly number[]>>;
}

const isLength = (d: number): boolean => Number.isSafeInteger(d) && d >= 0;

const printDims = (dims: readonly (number | string)[]): string => `[${dims.join(", ")}]`;

/** The lengths of all named dimensions, from names and from whole shapes. */
export class BoundDimensions {
  private readonly lengths = new Map<string, { readonly length: number; readonly from: string }>();

  constructor(private readonly bindings: Bindings) {
    for (const [name, length] of Object.entries(bindings.dimensions ?? {})) {
      this.bind(name, length, `dimension ${name}`);
    }
  }

  private bind(name: string, length: number, from: string): void {
    if (!isLength(length)) {
      throw new UserError("E_SHAPE", `${from} is ${length}`, { allowed: "a whole number >= 0" });
    }
    const known = this.lengths.get(name);
    if (known && known.length !== length) {
      throw new UserError(
        "E_SHAPE",
        `dimension "${name}" is ${known.length} by ${known.from} and ${length} by ${from}`,
        { next: "give the same length to both" },
      );
    }
    this.lengths.set(name, { length, from });
  }

  /** Takes in the shapes given for inputs; refuses what the file does not have or fixes otherwise. */
  readInputs(inputs: readonly OnnxFileValue[]): void {
    const given = this.bindings.inputs ?? {};
    const byName = new Map(inputs.map((v) => [v.name, v]));
    for (const name of [...Object.keys(given), ...Object.keys(this.bindings.values ?? {})]) {
      if (byName.has(name)) continue;
      throw new UserError("E_USAGE", `the model has no input "${name}"`, {
        allowed: [...byName.keys()].join(", ") || "none: it has no inputs",
      });
    }
    for (const [name, shape] of Object.entries(given)) {
      const type = byName.get(name)?.type;
      if (type?.kind !== "tensor") {
        throw new UserError("E_USAGE", `input "${name}" is no tensor: it has no shape`);
      }
      const { dims } = type;
      if (!shape.every(isLength)) {
        throw new UserError("E_SHAPE", `the shape [${shape.join(", ")}] for input "${name}"`, {
          allowed: "whole numbers >= 0",
        });
      }
      if (!dims) continue;
      const fits = (d: number | string, i: number) =>
        typeof d === "string" || d < 0 || d === shape[i];
      if (dims.length !== shape.length || !dims.every(fits)) {
        throw new UserError(
          "E_SHAPE",
          `input "${name}" is ${printDims(dims)} in the file, not [${shape.join(", ")}]`,
          { next: "give a shape that fits, or export the model with open dimensions" },
        );
      }
      dims.forEach((d, i) => {
        if (typeof d === "string" && d !== "?") this.bind(d, shape[i]!, `input ${name}`);
      });
    }
  }

  /** What a declared type says once names are replaced; NaN where a length stays open. */
  info(type: OnnxFileType): Info {
    if (type.kind === "tensor") {
      const shape = type.dims?.map((d) => {
        if (typeof d === "number") return d < 0 ? Number.NaN : d;
        return this.lengths.get(d)?.length ?? Number.NaN;
      });
      return tensorInfo(type.elementType, shape);
    }
    if (type.kind === "opaque") return { kind: "opaque", type: type.type };
    if (type.kind === "optional") return { kind: "opaque", type: "optional" };
    return { kind: "sequence", of: this.info(type.of) };
  }

  /** Type and shape of each input; all that is open is named at once. */
  inputInfos(inputs: readonly OnnxFileValue[]): ReadonlyMap<string, Info> {
    const open: string[] = [];
    const hints: string[] = [];
    const infos = new Map<string, Info>();
    for (const { name, type } of inputs) {
      const given = this.bindings.inputs?.[name];
      const declared = this.info(type);
      if (declared.kind !== "tensor" || type.kind !== "tensor") {
        infos.set(name, declared);
        continue;
      }
      const shape = given ?? declared.shape;
      if (!shape?.every(isLength)) {
        open.push(`${name} ${type.dims ? printDims(type.dims) : "of unknown rank"}`);
        hints.push(
          `${name}=${(type.dims ?? ["?"]).map((d) => (typeof d === "number" && d >= 0 ? d : "N")).join("x")}`,
        );
        continue;
      }
      if (!Number.isSafeInteger(elementCount(shape))) {
        throw new UserError("E_SHAPE", `input "${name}" of shape [${shape.join(", ")}]`, {
          allowed: "fewer than 2^53 elements",
        });
      }
      infos.set(name, tensorInfo(declared.elementType, shape, this.bindings.values?.[name]));
    }
    if (open.length > 0) {
      throw new UserError("E_SHAPE", `open dimensions: ${open.join("; ")}`, {
        next: `say how long they are: ${hints.join(" ")} (N stands for a number)`,
      });
    }
    return infos;
  }
}
