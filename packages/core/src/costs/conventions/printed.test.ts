/** The conventions against what the tools printed: every number of every network, to the unit. */

import { describe, expect, it } from "vitest";
import { type Profile, profile } from "../onnx/index.js";
import { conventions, describeTraits, type SourceTraits } from "./index.js";
import {
  type Column,
  columns,
  type PrintedRow,
  printedGraph,
  printedRows,
} from "./testing/fixtures.js";
import { networkTraits } from "./testing/traits.js";

/** Contaminated: DeepSpeed's wrappers of torch.bmm pile up over the profiles of one process that meet fused attention. */
const leaked = [
  ...["tv/vit_b_32", "tv/vit_l_16", "timm/deit_base_patch16_224"],
  ...["timm/deit_small_distilled_patch16_224", "timm/vit_small_patch32_224"],
  ...["timm/vit_small_patch16_224", "timm/vit_base_patch16_224", "timm/vit_base_patch32_224"],
  ...["timm/swin_tiny_patch4_window7_224", "timm/vit_base_patch16_384@384"],
];

/** torchinfo ran a batch norm in training mode over a single position, which PyTorch refuses. */
const refused = ["cifar/tv_resnet18@32 (7x7 stem,10 classes)"];

const columnNames = Object.keys(columns) as readonly Column[];

interface Pair {
  readonly network: string;
  readonly column: Column;
  readonly printed: number;
  readonly model: Profile;
}

const pairsOf = (row: PrintedRow): readonly Pair[] => {
  const model = profile(printedGraph(row.name), { path: row.name });
  return columnNames.flatMap((column) => {
    const printed = row[column];
    return typeof printed === "number" ? [{ network: row.name, column, printed, model }] : [];
  });
};

const totalOf = ({ column, model }: Pair, traits?: SourceTraits) =>
  conventions[columns[column]].total(model, traits);

/** How often each trait changed a number into the printed one. */
function exceptions(pairs: readonly Pair[]): readonly string[] {
  const uses = new Map<string, number>();
  for (const pair of pairs) {
    const traits = networkTraits[pair.network];
    if (!traits || totalOf(pair) === pair.printed) continue;
    for (const [name, value] of Object.entries(traits)) {
      const { [name as keyof SourceTraits]: _, ...rest } = traits;
      if (totalOf(pair, rest) === pair.printed) continue;
      for (const sentence of describeTraits({ [name]: value })) {
        uses.set(sentence, (uses.get(sentence) ?? 0) + 1);
      }
    }
  }
  return [...uses].map(([sentence, n]) => `  ${String(n).padStart(3)} x ${sentence}`);
}

describe("what the tools printed", () => {
  it("comes out of the conventions to the unit, for every network and tool", () => {
    const pairs = printedRows().flatMap(pairsOf);
    const wrong = pairs.flatMap((pair) => {
      const got = totalOf(pair, networkTraits[pair.network]);
      if (got === pair.printed) return [];
      return [`${pair.network}: ${columns[pair.column]} is ${got}, printed ${pair.printed}`];
    });
    const plain = pairs.filter((pair) => totalOf(pair) === pair.printed).length;
    console.log(
      [
        `printed numbers: ${pairs.length - wrong.length} of ${pairs.length} pairs of network and column,`,
        `${plain} of them without any trait; where a trait is needed:`,
        ...exceptions(pairs),
      ].join("\n"),
    );
    expect(wrong).toEqual([]);
    // 53 networks in 11 columns less 20 empty ones; BERT 10 and 5; onnx-tool 7.
    expect(pairs.length).toBe(53 * 11 - 21 + 10 + 5 + 7);
  });

  it("is missing only where a tool failed for a reason that has a name", () => {
    const empty = printedRows().flatMap((row) =>
      columnNames.filter((c) => row[c] === null).map((c) => [columns[c], row.name] as const),
    );
    const expected = [
      ...leaked.flatMap((name) => [
        ["deepspeed-flops", name],
        ["deepspeed-macs", name],
      ]),
      ...refused.map((name) => ["torchinfo", name]),
    ];
    expect([...empty].sort()).toEqual(expected.sort());
  });

  it("says that a trait is true of Python, not of the tool: each network has one set", () => {
    const names = new Set(printedRows().map((row) => row.name));
    expect(Object.keys(networkTraits).filter((name) => !names.has(name))).toEqual([]);
  });
});
