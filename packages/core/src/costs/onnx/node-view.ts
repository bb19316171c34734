/** What a rule sees of one node: inputs, attributes resolved, the inferred outputs, and two ways to give up. */

import { UserError } from "../../base/index.js";
import type {
  OnnxFileAttribute,
  OnnxFileGraph,
  OnnxFileNode,
  OnnxFileTensor,
} from "../../formats/index.js";
import { normaliseAxis, type Shape } from "../../tensor/index.js";
import { describeInfo, type Info, MOST_VALUES, type TensorInfo } from "./info.js";
import type { Value } from "./value.js";

/** Thrown by a rule whose result depends on data: not a mistake, but nothing can be counted. */
export class Unknown extends Error {}

/** The answer of a rule, or undefined where it depends on data. */
export function ifKnown<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

export interface NodeContext {
  /** Version of the node's operator set. */
  readonly version: number;
  /** Attributes of the function call around the node. */
  readonly references: ReadonlyMap<string, OnnxFileAttribute>;
}

export class NodeView {
  /** Set between inference and the count of work. */
  outputs: readonly Info[] = [];

  constructor(
    readonly node: OnnxFileNode,
    readonly inputs: readonly (Value | undefined)[],
    readonly context: NodeContext,
  ) {}

  get version(): number {
    return this.context.version;
  }

  get where(): string {
    const { opType, name, outputs } = this.node;
    return `${opType} ${name ? `"${name}"` : `that computes "${outputs[0] ?? ""}"`}`;
  }

  /** The file contradicts itself or the operator's definition. */
  refuse(why: string): never {
    const given = this.inputs.map((v) => describeInfo(v?.info)).join(", ");
    throw new UserError("E_ONNX", `${this.node.opType}(${given}): ${why}`, { where: this.where });
  }

  /** The result depends on data. */
  unknown(why: string): never {
    throw new Unknown(why);
  }

  has(index: number): boolean {
    return this.inputs[index] !== undefined;
  }

  value(index: number): Value {
    return this.inputs[index] ?? this.refuse(`input ${index} is missing`);
  }

  tensor(index: number): TensorInfo {
    const { info } = this.value(index);
    return info.kind === "tensor" ? info : this.refuse(`input ${index} is no tensor`);
  }

  /** Shape of an input; lengths may be NaN. */
  shape(index: number): Shape {
    return this.tensor(index).shape ?? this.unknown(`the rank of input ${index} is not known`);
  }

  /** Shape of an input that must have at least so many axes. */
  shapeOfRank(index: number, least: number, most = Number.POSITIVE_INFINITY): Shape {
    const shape = this.shape(index);
    if (shape.length < least || shape.length > most) {
      const allowed = least === most ? `${least}` : `at least ${least}`;
      this.refuse(`input ${index} has rank ${shape.length}, not ${allowed}`);
    }
    return shape;
  }

  /** Elements of an input, if they are known before the model runs; undefined where it is absent or data-dependent. */
  known(index: number): readonly number[] | undefined {
    const info = this.inputs[index]?.info;
    return info?.kind === "tensor" ? info.values : undefined;
  }

  /** Elements of an input that the result depends on; undefined where it is absent. */
  ints(index: number): readonly number[] | undefined {
    if (!this.has(index)) return undefined;
    return this.known(index) ?? this.unknown(`input ${index} is computed from data`);
  }

  /** Shape of output 0 or another, after inference; NaN lengths are kept. */
  out(index = 0): Shape {
    const info = this.outputs[index];
    return info?.kind === "tensor" && info.shape ? info.shape : this.unknown("no output shape");
  }

  axis(axis: number, rank: number): number {
    return normaliseAxis(axis, rank);
  }

  attribute(name: string): OnnxFileAttribute | undefined {
    const found = this.node.attributes.get(name);
    return found?.kind === "reference" ? this.context.references.get(found.value) : found;
  }

  /** An attribute that must be of one of the kinds. */
  private typed<K extends OnnxFileAttribute["kind"]>(
    name: string,
    kinds: readonly K[],
  ): Extract<OnnxFileAttribute, { readonly kind: K }> | undefined {
    const found = this.attribute(name);
    if (found && !kinds.includes(found.kind as K)) {
      this.refuse(`attribute ${name} is of kind ${found.kind}, not ${kinds.join(" or ")}`);
    }
    return found as Extract<OnnxFileAttribute, { readonly kind: K }> | undefined;
  }

  int(name: string): number | undefined {
    return this.typed(name, ["int"])?.value;
  }

  float(name: string): number | undefined {
    return this.typed(name, ["float"])?.value;
  }

  string(name: string): string | undefined {
    return this.typed(name, ["string"])?.value;
  }

  list(name: string): readonly number[] | undefined {
    return this.typed(name, ["ints", "floats"])?.value;
  }

  strings(name: string): readonly string[] | undefined {
    return this.typed(name, ["strings"])?.value;
  }

  tensorAttribute(name: string): OnnxFileTensor | undefined {
    return this.typed(name, ["tensor"])?.value;
  }

  graph(name: string): OnnxFileGraph | undefined {
    return this.typed(name, ["graph"])?.value;
  }

  /** Small constant tensor of an attribute. */
  numbers(name: string): readonly number[] | undefined {
    return this.tensorAttribute(name)?.numbers(MOST_VALUES);
  }

  /** Axes: an attribute before opset `since`, input `index` from then on. */
  axes(since: number, index = 1): readonly number[] | undefined {
    return this.version < since ? this.list("axes") : this.ints(index);
  }
}
