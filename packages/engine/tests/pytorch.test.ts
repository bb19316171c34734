/** Ops and their gradients against PyTorch, from the committed fixture (`npm run fixtures` makes it anew). */

import { gradients } from "@frugal/core/autodiff";
import { buildGraph, type Value } from "@frugal/core/graph";
import { lowerGraph } from "@frugal/core/lowering";
import { fromHost, interpret } from "@frugal/core/reference";
import type { DType, Shape } from "@frugal/core/tensor";
import { describe, expect, it } from "vitest";
import { weightedSum } from "../../core/src/autodiff/testing/objective.js";
import { type TracedCase, traceCase } from "../../core/src/ops/testing/index.js";
import { expectClose, type Numbers } from "./support/compare.js";
import { runOnnx } from "./support/onnx-session.js";
import { pythonWith } from "./support/python.js";
import {
  fixtureHash,
  fixtureRows,
  readFixture,
  regenerate,
  traceDouble,
} from "./support/pytorch-fixture.js";
import { countSkips } from "./support/skips.js";

if (process.env.FRUGAL_UPDATE_FIXTURES) {
  const python = pythonWith("torch");
  if (!python) throw new Error("no Python with torch: set FRUGAL_PYTHON");
  regenerate(python);
}

const skip = countSkips("PyTorch fixtures");
const all = fixtureRows();
const present = all.filter((r) => !r.without);
for (const { without } of all) if (without) skip(without);
const fixture = readFixture();

/** "y0", "y1", ... and "d0", "d1", ... as the fixture names them. */
function resultsOf(id: string, traced: TracedCase): Record<string, Value> {
  const wrt = traced.wrt.map((i) => traced.inputs[i]!);
  const grads =
    wrt.length === 0 ? [] : gradients(weightedSum(id, traced.outputs), wrt, { unused: "zero" });
  return Object.fromEntries([
    ...traced.outputs.map((v, i) => [`y${i}`, v]),
    ...grads.map((v, i) => [`d${i}`, v]),
  ]);
}

/** PyTorch's results are stored as doubles whatever their type: only shapes and values are compared. */
function expectFixture(
  id: string,
  actual: Record<string, { readonly shape: Shape; readonly data: Numbers["data"] }>,
  tolerance: number,
): void {
  const dtype: DType = "float64";
  for (const [name, { shape, data }] of Object.entries(actual)) {
    const expected = fixture.tensors.get(`${id}/${name}`);
    expect(expected, `PyTorch gave no ${name}`).toBeDefined();
    expectClose({ dtype, shape, data }, expected!, tolerance);
  }
}

describe("the PyTorch fixture", () => {
  it("was made from the rows as they are (if not: npm run fixtures)", () => {
    const stale = present.filter((r) => fixture.metadata[r.id] !== fixtureHash(r)).map((r) => r.id);
    expect(stale).toEqual([]);
  });
});

for (const { id, row } of present) {
  describe(id, () => {
    it("agrees with PyTorch in double precision", () => {
      const { traced, exact } = traceDouble(id, row);
      const feeds = Object.entries(traced.feeds).map(([name, t]) => [name, fromHost(t)]);
      const graph = buildGraph(resultsOf(id, traced), { inputs: traced.inputs });
      expectFixture(id, interpret(graph, Object.fromEntries(feeds)), exact ? 1e-9 : 1e-6);
    });

    it("agrees with PyTorch on the engine in float32", async () => {
      const traced = traceCase(id, row);
      const graph = buildGraph(resultsOf(id, traced), { inputs: traced.inputs });
      const tolerance = Math.max(1e-4, 10 * (row.tolerance ?? 0));
      expectFixture(id, await runOnnx(lowerGraph(graph), traced.feeds), tolerance);
    });
  });
}
