import { describe, expect, it } from "vitest";
import { profile } from "./profile.js";
import { type TinyGraph, tinyOnnx } from "./testing/model.js";

/** x [2, 8] times w [8, 8]: 128 MACs a trip. */
const weights = { w: [8, 8] };

describe("bodies", () => {
  const branch = (name: string, times: number): TinyGraph => ({
    outputs: [`${name}${times}`],
    nodes: Array.from({ length: times }, (_, i) => ({
      op: "MatMul",
      in: [i === 0 ? "x" : `${name}${i}`, "w"],
      out: [`${name}${i + 1}`],
    })),
  });
  const choice = (condition: string) =>
    tinyOnnx({
      inputs: { x: [2, 8], c: [1] },
      outputs: ["y"],
      weights,
      scalars: { isTrue: 1, isFalse: 0 },
      nodes: [
        { op: "Cast", in: ["c"], out: ["open"], attributes: { to: 9 } },
        {
          op: "If",
          in: [condition],
          out: ["y"],
          attributes: { then_branch: branch("a", 1), else_branch: branch("b", 3) },
        },
      ],
    });

  it("of an If count as the branch that is taken", () => {
    expect(profile(choice("isTrue")).macs).toBe(128);
    expect(profile(choice("isFalse")).macs).toBe(3 * 128);
  });

  it("of an If on data count as the heavier branch, and the report says so", () => {
    const p = profile(choice("open"));
    expect(p.macs).toBe(3 * 128);
    expect(p.assumptions).toEqual([
      'If that computes "y": the else branch is counted, which does more work',
    ]);
    // Both branches read the same weight once.
    expect(p.parameters).toBe(64);
  });

  const loop = (body: TinyGraph, more: Partial<TinyGraph> = {}) =>
    tinyOnnx({
      inputs: { x: [2, 8], count: [1] },
      outputs: ["last", "all"],
      weights,
      scalars: { five: 5, isTrue: 1 },
      ...more,
      nodes: [
        { op: "Cast", in: ["count"], out: ["open"], attributes: { to: 7 } },
        {
          op: "Loop",
          name: "steps",
          in: [more.integers ? "open" : "five", "isTrue", "x"],
          out: ["last", "all"],
          attributes: { body },
        },
      ],
    });
  const steady: TinyGraph = {
    inputs: { i: undefined, go: undefined, h: undefined },
    outputs: ["goOn", "next", "seen"],
    nodes: [
      { op: "Identity", in: ["go"], out: ["goOn"] },
      { op: "MatMul", in: ["h", "w"], out: ["next"] },
      { op: "Identity", in: ["next"], out: ["seen"] },
    ],
  };

  it("of a Loop count once a trip; its outputs are stacked", () => {
    const p = profile(loop(steady));
    expect(p.macs).toBe(5 * 128);
    expect(p.macsByKind.linear).toBe(5 * 128);
    expect(p.parameters).toBe(64);
    expect(p.outputs).toEqual({ last: "float32[2, 8]", all: "float32[5, 2, 8]" });
  });

  it("of a Loop whose shapes grow are followed trip by trip", () => {
    const growing: TinyGraph = {
      ...steady,
      nodes: [
        { op: "Identity", in: ["go"], out: ["goOn"] },
        { op: "MatMul", in: ["h", "w"], out: ["p"] },
        { op: "Concat", in: ["h", "p"], out: ["next"], attributes: { axis: 0 } },
        { op: "ReduceSum", in: ["p"], out: ["seen"], attributes: { keepdims: 0 } },
      ],
    };
    const p = profile(loop(growing));
    // Rows double: 2 + 4 + 8 + 16 + 32 = 62 rows of 64 MACs.
    expect(p.macs).toBe(62 * 64);
    expect(p.outputs).toEqual({ last: "float32[64, 8]", all: "float32[5]" });
  });

  it("of a Loop end where a known condition ends them", () => {
    const short: TinyGraph = {
      ...steady,
      scalars: { two: 2 },
      nodes: [
        { op: "Less", in: ["i", "two"], out: ["goOn"] },
        { op: "MatMul", in: ["h", "w"], out: ["next"] },
        { op: "Identity", in: ["next"], out: ["seen"] },
      ],
    };
    // Trips 0, 1, 2: the condition fails after the third.
    expect(profile(loop(short)).macs).toBe(3 * 128);
  });

  it("of a Loop whose count depends on data must be given", () => {
    const bytes = loop(steady, { integers: { unused: [1] } });
    expect(() => profile(bytes)).toThrow(
      /Loop \(1 nodes: the number of trips depends on data: give it as trips "steps"\)/,
    );
    const p = profile(bytes, { trips: { steps: 7 } });
    expect(p.macs).toBe(7 * 128);
    expect(p.outputs.all).toBe("float32[7, 2, 8]");
  });

  it("of a Scan count once an element", () => {
    const body: TinyGraph = {
      inputs: { h: undefined, e: undefined },
      outputs: ["next", "seen"],
      nodes: [
        { op: "MatMul", in: ["e", "w"], out: ["p"] },
        { op: "Add", in: ["h", "p"], out: ["next"] },
        { op: "Identity", in: ["next"], out: ["seen"] },
      ],
    };
    const bytes = tinyOnnx({
      inputs: { start: [8], x: [6, 8] },
      outputs: ["last", "all"],
      weights,
      nodes: [
        {
          op: "Scan",
          in: ["start", "x"],
          out: ["last", "all"],
          attributes: { num_scan_inputs: 1, body },
        },
      ],
    });
    const p = profile(bytes);
    expect(p.macs).toBe(6 * 64);
    expect(p.outputs).toEqual({ last: "float32[8]", all: "float32[6, 8]" });
  });
});

