export { checkFeed, requireFeed, unknownState } from "./feeds.js";
export { interpreterEngine } from "./interpreter.js";
export { chromeTrace, formatProfile, groupTimes, type TimeGroup } from "./profile.js";
export type {
  CompileOptions,
  Engine,
  Executable,
  Feeds,
  NodeTime,
  StateBinding,
} from "./types.js";
