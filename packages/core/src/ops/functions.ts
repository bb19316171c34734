/** The toolbox: every op as a function, for gradient rules and for `import { functions as f }`. */

import { add } from "./add.js";
import { exp } from "./exp.js";
import { expand } from "./expand.js";
import { mul } from "./mul.js";
import { reduceSum } from "./reduce-sum.js";
import { reshape } from "./reshape.js";
import { sumTo } from "./sum-to.js";

export const functions = { add, exp, expand, mul, reduceSum, reshape, sumTo };

export type Functions = typeof functions;
