/** Every registered cost model fulfils the contract. */

import { describe, expect, it } from "vitest";
import { costModels, costNames } from "./registry.js";
import { costModelContract } from "./testing/contract.js";
import { costRows } from "./testing/rows.js";

describe("the registry of costs", () => {
  it("lists every model under the name that the model has", () => {
    expect(costNames.map((name) => costModels[name].name)).toEqual(costNames);
  });
});

for (const name of costNames) costModelContract(name, costModels[name], costRows[name]);
