/** Every official ONNX operator test that Frugal can import must come out right, interpreted and on the engine. */

import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@frugal/core/base";
import { importOnnx } from "@frugal/core/formats";
import type { Graph } from "@frugal/core/graph";
import { lowerGraph } from "@frugal/core/lowering";
import { fromHost, interpret } from "@frugal/core/reference";
import type { HostTensor } from "@frugal/core/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { expectClose } from "./support/compare.js";
import { runOnnx } from "./support/onnx-session.js";
import { sharedData, unpack } from "./support/shared-data.js";
import { countSkips } from "./support/skips.js";
import { readVector, type Vector } from "./support/vectors.js";

/** Support must not shrink unnoticed: raise the floors when operators arrive. */
const suites = [
  { name: "operator tests", archive: "onnx-node-tests-v1.17.0", floor: 834 },
  { name: "models exported by PyTorch", archive: "onnx-pytorch-converted", floor: 69 },
  { name: "operators exported by PyTorch", archive: "onnx-pytorch-operator", floor: 35 },
  { name: "simple models", archive: "onnx-simple", floor: 7 },
];
/** Multiplications above which the interpreter would take seconds: the engine alone is compared then. */
const MOST_MACS = 5e6;
/** The expected outputs were computed in float32 by other libraries. */
const REFERENCE_TOLERANCE = 2e-5;
const ENGINE_TOLERANCE = 1e-4;

const skip = countSkips("official ONNX vectors");
const folders = new Map<string, string>();
for (const { archive } of suites) {
  const path = sharedData(`onnx-models/${archive}.tar.xz`);
  const folder = path && unpack(path);
  if (folder) folders.set(archive, folder);
  else skip(path ? "the system's tar cannot read xz" : "no shared/data (set FRUGAL_SHARED_DATA)");
}

afterAll(() => {
  for (const folder of folders.values()) rmSync(folder, { recursive: true });
});

interface Tally {
  passed: number;
  readonly failed: Record<string, string>;
  readonly unsupported: Map<string, string[]>;
}

function feedsOf(vector: Vector, inputs: readonly (HostTensor | undefined)[]) {
  const initializers = new Set(vector.file.graph.initializers.map((t) => t.name));
  const names = vector.file.graph.inputs.map((v) => v.name).filter((n) => !initializers.has(n));
  return Object.fromEntries(
    names.flatMap((name, i) => (inputs[i] ? [[name, inputs[i] as HostTensor]] : [])),
  );
}

async function runVector(vector: Vector): Promise<void> {
  for (const { inputs, outputs } of vector.sets) {
    const feeds = feedsOf(vector, inputs);
    const graph: Graph = importOnnx(vector.file, { assume: feeds });
    const doubles = Object.fromEntries(Object.entries(feeds).map(([k, t]) => [k, fromHost(t)]));
    const macs = graph.nodes.reduce((sum, node) => sum + node.op.work(node).macs, 0);
    const reference = macs > MOST_MACS ? undefined : interpret(graph, doubles);
    const engine = await runOnnx(lowerGraph(graph), feeds);
    vector.file.graph.outputs.forEach(({ name }, i) => {
      const expected = outputs[i];
      if (!expected) throw new Error(`expected output ${i} is missing`);
      if (reference) expectClose(reference[name]!, expected, REFERENCE_TOLERANCE);
      expectClose(engine[name]!, expected, ENGINE_TOLERANCE);
    });
  }
}

function summary(suite: string, tally: Tally, total: number): string {
  const left = [...tally.unsupported].sort((a, b) => b[1].length - a[1].length);
  const skipped = left.reduce((n, [, names]) => n + names.length, 0);
  const list = left.map(([why, names]) => `  ${names.length} x ${why} (${names[0]})`);
  const failed = Object.keys(tally.failed).length;
  return [
    `official ONNX ${suite}: ${tally.passed} passed, ${failed} failed, ${skipped} not supported, ${total} in all`,
    ...list,
  ].join("\n");
}

describe.each(suites)("official ONNX $name", ({ name: suite, archive, floor }) => {
  const unpacked = folders.get(archive);
  it.skipIf(!unpacked)(
    "pass wherever the model can be imported (needs shared/data and a tar that reads xz)",
    { timeout: 300_000 },
    async () => {
      const folder = join(unpacked!, readdirSync(unpacked!)[0]!);
      const names = readdirSync(folder).sort();
      const tally: Tally = { passed: 0, failed: {}, unsupported: new Map() };
      for (const name of names) {
        try {
          await runVector(readVector(folder, name));
          tally.passed++;
        } catch (error) {
          const e = error as Error;
          if (error instanceof UserError) {
            tally.unsupported.set(error.what, [...(tally.unsupported.get(error.what) ?? []), name]);
          } else tally.failed[name] = e.message.slice(0, 300);
        }
      }
      console.log(summary(suite, tally, names.length));
      expect(tally.failed).toEqual({});
      expect(tally.passed).toBeGreaterThanOrEqual(floor);
    },
  );
});
