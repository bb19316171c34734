import { eat } from "./eat.js";
import { hoyer } from "./hoyer.js";
import { l1 } from "./l1.js";
import { l2 } from "./l2.js";
import type { Surrogate, SurrogateName } from "./surrogate.js";
import { topK } from "./top-k.js";

/** Every surrogate, by name. */
export const surrogates: Readonly<Record<SurrogateName, Surrogate>> = { eat, l1, l2, hoyer, topK };
export const surrogateNames = Object.keys(surrogates) as readonly SurrogateName[];
export type { Surrogate, SurrogateName, SurrogateOptions } from "./surrogate.js";
