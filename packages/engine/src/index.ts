export { type NodeEngineOptions, nodeEngine } from "./node.js";
