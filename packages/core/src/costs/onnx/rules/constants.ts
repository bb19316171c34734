/** Operators that make tensors from nothing, or from a shape. */

import { type ElementType, elementTypeOf } from "../../../formats/index.js";
import { elementCount } from "../../../tensor/index.js";
import { countOf, type Info, MOST_VALUES, tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule, RuleTable } from "../rule.js";
import { perElement } from "./elementwise.js";

const constant: OpRule = {
  infer: (n) => {
    const tensor = n.tensorAttribute("value");
    if (tensor) return tensorInfo(tensor.elementType, tensor.shape, tensor.numbers(MOST_VALUES));
    const ints = n.list("value_ints");
    if (ints) return tensorInfo("int64", [ints.length], ints);
    const floats = n.list("value_floats");
    if (floats) return tensorInfo("float32", [floats.length], floats);
    const int = n.int("value_int");
    if (int !== undefined) return tensorInfo("int64", [], [int]);
    const float = n.float("value_float");
    if (float !== undefined) return tensorInfo("float32", [], [float]);
    const texts = n.strings("value_strings");
    if (texts) return tensorInfo("string", [texts.length]);
    if (n.string("value_string") !== undefined) return tensorInfo("string", []);
    return n.refuse("it has no value that Frugal reads");
  },
};

const constantOfShape: OpRule = {
  infer: (n) => {
    const shape = n.ints(0) ?? n.refuse("its shape is missing");
    if (shape.some((d) => !(Number.isSafeInteger(d) && d >= 0))) n.refuse(`shape [${shape}]`);
    const type = n.tensorAttribute("value")?.elementType ?? "float32";
    const count = elementCount(shape);
    if (!Number.isSafeInteger(count)) n.refuse(`shape [${shape}]`);
    const fill = n.tensorAttribute("value") ? n.numbers("value")?.[0] : 0;
    const few = count <= MOST_VALUES && fill !== undefined;
    return tensorInfo(type, shape, few ? new Array<number>(count).fill(fill) : undefined);
  },
};

const shapeOf: OpRule = {
  infer: (n) => {
    const shape = n.shape(0);
    const part = shape.slice(n.int("start") ?? 0, n.int("end"));
    const whole = part.some(Number.isNaN) ? undefined : part;
    return tensorInfo("int64", [part.length], whole);
  },
  typeInput: 0,
};

const sizeOf: OpRule = {
  infer: (n) => {
    const count = countOf(n.tensor(0));
    return tensorInfo("int64", [], Number.isNaN(count) ? undefined : [count]);
  },
  typeInput: 0,
};

const range: OpRule = {
  infer: (n) => {
    const { elementType } = n.tensor(0);
    const [start, limit, step] = [0, 1, 2].map((i) => n.known(i)?.[0]);
    if (start === undefined || limit === undefined || step === undefined) {
      return tensorInfo(elementType, [Number.NaN]);
    }
    const length = Math.max(0, Math.ceil((limit - start) / step));
    if (!Number.isSafeInteger(length)) n.refuse(`from ${start} to ${limit} by ${step}`);
    if (length > MOST_VALUES) return tensorInfo(elementType, [length]);
    const values = Array.from({ length }, (_, i) => start + i * step);
    return tensorInfo(elementType, [length], values);
  },
};

const typeAttribute = (n: NodeView, otherwise: ElementType): ElementType => {
  const given = n.int("dtype");
  return given === undefined ? otherwise : elementTypeOf(given);
};

const eyeLike: OpRule = {
  infer: (n) => {
    const { elementType, shape } = n.tensor(0);
    return tensorInfo(typeAttribute(n, elementType), shape);
  },
  typeInput: 0,
};

const random = perElement("elementwise");

const randomLike: OpRule = {
  infer: (n): Info => {
    const { elementType, shape } = n.tensor(0);
    return tensorInfo(typeAttribute(n, elementType), shape);
  },
  work: random,
  typeInput: 0,
};

const randomOfShape: OpRule = {
  infer: (n) => {
    const shape = n.list("shape") ?? n.refuse("its shape is missing");
    return tensorInfo(typeAttribute(n, "float32"), shape);
  },
  work: random,
};

const multinomial: OpRule = {
  infer: (n) => {
    const [batch] = n.shapeOfRank(0, 2, 2);
    return tensorInfo(typeAttribute(n, "int32"), [batch!, n.int("sample_size") ?? 1]);
  },
  work: random,
};

export const constants = {
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Shape: shapeOf,
  Size: sizeOf,
  Range: range,
  EyeLike: eyeLike,
  RandomNormal: randomOfShape,
  RandomUniform: randomOfShape,
  RandomNormalLike: randomLike,
  RandomUniformLike: randomLike,
  Bernoulli: randomLike,
  Multinomial: multinomial,
} satisfies RuleTable;
