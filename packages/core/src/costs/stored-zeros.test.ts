/** Densities that are counted in stored values. */

import { describe, expect, it } from "vitest";
import { buildGraph, constant, input } from "../graph/index.js";
import { functions as f } from "../ops/index.js";
import { interpret } from "../reference/index.js";
import { tensor } from "../tensor/index.js";
import { profile } from "./onnx/index.js";
import { costModels } from "./registry.js";
import { withStoredZeros } from "./stored-zeros.js";

const x = input("x", [1, 3]);

describe("zeros that a file stores", () => {
  it("make the density of the entry that reads them", () => {
    const w = constant(tensor("float32", [3, 2], [0, 1, -0, 2, 3, 4]));
    const ledger = withStoredZeros(profile(buildGraph({ y: f.matmul(x, w) })).ledger);
    const of = (cost: "nonZeroParameters" | "nonZeroMacs" | "macs") =>
      interpret(buildGraph({ cost: costModels[cost].expected(ledger) }), {}).cost!.data[0];
    // Two of six weights are zero, one of them negative: four products are left.
    expect(of("nonZeroParameters")).toBeCloseTo(4, 12);
    expect(of("nonZeroMacs")).toBeCloseTo(4, 12);
    expect(of("macs")).toBe(6);
  });

  it("say nothing where a file does not hold its weights", () => {
    const graph = buildGraph({ y: f.matmul(x, input("w", [3, 2])) });
    const ledger = withStoredZeros(profile(graph, { parameters: ["w"] }).ledger);
    expect(ledger.entries.map((e) => e.density)).toEqual([undefined]);
  });
});
