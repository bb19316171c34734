/** docs/costs.md: every cost model, from the registry. */

import { type Composition, costModels, costNames } from "@frugal/core/costs";
import { code, note, table } from "./markdown.js";

const parts: Record<Composition, string> = {
  additive: "their sum",
  subadditive: "at most their sum",
  none: "no rule",
};

export function costsPage(): string {
  const lines = costNames.map((name) => {
    const { title, unit, composition } = costModels[name];
    return [code(name), title, unit, parts[composition]];
  });
  return [
    "# Cost models",
    "",
    note("the registry `packages/core/src/costs/registry.ts`"),
    "",
    `${costNames.length} cost models. Each is a function of the work ledger: of our own graphs and of ONNX files alike. Each is differentiable in every`,
    "activity, channel share and density of the ledger, so a loss can save any of them (`objective.cost` in a recipe). *Parts*: what the",
    "costs of parts of a network make up together; where parts share weights or memory, or the largest counts, it is less than the sum.",
    "",
    table(["name", "what it counts", "unit", "parts"], lines),
    "",
    "[Add a cost model](add-a-cost.md) says how they are written and what the contract suite checks.",
    "",
  ].join("\n");
}
