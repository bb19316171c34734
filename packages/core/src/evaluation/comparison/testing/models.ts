/** Models for the tests of the rules: counted files, and published rows. */

import { profile } from "../../../costs/index.js";
import { referenceGraph } from "../../../costs/onnx/testing/fixtures.js";
import type { ComparedModel, MeasuredRow } from "../model.js";

/** A file as a model; operators without a price are listed. */
export const counted = (name: string, file: Uint8Array): ComparedModel => ({
  name,
  profile: profile(file, { path: name, unpriced: "report" }),
});

const networks = new Map<string, ComparedModel>();

/** A network of the reference set; each file is counted once. */
export function network(name: string): ComparedModel {
  const known = networks.get(name) ?? counted(name, referenceGraph(name));
  networks.set(name, known);
  return known;
}

/** timm's benchmark files, snapshot aa4b5850, images a second. */
const rows = (perSecond: readonly [string, number][]): MeasuredRow[] =>
  perSecond.map(([machine, n]) => ({ machine, sampleMs: { value: 1000 / n } }));

export const efficientNet: ComparedModel = {
  name: "efficientnet_b0",
  counts: { parameters: 5.29e6, macs: 0.4e9 },
  measured: rows([
    ["RTX 3090", 8241],
    ["i9-10940X", 100],
    ["i7-12700H", 93.6],
  ]),
};
export const resnet: ComparedModel = {
  name: "resnet18",
  counts: { parameters: 11.7e6, macs: 1.82e9 },
  measured: rows([
    ["RTX 3090", 11189],
    ["i9-10940X", 126],
    ["i7-12700H", 62.2],
  ]),
};
