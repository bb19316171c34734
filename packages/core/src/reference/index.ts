export { evaluateHost } from "./evaluate.js";
export { evaluateNode, fromHost, interpret } from "./interpret.js";
export type { AttrsOf, Kernel, RefTensor } from "./types.js";
