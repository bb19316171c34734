/** Every exit policy, by name. */

import { confidencePolicy } from "./confidence.js";
import { entropyPolicy } from "./entropy.js";
import { hazardPolicy } from "./hazard.js";
import type { Policy } from "./policy.js";

export type PolicyName = "hazard" | "confidence" | "entropy";

export const policies: Readonly<Record<PolicyName, Policy>> = {
  hazard: hazardPolicy,
  confidence: confidencePolicy,
  entropy: entropyPolicy,
};

export const policyNames = Object.keys(policies) as readonly PolicyName[];

export type { ExitView, Policy } from "./policy.js";
