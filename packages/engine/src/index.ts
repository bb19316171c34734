export {
  type ModelSession,
  modelProviders,
  type OpenModelOptions,
  openModel,
  type PreparedFeeds,
  runtimeVersion,
} from "./model-session.js";
export {
  type ModelData,
  type ModelPort,
  type ModelTensor,
  type RandomFeedsOptions,
  randomModelFeeds,
} from "./model-session-feeds.js";
export type { LayerTime } from "./model-session-layers.js";
export { type NodeEngineOptions, nodeEngine } from "./node.js";
export { type WebEngineOptions, webEngine } from "./web.js";
