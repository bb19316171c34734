/** Every op, by kind. A kind that lacks a reference kernel or a contract row does not compile. */

import { addOp } from "./add.js";
import { expOp } from "./exp.js";
import { expandOp } from "./expand.js";
import { mulOp } from "./mul.js";
import { reduceSumOp } from "./reduce-sum.js";
import { reshapeOp } from "./reshape.js";

export const ops = {
  Add: addOp,
  Exp: expOp,
  Expand: expandOp,
  Mul: mulOp,
  ReduceSum: reduceSumOp,
  Reshape: reshapeOp,
} as const;

export type OpKind = keyof typeof ops;
