/** ONNX's numbers of element types, as attributes carry them. */

import type { DType } from "../../tensor/index.js";
import { dtypeOfElement, elementTypeOf } from "../onnx-elements.js";
import type { ImportNode } from "./node.js";

/** Our element type for the number in an attribute. */
export const requireDType = (n: ImportNode, type: number): DType =>
  dtypeOfElement(elementTypeOf(type)) ??
  n.refuse(
    `element type ${type} is not supported`,
    "float32, float64, int8, uint8, int32, int64 or bool",
  );
