/** docs/ops.md: what every op can do, from the registry and the smallest rows of its contract suite. */

import { readFileSync } from "node:fs";
import { buildGraph, type Node } from "@frugal/core/graph";
import { lowerGraph } from "@frugal/core/lowering";
import { ops } from "../../../../core/src/ops/registry.js";
import { rows, traceCase } from "../../../../core/src/ops/testing/index.js";
import { fromRoot } from "../sources.js";
import { code, note, table } from "./markdown.js";

type OpKind = keyof typeof ops;

/** What the first sentence of an op's file says, without the op's name. */
function meanings(): Map<OpKind, string> {
  const registry = readFileSync(fromRoot("packages/core/src/ops/registry.ts"), "utf8");
  const files = new Map(
    [...registry.matchAll(/import \{ (\w+) \} from "\.\/([\w-]+)\.js"/g)].map(([, n, f]) => [n, f]),
  );
  return new Map(
    [...registry.matchAll(/^ {2}(\w+): (\w+),$/gm)].map(([, kind, name]) => {
      const text = readFileSync(fromRoot(`packages/core/src/ops/${files.get(name)}.ts`), "utf8");
      const sentence = /^\/\*\* ([\s\S]*?)\s*\*\//.exec(text)?.[1] ?? "";
      const plain = sentence.replaceAll(/\n \* ?/g, " ").trim();
      return [kind as OpKind, plain.replace(/^[\w-]+: /, "").split(/(?<=\.) /)[0]!];
    }),
  );
}

/** Nodes of this kind in the rows of the contract suite. */
function examplesOf(kind: OpKind): Node[] {
  return rows[kind].flatMap((row) => {
    const { outputs } = traceCase(kind, row);
    const { nodes } = buildGraph(Object.fromEntries(outputs.map((v, i) => [`y${i}`, v])));
    return nodes.filter((n) => n.op.kind === kind);
  });
}

/** The ONNX ops that the standard lowering of a node writes. */
function onnxOps(node: Node): string[] {
  const outputs = Object.fromEntries(node.outputs.map((v, i) => [`y${i}`, v]));
  const { nodes } = lowerGraph(buildGraph(outputs));
  // Whatever made the inputs of the row is lowered too.
  const before = buildGraph(Object.fromEntries(node.inputs.map((v, i) => [`x${i}`, v])));
  const made = before.nodes.length > before.inputs.length ? lowerGraph(before).nodes.length : 0;
  return [...new Set(nodes.slice(made).map((n) => n.opType))].sort();
}

export function opsPage(): string {
  const meaning = meanings();
  const kinds = (Object.keys(ops) as OpKind[]).sort();
  const lines = kinds.map((kind) => {
    const { gradient, lowerings } = ops[kind];
    const examples = examplesOf(kind);
    const first = examples.find((n) => n.outputs[0]!.shape.every((d) => d > 0)) ?? examples[0];
    const countsMacs = examples.some((n) => n.op.work(n).macs > 0);
    return [
      code(kind),
      meaning.get(kind) ?? "",
      "none" in gradient ? `no: ${gradient.none}` : "yes",
      countsMacs ? "yes" : "",
      first ? onnxOps(first).map(code).join(", ") : "",
      lowerings.length > 1 ? lowerings.map((l) => l.name).join(", ") : "",
    ];
  });
  return [
    "# Ops",
    "",
    note("the registry `packages/core/src/ops/registry.ts`"),
    "",
    `${kinds.length} ops. *Gradient*: whether a loss can be differentiated through it. *MACs*: whether it does multiply-accumulates; every`,
    "op counts its other operations and the bytes it moves. *ONNX*: what the standard lowering, which is what gets exported, writes",
    "in a typical case; *lowerings*: the ways that are tried where there are several, the standard one first.",
    "",
    table(["op", "what it computes", "gradient", "MACs", "ONNX", "lowerings"], lines),
    "",
  ].join("\n");
}
