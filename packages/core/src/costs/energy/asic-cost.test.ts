/** The costs of the loss against the reports: two ways of writing the same model. */

import { describe, expect, it } from "vitest";
import { buildGraph, input, inputName, type Value } from "../../graph/index.js";
import { resnet } from "../../nn/index.js";
import { fromHost, interpret } from "../../reference/index.js";
import { tensor } from "../../tensor/index.js";
import { type Ledger, withShares } from "../ledger.js";
import {
  asicCost,
  asicEnergy,
  asicRecordOf,
  asicReferenceCost,
  energy7Cost,
  energy45Cost,
  energyCost,
  modelledEnergy,
} from "./index.js";
import { ledgerOfModel } from "./testing/networks.js";

const ledger = ledgerOfModel(resnet({ depth: 8, width: 4 }));
const record = asicRecordOf(ledger, {
  densities: ({ kind }) => {
    if (kind === "activation") return { outputs: 0.25 };
    return kind === "conv" ? { parameters: 0.5 } : undefined;
  },
});

/** The ledger with the densities of the record, as inputs of a graph. */
function sparse(): { readonly ledger: Ledger; readonly feeds: Record<string, number> } {
  const feeds: Record<string, number> = {};
  const values = new Map<string, Value>();
  const share = ({ elements, nonZero }: { elements: number; nonZero: number }): Value => {
    const density = elements === 0 ? 1 : nonZero / elements;
    const name = `d${density}`;
    const value = values.get(name) ?? input(name, [], "float64");
    values.set(name, value);
    feeds[name] = density;
    return value;
  };
  let next = 0;
  const decided = withShares(ledger, (entry) => {
    const leaf = record.leaves[next];
    if (entry.path !== leaf?.path || entry.bytesWritten === 0) return undefined;
    next++;
    return {
      density: {
        in: share(leaf.inputs),
        out: share(leaf.outputs),
        weights: share(leaf.parameters),
      },
    };
  });
  return { ledger: decided, feeds };
}

const priced = (cost: typeof asicCost): number => {
  const { ledger: decided, feeds } = sparse();
  const graph = buildGraph({ c: cost.expected(decided) });
  const used = Object.fromEntries(
    graph.inputs.map(inputName).map((n) => [n, fromHost(tensor("float64", [], [feeds[n]!]))]),
  );
  return interpret(graph, used).c!.data[0]!;
};

describe("costs of the zero-skipping accelerator", () => {
  it("are the worst case where nothing is known of zeros", () => {
    for (const [cost, mode] of [
      [asicCost, "corrected"],
      [asicReferenceCost, "reference"],
    ] as const) {
      const { worstPj } = asicEnergy(record, { mode });
      expect((1e12 * cost.full(ledger)) / worstPj).toBeCloseTo(1, 12);
    }
  });

  it("are the optimised energy under the densities of a record", () => {
    for (const [cost, mode] of [
      [asicCost, "corrected"],
      [asicReferenceCost, "reference"],
    ] as const) {
      const { optimisedPj, ratio } = asicEnergy(record, { mode });
      expect(ratio).toBeLessThan(0.9);
      // The reference's statistics are never zero; the cost scales them with the weights, which are dense there.
      expect((1e12 * priced(cost)) / optimisedPj).toBeCloseTo(1, 6);
    }
  });
});

describe("costs by energy tables", () => {
  it("are the total of the report", () => {
    expect(energy45Cost.full(ledger)).toBeCloseTo(modelledEnergy(ledger).totalJ, 15);
    const newer = modelledEnergy(ledger, { table: "jouppi7", precision: "float16" });
    expect(energy7Cost.full(ledger)).toBeCloseTo(newer.totalJ, 15);
  });

  it("take a memory hierarchy: accesses per product beside accesses per operand", () => {
    const memory = { dram: { perOperand: 1 }, sram8KB: { perMac: 4 } };
    const plain = modelledEnergy(ledger);
    const nested = modelledEnergy(ledger, { memory });
    // 4 accesses of 5 pJ for each product.
    expect(nested.totalJ - plain.totalJ).toBeCloseTo(ledger.total.macs * 20e-12, 15);
    expect(nested.memory.map((l) => l.level)).toEqual(["dram", "sram8KB"]);
    const cost = energyCost({ name: "nested", title: "nested", memory });
    expect(cost.full(ledger)).toBeCloseTo(nested.totalJ, 15);
  });
});
