/** What `simplify` rules ask: is this a certain number, and can that value stand for this one? */

import { constantTensor, type TensorType, type Value } from "../graph/index.js";
import { sameShape } from "../tensor/index.js";

/** Whether `value` is a constant of one element that is `number`. */
export function isNumber(value: Value, number: number): boolean {
  const data = constantTensor(value)?.data;
  return data?.length === 1 && Number(data[0]) === number;
}

/** `value` if it has the type of the result it is to replace: broadcasting may have given that another shape. */
export const sameAs = (value: Value, result: TensorType): Value | undefined =>
  value.dtype === result.dtype && sameShape(value.shape, result.shape) ? value : undefined;
