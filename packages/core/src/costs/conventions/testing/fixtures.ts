/** Numbers that counters printed, and the graphs that they were printed for. */

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { referenceGraph } from "../../onnx/testing/fixtures.js";
import type { ConventionName } from "../index.js";

const folder = fileURLToPath(new URL("./fixtures/", import.meta.url));

/** Columns of the printed numbers; null: not run, or contaminated. */
export const columns = {
  torch: "torch",
  fvcore: "fvcore",
  fvcore_acts: "fvcore-activations",
  thop: "thop",
  ptflops_pytorch: "ptflops-pytorch",
  ptflops_aten: "ptflops-aten",
  torchinfo: "torchinfo",
  deepspeed_flops: "deepspeed-flops",
  deepspeed_macs: "deepspeed-macs",
  calflops_flops: "calflops-flops",
  calflops_macs: "calflops-macs",
  onnx_tool: "onnx-tool",
} as const satisfies Readonly<Record<string, ConventionName>>;

export type Column = keyof typeof columns;

export interface PrintedRow extends Readonly<Partial<Record<Column, number | null>>> {
  readonly name: string;
}

const rowsOf = (file: string): readonly PrintedRow[] =>
  readFileSync(`${folder}${file}`, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as PrintedRow);

/**
 * `tools.jsonl`: eleven columns for 53 networks. `more.jsonl`: BERT, and onnx-tool on files of torchvision's networks that
 * the older exporter wrote at opset 17 with batch norms folded.
 */
export const printedRows = (): readonly PrintedRow[] => [
  ...rowsOf("tools.jsonl"),
  ...rowsOf("more.jsonl"),
];

/** The same network under the name that the ledger's fixtures have. */
const renamed: Readonly<Record<string, string>> = {
  "timm/vit_base_patch16_384@384": "timm/vit_base_patch16_384",
  "timm/vit_small_patch16_224": "timm/deit_small_patch16_224",
};

export function printedGraph(name: string): Uint8Array {
  const own = `${folder}${name.replaceAll("/", "--")}.onnx.gz`;
  if (existsSync(own)) return gunzipSync(readFileSync(own));
  return referenceGraph(renamed[name] ?? name);
}
