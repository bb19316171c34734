/** Contract rows of elementwise ops of several operands: a table, longer than a source file may be. */

import {
  and,
  div,
  equal,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  maximum,
  minimum,
  or,
  pow,
  sub,
  where,
  xor,
} from "../index.js";
import type { OpCase } from "./case.js";

export const binaryRows = {
  Sub: [
    {
      name: "of equal shapes",
      inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
      build: (a, b) => sub(a, b),
      torch: "x0 - x1",
    },
    {
      name: "stretching both operands",
      inputs: [{ shape: [2, 1, 3] }, { shape: [4, 1] }],
      build: (a, b) => sub(a, b),
      torch: "x0 - x1",
    },
    {
      name: "of scalars",
      inputs: [{ shape: [] }, { shape: [] }],
      build: (a, b) => sub(a, b),
      torch: "x0 - x1",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 3] }, { shape: [3] }],
      build: (a, b) => sub(a, b),
      torch: "x0 - x1",
    },
    {
      name: "of int32",
      inputs: [
        { shape: [2, 3], dtype: "int32", range: [-9, 9] },
        { shape: [3], dtype: "int32", range: [-9, 9] },
      ],
      build: (a, b) => sub(a, b),
      torch: "x0 - x1",
    },
    {
      name: "of int64",
      inputs: [
        { shape: [2, 3], dtype: "int64", range: [-9, 9] },
        { shape: [3], dtype: "int64", range: [-9, 9] },
      ],
      build: (a, b) => sub(a, b),
      torch: "x0 - x1",
    },
    {
      name: "of uint8",
      inputs: [
        { shape: [2, 3], dtype: "uint8", range: [5, 9] },
        { shape: [3], dtype: "uint8", range: [0, 5] },
      ],
      build: (a, b) => sub(a, b),
      torch: "x0 - x1",
    },
    {
      name: "from a number",
      inputs: [{ shape: [3] }],
      build: (a) => sub(1, a),
      torch: "1 - x0",
    },
  ],
  Div: [
    {
      name: "of equal shapes",
      inputs: [{ shape: [2, 3] }, { shape: [2, 3], range: [0.5, 2] }],
      build: (a, b) => div(a, b),
      torch: "x0 / x1",
    },
    {
      name: "stretching both operands",
      inputs: [{ shape: [2, 1, 3] }, { shape: [4, 1], range: [0.5, 2] }],
      build: (a, b) => div(a, b),
      torch: "x0 / x1",
    },
    {
      name: "of scalars",
      inputs: [{ shape: [] }, { shape: [], range: [0.5, 2] }],
      build: (a, b) => div(a, b),
      torch: "x0 / x1",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 3] }, { shape: [3] }],
      build: (a, b) => div(a, b),
      torch: "x0 / x1",
    },
    {
      name: "of int32",
      inputs: [
        { shape: [2, 3], dtype: "int32", range: [-9, 9] },
        { shape: [3], dtype: "int32", range: [1, 4] },
      ],
      build: (a, b) => div(a, b),
      torch: "torch.div(x0, x1, rounding_mode='trunc')",
    },
    {
      name: "of int64",
      inputs: [
        { shape: [2, 3], dtype: "int64", range: [-9, 9] },
        { shape: [3], dtype: "int64", range: [-4, -1] },
      ],
      build: (a, b) => div(a, b),
      torch: "torch.div(x0, x1, rounding_mode='trunc')",
    },
    {
      name: "of uint8",
      inputs: [
        { shape: [2, 3], dtype: "uint8", range: [5, 9] },
        { shape: [3], dtype: "uint8", range: [1, 5] },
      ],
      build: (a, b) => div(a, b),
      torch: "torch.div(x0, x1, rounding_mode='trunc')",
    },
    {
      name: "of a number",
      inputs: [{ shape: [3], range: [0.5, 2] }],
      build: (a) => div(1, a),
      torch: "1 / x0",
    },
  ],
  Pow: [
    {
      name: "of equal shapes",
      inputs: [{ shape: [2, 3], range: [0.2, 2] }, { shape: [2, 3] }],
      build: (a, b) => pow(a, b),
      torch: "x0 ** x1",
    },
    {
      name: "stretching both operands",
      inputs: [{ shape: [2, 1, 3], range: [0.2, 2] }, { shape: [4, 1] }],
      build: (a, b) => pow(a, b),
      torch: "x0 ** x1",
    },
    {
      name: "of scalars",
      inputs: [{ shape: [], range: [0.2, 2] }, { shape: [] }],
      build: (a, b) => pow(a, b),
      torch: "x0 ** x1",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 3] }, { shape: [3] }],
      build: (a, b) => pow(a, b),
      torch: "x0 ** x1",
    },
    {
      name: "of int32",
      inputs: [
        { shape: [2, 3], dtype: "int32", range: [-5, 5] },
        { shape: [3], dtype: "int32", range: [0, 4] },
      ],
      build: (a, b) => pow(a, b),
      torch: "x0 ** x1",
    },
    {
      name: "of int64",
      inputs: [
        { shape: [2, 3], dtype: "int64", range: [-5, 5] },
        { shape: [3], dtype: "int64", range: [0, 4] },
      ],
      build: (a, b) => pow(a, b),
      torch: "x0 ** x1",
    },
    {
      name: "of uint8",
      inputs: [
        { shape: [2, 3], dtype: "uint8", range: [0, 3] },
        { shape: [3], dtype: "uint8", range: [0, 4] },
      ],
      build: (a, b) => pow(a, b),
      torch: "x0 ** x1",
    },
    {
      name: "to a number",
      inputs: [{ shape: [2, 3] }],
      build: (a) => pow(a, 3),
      torch: "x0 ** 3",
    },
    {
      name: "to the power of zero, at zero",
      inputs: [{ shape: [3], values: [-1, 0, 2] }],
      build: (a) => pow(a, 0),
      torch: "x0 ** 0",
    },
    {
      name: "of a number",
      inputs: [{ shape: [3] }],
      build: (a) => pow(2, a),
      torch: "2 ** x0",
    },
    {
      name: "of zero and negative bases",
      inputs: [
        { shape: [4], values: [0, 0, -2, -2] },
        { shape: [4], values: [0, 2, 2, 3] },
      ],
      build: (a, b) => pow(a, b),
      torch: "x0 ** x1",
      gradient: [0],
    },
  ],
  Max: [
    {
      name: "of equal shapes",
      inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
      build: (a, b) => maximum(a, b),
      torch: "torch.maximum(x0, x1)",
    },
    {
      name: "stretching both operands",
      inputs: [{ shape: [2, 1, 3] }, { shape: [4, 1] }],
      build: (a, b) => maximum(a, b),
      torch: "torch.maximum(x0, x1)",
    },
    {
      name: "of scalars",
      inputs: [{ shape: [] }, { shape: [] }],
      build: (a, b) => maximum(a, b),
      torch: "torch.maximum(x0, x1)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 3] }, { shape: [3] }],
      build: (a, b) => maximum(a, b),
      torch: "torch.maximum(x0, x1)",
    },
    {
      name: "of int32",
      inputs: [
        { shape: [2, 3], dtype: "int32", range: [-9, 9] },
        { shape: [3], dtype: "int32", range: [-9, 9] },
      ],
      build: (a, b) => maximum(a, b),
      torch: "torch.maximum(x0, x1)",
    },
    {
      name: "of int64",
      inputs: [
        { shape: [2, 3], dtype: "int64", range: [-9, 9] },
        { shape: [3], dtype: "int64", range: [-9, 9] },
      ],
      build: (a, b) => maximum(a, b),
      torch: "torch.maximum(x0, x1)",
    },
    {
      name: "of uint8",
      inputs: [
        { shape: [2, 3], dtype: "uint8", range: [5, 9] },
        { shape: [3], dtype: "uint8", range: [0, 5] },
      ],
      build: (a, b) => maximum(a, b),
      torch: "torch.maximum(x0, x1)",
    },
    {
      name: "with ties",
      inputs: [
        { shape: [4], values: [1, 2, 3, 3] },
        { shape: [4], values: [1, 3, 2, 3] },
      ],
      build: (a, b) => maximum(a, b),
      torch: "torch.maximum(x0, x1)",
      gradient: { skip: "differences straddle the kink" },
    },
  ],
  Min: [
    {
      name: "of equal shapes",
      inputs: [{ shape: [2, 3] }, { shape: [2, 3] }],
      build: (a, b) => minimum(a, b),
      torch: "torch.minimum(x0, x1)",
    },
    {
      name: "stretching both operands",
      inputs: [{ shape: [2, 1, 3] }, { shape: [4, 1] }],
      build: (a, b) => minimum(a, b),
      torch: "torch.minimum(x0, x1)",
    },
    {
      name: "of scalars",
      inputs: [{ shape: [] }, { shape: [] }],
      build: (a, b) => minimum(a, b),
      torch: "torch.minimum(x0, x1)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 3] }, { shape: [3] }],
      build: (a, b) => minimum(a, b),
      torch: "torch.minimum(x0, x1)",
    },
    {
      name: "of int32",
      inputs: [
        { shape: [2, 3], dtype: "int32", range: [-9, 9] },
        { shape: [3], dtype: "int32", range: [-9, 9] },
      ],
      build: (a, b) => minimum(a, b),
      torch: "torch.minimum(x0, x1)",
    },
    {
      name: "of int64",
      inputs: [
        { shape: [2, 3], dtype: "int64", range: [-9, 9] },
        { shape: [3], dtype: "int64", range: [-9, 9] },
      ],
      build: (a, b) => minimum(a, b),
      torch: "torch.minimum(x0, x1)",
    },
    {
      name: "of uint8",
      inputs: [
        { shape: [2, 3], dtype: "uint8", range: [5, 9] },
        { shape: [3], dtype: "uint8", range: [0, 5] },
      ],
      build: (a, b) => minimum(a, b),
      torch: "torch.minimum(x0, x1)",
    },
    {
      name: "with ties",
      inputs: [
        { shape: [4], values: [1, 2, 3, 3] },
        { shape: [4], values: [1, 3, 2, 3] },
      ],
      build: (a, b) => minimum(a, b),
      torch: "torch.minimum(x0, x1)",
      gradient: { skip: "differences straddle the kink" },
    },
  ],
  Equal: [
    {
      name: "with ties",
      inputs: [
        { shape: [4], values: [1, 2, 3, 3] },
        { shape: [4], values: [1, 3, 2, 3] },
      ],
      build: (a, b) => equal(a, b),
      torch: "x0 == x1",
    },
    {
      name: "stretching both operands",
      inputs: [{ shape: [2, 1, 3] }, { shape: [4, 1] }],
      build: (a, b) => equal(a, b),
      torch: "x0 == x1",
    },
    {
      name: "of int32",
      inputs: [
        { shape: [2, 4], dtype: "int32" },
        { shape: [4], dtype: "int32" },
      ],
      build: (a, b) => equal(a, b),
      torch: "x0 == x1",
    },
    {
      name: "of int64",
      inputs: [
        { shape: [2, 4], dtype: "int64" },
        { shape: [4], dtype: "int64" },
      ],
      build: (a, b) => equal(a, b),
      torch: "x0 == x1",
    },
    {
      name: "of int8",
      inputs: [
        { shape: [2, 4], dtype: "int8" },
        { shape: [4], dtype: "int8" },
      ],
      build: (a, b) => equal(a, b),
      torch: "x0 == x1",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 3] }, { shape: [3] }],
      build: (a, b) => equal(a, b),
      torch: "x0 == x1",
    },
    {
      name: "of truth values",
      inputs: [
        { shape: [6], dtype: "bool" },
        { shape: [6], dtype: "bool" },
      ],
      build: (a, b) => equal(a, b),
      torch: "x0 == x1",
    },
  ],
  Greater: [
    {
      name: "with ties",
      inputs: [
        { shape: [4], values: [1, 2, 3, 3] },
        { shape: [4], values: [1, 3, 2, 3] },
      ],
      build: (a, b) => greater(a, b),
      torch: "x0 > x1",
    },
    {
      name: "stretching both operands",
      inputs: [{ shape: [2, 1, 3] }, { shape: [4, 1] }],
      build: (a, b) => greater(a, b),
      torch: "x0 > x1",
    },
    {
      name: "of int32",
      inputs: [
        { shape: [2, 4], dtype: "int32" },
        { shape: [4], dtype: "int32" },
      ],
      build: (a, b) => greater(a, b),
      torch: "x0 > x1",
    },
    {
      name: "of int64",
      inputs: [
        { shape: [2, 4], dtype: "int64" },
        { shape: [4], dtype: "int64" },
      ],
      build: (a, b) => greater(a, b),
      torch: "x0 > x1",
    },
    {
      name: "of int8",
      inputs: [
        { shape: [2, 4], dtype: "int8" },
        { shape: [4], dtype: "int8" },
      ],
      build: (a, b) => greater(a, b),
      torch: "x0 > x1",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 3] }, { shape: [3] }],
      build: (a, b) => greater(a, b),
      torch: "x0 > x1",
    },
  ],
  GreaterOrEqual: [
    {
      name: "with ties",
      inputs: [
        { shape: [4], values: [1, 2, 3, 3] },
        { shape: [4], values: [1, 3, 2, 3] },
      ],
      build: (a, b) => greaterOrEqual(a, b),
      torch: "x0 >= x1",
    },
    {
      name: "stretching both operands",
      inputs: [{ shape: [2, 1, 3] }, { shape: [4, 1] }],
      build: (a, b) => greaterOrEqual(a, b),
      torch: "x0 >= x1",
    },
    {
      name: "of int32",
      inputs: [
        { shape: [2, 4], dtype: "int32" },
        { shape: [4], dtype: "int32" },
      ],
      build: (a, b) => greaterOrEqual(a, b),
      torch: "x0 >= x1",
    },
    {
      name: "of int64",
      inputs: [
        { shape: [2, 4], dtype: "int64" },
        { shape: [4], dtype: "int64" },
      ],
      build: (a, b) => greaterOrEqual(a, b),
      torch: "x0 >= x1",
    },
    {
      name: "of int8",
      inputs: [
        { shape: [2, 4], dtype: "int8" },
        { shape: [4], dtype: "int8" },
      ],
      build: (a, b) => greaterOrEqual(a, b),
      torch: "x0 >= x1",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 3] }, { shape: [3] }],
      build: (a, b) => greaterOrEqual(a, b),
      torch: "x0 >= x1",
    },
  ],
  Less: [
    {
      name: "with ties",
      inputs: [
        { shape: [4], values: [1, 2, 3, 3] },
        { shape: [4], values: [1, 3, 2, 3] },
      ],
      build: (a, b) => less(a, b),
      torch: "x0 < x1",
    },
    {
      name: "stretching both operands",
      inputs: [{ shape: [2, 1, 3] }, { shape: [4, 1] }],
      build: (a, b) => less(a, b),
      torch: "x0 < x1",
    },
    {
      name: "of int32",
      inputs: [
        { shape: [2, 4], dtype: "int32" },
        { shape: [4], dtype: "int32" },
      ],
      build: (a, b) => less(a, b),
      torch: "x0 < x1",
    },
    {
      name: "of int64",
      inputs: [
        { shape: [2, 4], dtype: "int64" },
        { shape: [4], dtype: "int64" },
      ],
      build: (a, b) => less(a, b),
      torch: "x0 < x1",
    },
    {
      name: "of int8",
      inputs: [
        { shape: [2, 4], dtype: "int8" },
        { shape: [4], dtype: "int8" },
      ],
      build: (a, b) => less(a, b),
      torch: "x0 < x1",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 3] }, { shape: [3] }],
      build: (a, b) => less(a, b),
      torch: "x0 < x1",
    },
  ],
  LessOrEqual: [
    {
      name: "with ties",
      inputs: [
        { shape: [4], values: [1, 2, 3, 3] },
        { shape: [4], values: [1, 3, 2, 3] },
      ],
      build: (a, b) => lessOrEqual(a, b),
      torch: "x0 <= x1",
    },
    {
      name: "stretching both operands",
      inputs: [{ shape: [2, 1, 3] }, { shape: [4, 1] }],
      build: (a, b) => lessOrEqual(a, b),
      torch: "x0 <= x1",
    },
    {
      name: "of int32",
      inputs: [
        { shape: [2, 4], dtype: "int32" },
        { shape: [4], dtype: "int32" },
      ],
      build: (a, b) => lessOrEqual(a, b),
      torch: "x0 <= x1",
    },
    {
      name: "of int64",
      inputs: [
        { shape: [2, 4], dtype: "int64" },
        { shape: [4], dtype: "int64" },
      ],
      build: (a, b) => lessOrEqual(a, b),
      torch: "x0 <= x1",
    },
    {
      name: "of int8",
      inputs: [
        { shape: [2, 4], dtype: "int8" },
        { shape: [4], dtype: "int8" },
      ],
      build: (a, b) => lessOrEqual(a, b),
      torch: "x0 <= x1",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0, 3] }, { shape: [3] }],
      build: (a, b) => lessOrEqual(a, b),
      torch: "x0 <= x1",
    },
  ],
  And: [
    {
      name: "of every combination",
      inputs: [
        { shape: [2, 1], dtype: "bool", values: [0, 1] },
        { shape: [2], dtype: "bool", values: [0, 1] },
      ],
      build: (a, b) => and(a, b),
      torch: "x0 & x1",
    },
    {
      name: "of nothing",
      inputs: [
        { shape: [0], dtype: "bool" },
        { shape: [1], dtype: "bool" },
      ],
      build: (a, b) => and(a, b),
      torch: "x0 & x1",
    },
  ],
  Or: [
    {
      name: "of every combination",
      inputs: [
        { shape: [2, 1], dtype: "bool", values: [0, 1] },
        { shape: [2], dtype: "bool", values: [0, 1] },
      ],
      build: (a, b) => or(a, b),
      torch: "x0 | x1",
    },
    {
      name: "of nothing",
      inputs: [
        { shape: [0], dtype: "bool" },
        { shape: [1], dtype: "bool" },
      ],
      build: (a, b) => or(a, b),
      torch: "x0 | x1",
    },
  ],
  Xor: [
    {
      name: "of every combination",
      inputs: [
        { shape: [2, 1], dtype: "bool", values: [0, 1] },
        { shape: [2], dtype: "bool", values: [0, 1] },
      ],
      build: (a, b) => xor(a, b),
      torch: "x0 ^ x1",
    },
    {
      name: "of nothing",
      inputs: [
        { shape: [0], dtype: "bool" },
        { shape: [1], dtype: "bool" },
      ],
      build: (a, b) => xor(a, b),
      torch: "x0 ^ x1",
    },
  ],
  Where: [
    {
      name: "of equal shapes",
      inputs: [{ shape: [2, 3], dtype: "bool" }, { shape: [2, 3] }, { shape: [2, 3] }],
      build: (c, a, b) => where(c, a, b),
      torch: "torch.where(x0, x1, x2)",
    },
    {
      name: "stretching all three",
      inputs: [{ shape: [2, 1, 1], dtype: "bool" }, { shape: [3, 1] }, { shape: [4] }],
      build: (c, a, b) => where(c, a, b),
      torch: "torch.where(x0, x1, x2)",
    },
    {
      name: "with numbers",
      inputs: [{ shape: [2, 3], dtype: "bool" }, { shape: [2, 3] }],
      build: (c, a) => where(c, a, 0),
      torch: "torch.where(x0, x1, 0)",
    },
    {
      name: "of nothing",
      inputs: [{ shape: [0], dtype: "bool" }, { shape: [1] }, { shape: [0] }],
      build: (c, a, b) => where(c, a, b),
      torch: "torch.where(x0, x1, x2)",
    },
    {
      name: "of int32",
      inputs: [
        { shape: [4], dtype: "bool", values: [0, 1, 0, 1] },
        { shape: [4], dtype: "int32", range: [0, 9] },
        { shape: [4], dtype: "int32", range: [0, 9] },
      ],
      build: (c, a, b) => where(c, a, b),
      torch: "torch.where(x0, x1, x2)",
    },
    {
      name: "of int64",
      inputs: [
        { shape: [4], dtype: "bool", values: [0, 1, 0, 1] },
        { shape: [4], dtype: "int64", range: [0, 9] },
        { shape: [4], dtype: "int64", range: [0, 9] },
      ],
      build: (c, a, b) => where(c, a, b),
      torch: "torch.where(x0, x1, x2)",
    },
    {
      name: "of int8",
      inputs: [
        { shape: [4], dtype: "bool", values: [0, 1, 0, 1] },
        { shape: [4], dtype: "int8", range: [0, 9] },
        { shape: [4], dtype: "int8", range: [0, 9] },
      ],
      build: (c, a, b) => where(c, a, b),
      torch: "torch.where(x0, x1, x2)",
    },
    {
      name: "of uint8",
      inputs: [
        { shape: [4], dtype: "bool", values: [0, 1, 0, 1] },
        { shape: [4], dtype: "uint8", range: [0, 9] },
        { shape: [4], dtype: "uint8", range: [0, 9] },
      ],
      build: (c, a, b) => where(c, a, b),
      torch: "torch.where(x0, x1, x2)",
    },
    {
      name: "of bool",
      inputs: [
        { shape: [4], dtype: "bool", values: [0, 1, 0, 1] },
        { shape: [4], dtype: "bool", range: [0, 1] },
        { shape: [4], dtype: "bool", range: [0, 1] },
      ],
      build: (c, a, b) => where(c, a, b),
      torch: "torch.where(x0, x1, x2)",
    },
  ],
} satisfies Record<string, readonly OpCase[]>;
