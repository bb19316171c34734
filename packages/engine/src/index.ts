export { type NodeEngineOptions, nodeEngine } from "./node.js";
export { type WebEngineOptions, webEngine } from "./web.js";
