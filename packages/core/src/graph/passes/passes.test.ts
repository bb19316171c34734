import { describe, expect, it } from "vitest";
import { gradients } from "../../autodiff/index.js";
import {
  add,
  cast,
  channelAffine,
  dropout,
  exp,
  expand,
  headRows,
  mul,
  pow,
  reduceSum,
  relu,
  reshape,
  round,
  straightThrough,
  sub,
  topK,
  transpose,
} from "../../ops/index.js";
import { evaluateHost, fromHost, interpret } from "../../reference/index.js";
import { tensor } from "../../tensor/index.js";
import {
  buildGraph,
  constant,
  constantTensor,
  foldConstants,
  type Graph,
  input,
  keepOutputs,
  mergeCommonSubexpressions,
  rewrite,
  scalarConstant,
  simplify,
  unroll,
  type Value,
  verifyGraph,
  withPath,
} from "../index.js";

const kinds = (graph: Graph): string[] => graph.nodes.map((n) => n.op.kind);
const x = input("x", [2, 3]);

describe("rewrite", () => {
  it("returns the very same graph when nothing changes", () => {
    const graph = buildGraph({ y: exp(x) });
    expect(rewrite(graph, () => undefined)).toBe(graph);
  });

  it("keeps the nodes that do not depend on what changed", () => {
    const kept = exp(x);
    const graph = buildGraph({ kept, y: add(relu(x), 2) });
    const next = rewrite(graph, (node) => (node.op.kind === "Relu" ? node.inputs : undefined));
    expect(next.outputs.kept).toBe(kept);
    expect(next.outputs.y!.node.inputs[0]).toBe(x);
  });

  it("keeps layer path and phase of what is rebuilt", () => {
    const y = withPath("layer1", () => exp(relu(x)));
    const next = rewrite(buildGraph({ y }), (n) => (n.op.kind === "Relu" ? n.inputs : undefined));
    expect(next.outputs.y!.node).toMatchObject({ path: "layer1", phase: "forward" });
  });

  it("keeps inputs that are no longer used", () => {
    const unused = input("unused", [1]);
    const graph = buildGraph({ y: mul(x, 1) }, { inputs: [x, unused] });
    expect(simplify(graph).inputs).toEqual([x, unused]);
  });
});

describe("common subexpressions", () => {
  it("computes equal expressions once", () => {
    const graph = mergeCommonSubexpressions(buildGraph({ y: add(exp(x), exp(x)) }));
    expect(kinds(graph)).toEqual(["Input", "Exp", "Add"]);
    verifyGraph(graph);
  });

  it("sees through chains", () => {
    const branch = () => mul(exp(add(x, 1)), 2);
    const graph = mergeCommonSubexpressions(buildGraph({ a: branch(), b: branch() }));
    expect(graph.outputs.a).toBe(graph.outputs.b);
  });

  it("tells attributes apart", () => {
    const graph = buildGraph({
      a: reduceSum(x, { axes: [0] }),
      b: reduceSum(x, { axes: [1] }),
      c: reduceSum(x, { axes: [1] }),
    });
    const next = mergeCommonSubexpressions(graph);
    expect(next.outputs.a).not.toBe(next.outputs.b);
    expect(next.outputs.b).toBe(next.outputs.c);
  });

  it("merges all outputs of a node, and keeps them in order", () => {
    const [a, b] = [topK(x, { k: 2 }), topK(x, { k: 2 })];
    const next = mergeCommonSubexpressions(buildGraph({ v: a.values, i: b.indices }));
    expect(next.outputs.v!.node).toBe(next.outputs.i!.node);
    expect(next.outputs.i!.index).toBe(1);
  });

  it("does not take 0 for -0, nor one type for another", () => {
    const graph = buildGraph({
      a: scalarConstant(0),
      b: scalarConstant(-0),
      c: scalarConstant(0, "float64"),
    });
    expect(new Set(Object.values(mergeCommonSubexpressions(graph).outputs)).size).toBe(3);
  });

  it("never merges two inputs of one type", () => {
    const other = input("other", [2, 3]);
    expect(mergeCommonSubexpressions(buildGraph({ y: add(x, other) })).inputs).toHaveLength(2);
  });

  it("compares large constants by identity", () => {
    const data = tensor("float32", [100], new Float32Array(100));
    const graph = buildGraph({ a: exp(constant(data)), b: exp(constant(data)) });
    const next = mergeCommonSubexpressions(graph);
    expect(next.outputs.a).toBe(next.outputs.b);
  });
});

