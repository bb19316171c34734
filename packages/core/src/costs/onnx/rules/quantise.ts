/** Between floating point and integers. */

import { elementTypeOf } from "../../../formats/index.js";
import { elementCount } from "../../../tensor/index.js";
import { type Info, tensorInfo } from "../info.js";
import type { OpRule, RuleTable } from "../rule.js";
import { perElement } from "./elementwise.js";

const quantize: OpRule = {
  infer: (n) => {
    const asked = n.int("output_dtype");
    const fallback = n.has(2) ? n.tensor(2).elementType : "uint8";
    return tensorInfo(asked ? elementTypeOf(asked) : fallback, n.tensor(0).shape);
  },
  work: perElement("elementwise", 2),
  roles: { 1: "constant", 2: "constant" },
};

const dequantize: OpRule = {
  infer: (n) => {
    const asked = n.int("output_dtype");
    return tensorInfo(asked ? elementTypeOf(asked) : n.tensor(1).elementType, n.tensor(0).shape);
  },
  work: perElement("elementwise", 2),
  keeps: true,
  roles: { 1: "constant", 2: "constant" },
};

const dynamic: OpRule = {
  infer: (n): readonly Info[] => [
    tensorInfo("uint8", n.tensor(0).shape),
    tensorInfo("float32", []),
    tensorInfo("uint8", []),
  ],
  // Minimum, maximum, then scale and round.
  work: (n) => {
    const count = elementCount(n.out());
    return { elements: { elementwise: count, reduction: 2 * count }, otherOps: 4 * count };
  },
};

export const quantisation = {
  QuantizeLinear: quantize,
  DequantizeLinear: dequantize,
  DynamicQuantizeLinear: dynamic,
} satisfies RuleTable;
