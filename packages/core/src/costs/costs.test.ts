import { describe, expect, it } from "vitest";
import { buildGraph, input, withPath } from "../graph/index.js";
import { functions as f } from "../ops/index.js";
import { ledgerOf } from "./graph-ledger.js";
import { ofStage, totalsByPath, underPath } from "./ledger.js";

/** conv 3x3, 2 to 4 channels on 5x5 with padding, then a 100-to-3 matmul; batch 1. */
function tiny() {
  const x = input("x", [1, 2, 5, 5]);
  const w = input("w", [4, 2, 3, 3]);
  const v = input("v", [100, 3]);
  const y = withPath("trunk", () => withPath("conv", () => f.relu(f.conv(x, w, { pads: 1 }))));
  const z = withPath("head", () => f.matmul(f.reshape(y, [1, 100]), v));
  return { graph: buildGraph({ z }), parameters: [w, v], y, z };
}

describe("the work ledger", () => {
  it("counts MACs, parameters and bytes as by hand", () => {
    const { graph, parameters } = tiny();
    const ledger = ledgerOf(graph, { parameters });
    // Convolution: 5*5 positions * 4 channels * (2*3*3) = 1800. Matmul: 100 * 3 = 300.
    expect(ledger.total.macs).toBe(2100);
    // 4*2*3*3 + 100*3.
    expect(ledger.total.parameters).toBe(72 + 300);
    const matmul = ledger.entries.find((e) => e.kind === "MatMul")!;
    expect(matmul).toMatchObject({ path: "head", macs: 300, bytesRead: 4 * 400, bytesWritten: 12 });
    expect(ledger.entries.map((e) => e.kind)).not.toContain("Input");
  });

  it("adds up below a path, and does not mistake a name for its prefix", () => {
    const { graph } = tiny();
    const ledger = ledgerOf(graph);
    expect(underPath(ledger, "trunk").total.macs).toBe(1800);
    expect(underPath(ledger, "trun").total.macs).toBe(0);
    expect([...totalsByPath(ledger, { depth: 1 })].map(([k, t]) => [k, t.macs])).toEqual([
      ["trunk", 1800],
      ["head", 300],
    ]);
  });

  it("counts a weight that is read twice once", () => {
    const w = input("w", [3, 3]);
    const graph = buildGraph({ y: f.matmul(f.matmul(input("x", [1, 3]), w), w) });
    expect(ledgerOf(graph, { parameters: [w] }).total).toMatchObject({ macs: 18, parameters: 9 });
  });

  it("groups by stage", () => {
    const { graph, y } = tiny();
    const ledger = ledgerOf(graph, {
      stage: (node) => (node.path.startsWith("trunk") ? "first" : "second"),
    });
    expect(y.shape).toEqual([1, 4, 5, 5]);
    expect(ofStage(ledger, "first").total.macs).toBe(1800);
    expect(ofStage(ledger, "second").total.macs).toBe(300);
  });
});
