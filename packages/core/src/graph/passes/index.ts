export { mergeCommonSubexpressions } from "./common-subexpressions.js";
export { type Evaluate, type FoldOptions, foldConstants } from "./fold-constants.js";
export { fuse } from "./fuse.js";
export { keepOutputs } from "./remove-dead-code.js";
export { rewrite, type Visit } from "./rewrite.js";
export { simplify } from "./simplify.js";
export { type Carried, turnName, unroll } from "./unroll.js";
