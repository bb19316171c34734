/** Measures models: each in a process of its own, or two side by side. */

export type { MeasureOptions } from "./options.js";
