/** Reference networks as ONNX graphs without weights, and what an independent counter found in them. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const folder = fileURLToPath(new URL("./fixtures/", import.meta.url));

/** Bytes of the graph of a network, by its name in the ledger. */
export const referenceGraph = (name: string): Uint8Array =>
  gunzipSync(readFileSync(`${folder}${name.replaceAll("/", "--")}.onnx.gz`));

/**
 * The same network as it trains, where its graph for inference does not say what training keeps: dropout and stochastic
 * depth are in it, and attention is one operator. Other networks are the same in both.
 */
export function trainingGraph(name: string): Uint8Array {
  const file = `${folder}training/${name.replaceAll("/", "--")}.onnx.gz`;
  return existsSync(file) ? gunzipSync(readFileSync(file)) : referenceGraph(name);
}

/** The same network for inference with attention as one operator, as PyTorch's kernel is. */
export function fusedGraph(name: string): Uint8Array {
  const file = `${folder}fused/${name.replaceAll("/", "--")}.onnx.gz`;
  return existsSync(file) ? gunzipSync(readFileSync(file)) : trainingGraph(name);
}

export const referenceGraphNames = (): readonly string[] =>
  readdirSync(folder)
    .filter((f) => f.endsWith(".onnx.gz"))
    .map((f) => f.slice(0, -".onnx.gz".length).replaceAll("--", "/"));

/**
 * Counts of PyTorch's own dispatch (torch 2.13.0, torchvision 0.28.0, timm 1.0.29, transformers 5.18.0), batch 1: every
 * operator that ran was looked at, no layer was taken on trust.
 */
export interface ReferenceRow {
  readonly name: string;
  readonly [count: string]: number | string;
}

export const referenceRows = (): readonly ReferenceRow[] =>
  readFileSync(`${folder}ledger.jsonl`, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ReferenceRow);
