/** Model files for tests of the command line: reference graphs and tiny ones, written into a workplace. */

import { writeFileSync } from "node:fs";
import { referenceGraph } from "../../../core/src/costs/onnx/testing/fixtures.js";
import { type TinyModel, tinyOnnx } from "../../../core/src/costs/onnx/testing/model.js";
import type { Workplace } from "./cli.js";

/** A multilayer perceptron 784-300-100-10 as PyTorch exports it. */
export const MLP = "mnist/MLP784-300-100-10";

/** Writes a reference network, by its name in the ledger. */
export function writeReference(place: Workplace, file: string, name: string): string {
  writeFileSync(place.path(file), referenceGraph(name));
  return file;
}

export function writeTiny(place: Workplace, file: string, model: TinyModel): string {
  writeFileSync(place.path(file), tinyOnnx(model));
  return file;
}

/** One product of a [rows, 8] by [8, 4]; `rows` is what the caller leaves open. */
export const product = (rows: number | string, more: Partial<TinyModel> = {}): TinyModel => ({
  inputs: { x: [rows, 8] },
  outputs: ["y"],
  weights: { w: [8, 4] },
  nodes: [{ op: "MatMul", in: ["x", "w"], out: ["y"], name: "/head/MatMul" }],
  ...more,
});
