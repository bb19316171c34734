/** What an importer sees of one ONNX node: its values, its attributes decoded, and a way to refuse. */

import { UserError } from "../../base/index.js";
import { describeType, type Value } from "../../graph/index.js";
import { formatShape, type HostTensor, toNumbers } from "../../tensor/index.js";
import type { OnnxFileAttribute, OnnxFileNode } from "../onnx-file.js";

/** Writes one ONNX node with our ops; one value per output, undefined for outputs that nobody named. */
export type NodeImporter = (n: ImportNode) => Value | readonly (Value | undefined)[];

/** Importers of one family, by ONNX operator name. */
export type ImporterTable = Readonly<Record<string, NodeImporter>>;

/** Attributes that say nothing about the result. */
const ignored = new Set(["consumed_inputs"]);

export class ImportNode {
  private readonly read = new Set<string>();

  constructor(
    private readonly node: OnnxFileNode,
    private readonly values: readonly (Value | undefined)[],
    /** Version of the node's operator set: what decides the meaning of attributes. */
    readonly version: number,
    private readonly evaluate: (value: Value) => HostTensor | undefined,
  ) {}

  get opType(): string {
    return this.node.opType;
  }

  /** Where this node is, for errors. */
  get where(): string {
    const { opType, name, outputs } = this.node;
    return `${opType} ${name ? `"${name}"` : `that computes "${outputs[0] ?? ""}"`}`;
  }

  refuse(why: string, allowed?: string): never {
    throw new UserError("E_ONNX", `${this.node.opType}: ${why}`, {
      where: this.where,
      ...(allowed ? { allowed } : {}),
    });
  }

  /** All inputs of a variadic operator. */
  get inputs(): readonly Value[] {
    return this.values.map((_, i) => this.input(i));
  }

  input(index: number): Value {
    return this.values[index] ?? this.refuse(`input ${index} is missing`);
  }

  optional(index: number): Value | undefined {
    return this.values[index];
  }

  /** Whether the model uses output `index`. */
  wants(index: number): boolean {
    return Boolean(this.node.outputs[index]);
  }

  get outputCount(): number {
    return this.node.outputs.length;
  }

  /** The elements of an input that must be known before the model runs; undefined where it is absent. */
  constant(index: number): HostTensor | undefined {
    const value = this.values[index];
    if (!value) return undefined;
    return (
      this.evaluate(value) ??
      this.refuse(
        `input ${index}, a ${describeType(value)}, is computed from the model's inputs`,
        "a value known before the model runs: Frugal's shapes are static",
      )
    );
  }

  constantInts(index: number): number[] | undefined {
    const found = this.constant(index);
    return found && toNumbers(found);
  }

  constantNumber(index: number): number | undefined {
    const numbers = this.constantInts(index);
    if (numbers && numbers.length !== 1)
      this.refuse(`input ${index} has ${numbers.length} elements`, "one");
    return numbers?.[0];
  }

  private attribute<K extends OnnxFileAttribute["kind"]>(
    name: string,
    kind: K,
  ): Extract<OnnxFileAttribute, { kind: K }> | undefined {
    this.read.add(name);
    const found = this.node.attributes.get(name);
    if (found && found.kind !== kind) {
      this.refuse(`attribute ${name} is of kind ${found.kind}`, kind);
    }
    return found as Extract<OnnxFileAttribute, { kind: K }> | undefined;
  }

  int(name: string, otherwise: number): number {
    return this.attribute(name, "int")?.value ?? otherwise;
  }

  flag(name: string, otherwise = false): boolean {
    return this.int(name, otherwise ? 1 : 0) !== 0;
  }

  float(name: string, otherwise: number): number {
    return this.attribute(name, "float")?.value ?? otherwise;
  }

  string(name: string, otherwise: string): string {
    return this.attribute(name, "string")?.value ?? otherwise;
  }

  ints(name: string): readonly number[] | undefined {
    return this.attribute(name, "ints")?.value;
  }

  floats(name: string): readonly number[] | undefined {
    return this.attribute(name, "floats")?.value;
  }

  tensor(name: string): HostTensor | undefined {
    const found = this.attribute(name, "tensor")?.value.contents();
    if (!found || found.kind === "data") return found?.tensor;
    return this.refuse(
      `attribute ${name} is of type ${found.kind === "unsupported" ? found.elementType : "external"}`,
    );
  }

  has(name: string): boolean {
    return this.node.attributes.has(name);
  }

  /** Says that an attribute cannot change the result here. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.read.add(name);
  }

  /** The axes of a reduction and its like: an attribute before opset `since`, an input from then on. */
  axes(since: number): number[] | undefined {
    const given = this.version < since ? this.ints("axes") : this.constantInts(1);
    return given && [...given];
  }

  /** Fails where an attribute was not looked at: it might have changed the result. */
  finish(): void {
    for (const name of this.node.attributes.keys()) {
      if (!this.read.has(name) && !ignored.has(name)) {
        this.refuse(`attribute ${name} is not supported in opset ${this.version}`);
      }
    }
  }

  /** One dimension of a shape, where it must be positive to go on. */
  rank(index: number, allowed: readonly number[]): number {
    const { shape } = this.input(index);
    if (!allowed.includes(shape.length)) {
      this.refuse(`input ${index} has shape ${formatShape(shape)}`, `rank ${allowed.join(" or ")}`);
    }
    return shape.length;
  }
}
