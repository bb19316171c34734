export type { CompileOptions, Engine, Executable, Feeds, NodeTime, StateBinding } from "./types.js";