describe("functions of the file", () => {
  const block = {
    name: "Block",
    domain: "my",
    inputs: ["x", "w"],
    outputs: ["y"],
    nodes: [
      { op: "Transpose", in: ["w"], out: ["t"] },
      { op: "MatMul", in: ["x", "t"], out: ["p"] },
      { op: "Softmax", in: ["p"], out: ["y"], references: { axis: "along" } },
    ],
  };

  it("are counted as if their nodes stood in the graph, under the path of the call", () => {
    const bytes = tinyOnnx({
      inputs: { x: [2, 8] },
      outputs: ["y"],
      weights: { w: [4, 8] },
      functions: [block],
      nodes: [
        {
          op: "Block",
          domain: "my",
          name: "head",
          in: ["x", "w"],
          out: ["y"],
          attributes: { along: 1 },
        },
      ],
    });
    const p = profile(bytes);
    expect(p).toMatchObject({ macs: 64, parameters: 32, outputs: { y: "float32[2, 4]" } });
    expect(p.macsByKind.linear).toBe(64);
    expect(p.ledger.entries.map((e) => e.path)).toEqual(["head.t", "head.p", "head.y"]);
  });

  it("that call themselves are refused", () => {
    const self = { ...block, nodes: [{ op: "Block", domain: "my", in: ["x", "w"], out: ["y"] }] };
    const bytes = tinyOnnx({
      inputs: { x: [2, 8] },
      outputs: ["y"],
      weights: { w: [4, 8] },
      functions: [self],
      nodes: [{ op: "Block", domain: "my", in: ["x", "w"], out: ["y"] }],
    });
    expect(() => profile(bytes)).toThrow("functions call each other 64 levels deep");
  });

  it("that multiply themselves are refused before memory runs out", () => {
    const functions = Array.from({ length: 40 }, (_, i) => ({
      name: `F${i}`,
      domain: "my",
      inputs: ["x"],
      outputs: ["z"],
      nodes: [
        {
          op: i === 39 ? "Relu" : `F${i + 1}`,
          domain: i === 39 ? "" : "my",
          in: ["x"],
          out: ["y"],
        },
        {
          op: i === 39 ? "Relu" : `F${i + 1}`,
          domain: i === 39 ? "" : "my",
          in: ["y"],
          out: ["z"],
        },
      ],
    }));
    const bytes = tinyOnnx({
      inputs: { x: [1] },
      outputs: ["y"],
      functions,
      nodes: [{ op: "F0", domain: "my", in: ["x"], out: ["y"] }],
    });
    expect(() => profile(bytes)).toThrow("nodes once functions are inlined");
  });
});