describe("constant folding", () => {
  it("computes what depends on no input", () => {
    const y = mul(x, add(exp(scalarConstant(0)), 2));
    const next = foldConstants(buildGraph({ y }), evaluateHost);
    expect(kinds(next)).toEqual(["Input", "Constant", "Mul"]);
    expect(constantTensor(next.outputs.y!.node.inputs[1]!)).toEqual(tensor("float32", [], [3]));
  });

  it("rounds to the element type as the runtime would", () => {
    const third = cast(mul(scalarConstant(1 / 3, "float64"), 1), "float32");
    const next = foldConstants(buildGraph({ third }), evaluateHost);
    expect(constantTensor(next.outputs.third!)!.data[0]).toBe(Math.fround(1 / 3));
  });

  it("does not store what is large and made from little", () => {
    const graph = buildGraph({ y: expand(scalarConstant(0), [100, 100]) });
    expect(foldConstants(graph, evaluateHost)).toBe(graph);
    const next = foldConstants(graph, evaluateHost, { maxElements: 10_000 });
    expect(kinds(next)).toEqual(["Constant"]);
  });
});

describe("dead code", () => {
  it("is not in a graph in the first place", () => {
    exp(x);
    expect(kinds(buildGraph({ y: relu(x) }))).toEqual(["Input", "Relu"]);
  });

  it("falls away when fewer outputs are kept, and inputs with it", () => {
    const other = input("other", [2, 3]);
    const graph = buildGraph({ a: relu(x), b: add(exp(x), other) });
    const next = keepOutputs(graph, ["a"]);
    expect(kinds(next)).toEqual(["Input", "Relu"]);
    expect(next.inputs).toEqual([x]);
  });

  it("says which outputs there are", () => {
    expect(() => keepOutputs(buildGraph({ a: x, b: x }), ["c"])).toThrow(
      'the graph has no output "c"\n  allowed: a, b',
    );
  });
});

describe("simplify", () => {
  const simple: [string, Value][] = [
    ["x * 1", mul(x, 1)],
    ["1 * x", mul(1, x)],
    ["x + 0", add(x, 0)],
    ["x - 0", sub(x, 0)],
    ["x ^ 1", pow(x, 1)],
    ["two transposes that cancel", transpose(transpose(x, [1, 0]), [1, 0])],
    ["reshapes there and back", reshape(reshape(reshape(x, [6]), [3, 2]), [2, 3])],
    ["a chain of such", add(mul(reshape(reshape(mul(x, 1), [6]), [2, 3]), 1), 0)],
  ];
  it.each(simple)("takes out %s", (_, y) => {
    expect(simplify(buildGraph({ y })).outputs.y).toBe(x);
  });

  it("joins two transposes", () => {
    const image = input("image", [2, 3, 4, 5]);
    const y = transpose(transpose(image, [0, 2, 3, 1]), [0, 3, 2, 1]);
    const next = simplify(buildGraph({ y }));
    expect(kinds(next)).toEqual(["Input", "Transpose"]);
    expect(next.outputs.y!.shape).toEqual([2, 3, 5, 4]);
    const fed = tensor(
      "float32",
      [2, 3, 4, 5],
      Array.from({ length: 120 }, (_, i) => i),
    );
    const feeds = { image: fromHost(fed) };
    expect(interpret(next, feeds)).toEqual(interpret(buildGraph({ y }), feeds));
  });

  it("takes the first rows of what a pass per channel reads, so that its result need not lie in memory", () => {
    const image = input("image", [2, 2]);
    const pass = channelAffine(image, input("scale", [2]), { residual: image, relu: true });
    const graph = buildGraph({ y: headRows(pass, 1) });
    const next = simplify(graph);
    expect(next.outputs.y!.node.op.kind).toBe("ChannelAffine");
    expect(next.outputs.y!.node.inputs[0]!.node.op.kind).toBe("HeadRows");
    // relu([1 * 2 + 1, 3 * -2 + 3])
    const feeds = {
      image: fromHost(tensor("float32", [2, 2], [1, 3, 5, 7])),
      scale: fromHost(tensor("float32", [2], [2, -2])),
    };
    expect([...interpret(next, feeds).y!.data]).toEqual([3, 0]);
  });

  it("leaves alone an operand that broadcasting stretched", () => {
    const scalar = input("scalar", []);
    const graph = buildGraph({ y: add(scalar, constant(tensor("float32", [1, 1], [0]))) });
    expect(simplify(graph)).toBe(graph);
  });

  it("drops the soft half of a straight-through value", () => {
    const y = straightThrough(round(x), exp(x));
    expect(kinds(simplify(buildGraph({ y })))).toEqual(["Input", "Round"]);
  });

  it("does not change the gradient of a small network", () => {
    const noise = input("noise", [2, 3]);
    const loss = reduceSum(mul(dropout(relu(mul(add(x, 0), 1)), noise, { rate: 0.5 }), x));
    const [dx] = gradients(loss, [x]);
    const graph = buildGraph({ dx: dx! });
    const next = mergeCommonSubexpressions(simplify(foldConstants(graph, evaluateHost)));
    expect(next.nodes.length).toBeLessThan(graph.nodes.length);
    const feeds = {
      x: fromHost(tensor("float32", [2, 3], [-1, 2, 3, 0.5, -2, 1])),
      noise: fromHost(tensor("float32", [2, 3], [0.1, 0.9, 0.6, 0.2, 0.7, 0.5])),
    };
    expect(interpret(next, feeds).dx!.data).toEqual(interpret(graph, feeds).dx!.data);
  });
});

