/** Which whole numbers an integer input may hold, read from what the model does with it. */

import { decodeOnnx, type OnnxFile, type OnnxFileNode } from "@frugal/core/formats";

/** [low, high) by the name of an input that picks rows of a stored table. */
export type InputRanges = Readonly<Record<string, readonly [number, number]>>;

/** Operators that hand an index on as it is. */
const passing = new Set([
  "Cast",
  "Identity",
  "Unsqueeze",
  "Squeeze",
  "Reshape",
  "Flatten",
  "Transpose",
]);

function rowsOf(node: OnnxFileNode, tables: ReadonlyMap<string, readonly number[]>) {
  const axis = node.attributes.get("axis");
  const along = axis?.kind === "int" ? axis.value : 0;
  const shape = tables.get(node.inputs[0] ?? "");
  return shape?.[along < 0 ? along + shape.length : along];
}

/** Names of a value and of everything that is the same indices in another shape or type. */
function aliasesOf(name: string, nodes: readonly OnnxFileNode[]): Set<string> {
  const aliases = new Set([name]);
  // Nodes of a file are in order of execution: one pass suffices.
  for (const node of nodes) {
    if (passing.has(node.opType) && aliases.has(node.inputs[0] ?? "")) {
      for (const output of node.outputs) aliases.add(output);
    }
  }
  return aliases;
}

/** The rows of the smallest table that an input indexes by Gather; inputs that index none are not in the result. */
function indexRanges({ graph }: OnnxFile): InputRanges {
  const tables = new Map(graph.initializers.map((t) => [t.name, t.shape]));
  const ranges: Record<string, readonly [number, number]> = {};
  for (const { name } of graph.inputs) {
    if (tables.has(name)) continue;
    const aliases = aliasesOf(name, graph.nodes);
    const rows = graph.nodes
      .filter((n) => n.opType === "Gather" && aliases.has(n.inputs[1] ?? ""))
      .flatMap((n) => rowsOf(n, tables) ?? []);
    if (rows.length > 0) ranges[name] = [0, Math.min(...rows)];
  }
  return ranges;
}

/** The same for a file; none where the file is not read as the standard has it: the runtime may still run it. */
export function rangesInFile(bytes: Uint8Array): InputRanges {
  try {
    return indexRanges(decodeOnnx(bytes));
  } catch {
    return {};
  }
}