describe("unrolling", () => {
  // s' = 2 s + x, y = s + k: with s = 1, x = 10, 20, 30 it goes 1, 12, 44, 118.
  const s = input("s", []);
  const k = input("k", []);
  const graph = buildGraph({ next: add(mul(s, 2), input("x", [])), y: add(s, k) });
  const carried = [{ input: "s", output: "next" }, { input: "k" }];
  const three = unroll(graph, 3, carried);
  const number = (v: number) => fromHost(tensor("float32", [], [v]));

  it("hands what a turn makes to the next one, and keeps what is only read", () => {
    verifyGraph(three);
    const feeds = { "x@0": number(10), "x@1": number(20), "x@2": number(30) };
    const out = interpret(three, { s: number(1), k: number(0.5), ...feeds });
    expect(Object.fromEntries(Object.entries(out).map(([n, t]) => [n, t.data[0]]))).toEqual({
      "y@0": 1.5,
      "y@1": 12.5,
      "y@2": 44.5,
      next: 118,
    });
  });

  it("does not mind when the output of a turn is its input", () => {
    const same = unroll(buildGraph({ next: s, y: mul(s, 2) }), 2, [carried[0]!]);
    expect(interpret(same, { s: number(3) }).next!.data[0]).toBe(3);
  });

  it("repeats nothing that depends on carried inputs alone and is only read", () => {
    const shared = unroll(buildGraph({ y: add(exp(k), input("x", [])) }), 3, [{ input: "k" }]);
    expect(kinds(shared).filter((kind) => kind === "Exp")).toHaveLength(1);
  });
});

describe("a graph of 20,000 nodes", () => {
  let deep: Value = x;
  for (let i = 0; i < 5000; i++) deep = add(mul(relu(deep), 0.5), exp(deep));
  const graph = buildGraph({ deep });

  // Deeper than any call stack. Of its 5,000 constants of the same value one is left.
  it.each<[string, number, () => Graph]>([
    ["merging", 20_002, () => mergeCommonSubexpressions(graph)],
    ["folding", 25_001, () => foldConstants(graph, evaluateHost)],
    ["simplifying", 25_001, () => simplify(graph)],
  ])("goes through %s, which leaves %i nodes", (_, nodes, pass) => {
    expect(pass().nodes).toHaveLength(nodes);
  });

  it("loses as many nodes as are replaced", () => {
    const replaced = rewrite(graph, (n) => (n.op.kind === "Relu" ? n.inputs : undefined));
    expect(replaced.nodes).toHaveLength(graph.nodes.length - 5000);
  });

  it("is verified", () => {
    verifyGraph(graph);
  });
});
