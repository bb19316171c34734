/** Every shared ONNX model is profiled or refused with a reason, and the shapes found are those that ONNX Runtime returns. */

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@frugal/core/base";
import { type Profile, profile } from "@frugal/core/costs";
import { decodeOnnx, decodeOnnxTensor } from "@frugal/core/formats";
import { type HostTensor, toNumbers, zeros } from "@frugal/core/tensor";
import * as ort from "onnxruntime-node";
import { afterAll, describe, expect, it } from "vitest";
import { sharedData, unpack } from "./support/shared-data.js";

const MOST_VALUES = 4096;

/** Element types of tensors that both sides hold. */
const handled = new Set<string>(["float32", "float64", "int8", "uint8", "int32", "int64", "bool"]);

/** Shapes as text, in the order of the model's outputs, of what ONNX Runtime returned; a string says why it did not run. */
async function shapesOfRuntime(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, HostTensor>>,
): Promise<Readonly<Record<string, string>> | string> {
  const { graph } = decodeOnnx(bytes);
  // Other kinds of value crash the runtime's binding for Node.
  const strange = graph.outputs.find(
    ({ type: t }) => t.kind !== "tensor" || !handled.has(t.elementType),
  );
  if (strange) return `output ${strange.name} is of a type that is not read`;
  const stored = new Set(graph.initializers.map((t) => t.name));
  const missing = graph.inputs.find((v) => !stored.has(v.name) && !feeds[v.name]);
  if (missing) return `no value for input ${missing.name}`;
  let session: ort.InferenceSession | undefined;
  try {
    session = await ort.InferenceSession.create(bytes, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
      // Nothing is measured: optimising would take longer than running.
      graphOptimizationLevel: "disabled",
    });
    const inputs = Object.fromEntries(
      session.inputNames.map((name) => {
        const t = feeds[name]!;
        return [name, new ort.Tensor(t.dtype as "float32", t.data as Float32Array, t.shape)];
      }),
    );
    const outputs = await session.run(inputs);
    return Object.fromEntries(
      Object.entries(outputs).flatMap(([name, t]) =>
        t.dims ? [[name, `${t.type}[${t.dims.join(", ")}]`]] : [],
      ),
    );
  } catch (error) {
    return (error as Error).message;
  } finally {
    await session?.release();
  }
}

/** Shapes of the expected outputs; types of which Frugal has no tensors are not compared. */
function storedShapes(folder: string, bytes: Uint8Array): Readonly<Record<string, string>> {
  const { graph } = decodeOnnx(bytes);
  const shapes: Record<string, string> = {};
  graph.outputs.forEach(({ name, type }, i) => {
    if (type.kind !== "tensor") return;
    try {
      const file = join(folder, "test_data_set_0", `output_${i}.pb`);
      const found = decodeOnnxTensor(readFileSync(file));
      if (found.kind !== "data") return;
      const { dtype, shape } = found.tensor;
      shapes[name] = `${dtype}[${shape.join(", ")}]`;
    } catch {
      // Sequences and optionals are stored as other messages.
    }
  });
  return shapes;
}

interface Tally {
  models: number;
  profiled: number;
  /** Profiled with operators that cannot be counted, by reason. */
  readonly gaps: Map<string, number>;
  readonly refused: Map<string, number>;
  /** Outputs whose shape was compared with the runtime's, and those whose length depends on data. */
  compared: number;
  /** Outputs of models that the runtime does not run, compared with the shapes that the test data store. */
  stored: number;
  open: number;
  notRun: number;
  readonly wrong: string[];
}

const newTally = (): Tally => ({
  models: 0,
  profiled: 0,
  gaps: new Map(),
  refused: new Map(),
  compared: 0,
  stored: 0,
  open: 0,
  notRun: 0,
  wrong: [],
});

const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);

/** A shape that depends on data agrees with any lengths in the places that are open. */
function agrees(found: string, returned: string): boolean {
  const pattern = found.replace(/[[\]]/g, "\\$&").replaceAll("?", "\\d+");
  return new RegExp(`^${pattern.replace("...", ".*")}$`).test(returned);
}

async function check(
  tally: Tally,
  model: {
    readonly name: string;
    readonly bytes: Uint8Array;
    readonly feeds: Readonly<Record<string, HostTensor>>;
    readonly folder?: string;
  },
): Promise<Profile | undefined> {
  const { name, bytes, feeds, folder } = model;
  tally.models++;
  let found: Profile;
  try {
    const small = Object.entries(feeds).filter(([, t]) => t.data.length <= MOST_VALUES);
    found = profile(bytes, {
      path: name,
      inputs: Object.fromEntries(Object.entries(feeds).map(([k, t]) => [k, t.shape])),
      values: Object.fromEntries(small.map(([k, t]) => [k, toNumbers(t)])),
      unpriced: "report",
      schedule: "modules",
    });
  } catch (error) {
    if (!(error instanceof UserError)) tally.wrong.push(`${name}: ${(error as Error).stack}`);
    else count(tally.refused, error.what);
    return undefined;
  }
  tally.profiled++;
  const { training, allocatedBytes, criticalPathMacs, macs, parameters, activeParameters } = found;
  const numbers = [training.macs, training.keptBytes, allocatedBytes, criticalPathMacs];
  if (!numbers.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    tally.wrong.push(`${name}: ${numbers.join(", ")}`);
  }
  if (criticalPathMacs > macs || activeParameters > parameters) {
    tally.wrong.push(`${name}: more in a part than in the whole`);
  }
  for (const o of found.coverage.ops) {
    if (o.status === "unknown") count(tally.gaps, `${o.op}: ${o.reasons.join("; ")}`);
  }
  const returned = await shapesOfRuntime(bytes, feeds);
  const ran = typeof returned !== "string";
  if (!ran) tally.notRun++;
  const expected = ran ? returned : folder ? storedShapes(folder, bytes) : {};
  for (const [output, shape] of Object.entries(expected)) {
    const own = found.outputs[output] ?? "absent";
    if (!agrees(own, shape)) tally.wrong.push(`${name}: ${output} is ${own}, not ${shape}`);
    else if (own.includes("?") || own.includes("...")) tally.open++;
    else if (ran) tally.compared++;
    else tally.stored++;
  }
  return found;
}

function summary(title: string, t: Tally): string {
  const list = (map: Map<string, number>) => [...map].map(([why, n]) => `    ${n} x ${why}`);
  return [
    `${title}: ${t.profiled} of ${t.models} models profiled, ${t.compared} output shapes equal ONNX Runtime's, ` +
      `${t.stored} equal the stored ones, ` +
      `${t.open} more agree where they do not depend on data, ${t.notRun} models not run by it`,
    ...(t.refused.size > 0 ? ["  refused:", ...list(t.refused)] : []),
    ...(t.gaps.size > 0 ? ["  not counted:", ...list(t.gaps)] : []),
  ].join("\n");
}

/** Inputs of the first data set that Frugal's tensors can hold. */
function feedsOf(folder: string, bytes: Uint8Array): Record<string, HostTensor> {
  const { graph } = decodeOnnx(bytes);
  const stored = new Set(graph.initializers.map((t) => t.name));
  const names = graph.inputs.filter((v) => !stored.has(v.name)).map((v) => v.name);
  const feeds: Record<string, HostTensor> = {};
  names.forEach((name, i) => {
    try {
      const found = decodeOnnxTensor(
        readFileSync(join(folder, "test_data_set_0", `input_${i}.pb`)),
      );
      if (found.kind === "data") feeds[name] = found.tensor;
    } catch {
      // Sequences, optionals and absent inputs: the model is profiled all the same.
    }
  });
  return feeds;
}

const suites = [
  { archive: "onnx-node-tests-v1.17.0", models: 1288, compared: 1272, stored: 100 },
  // The runtime refuses operator sets before 7.
  { archive: "onnx-pytorch-converted", models: 82, compared: 59, stored: 23 },
  { archive: "onnx-pytorch-operator", models: 35, compared: 27, stored: 11 },
  { archive: "onnx-simple", models: 23, compared: 15, stored: 6 },
];

const unpacked: string[] = [];
afterAll(() => {
  for (const folder of unpacked) rmSync(folder, { recursive: true });
});

describe.each(suites)("profiles of $archive", ({ archive, models, compared, stored }) => {
  const path = sharedData(`onnx-models/${archive}.tar.xz`);
  it.skipIf(!path)(
    "have the runtime's shapes (needs shared/data and a tar that reads xz)",
    { timeout: 300_000 },
    async ({ skip }) => {
      const folder = unpack(path!);
      if (!folder) return skip("the system's tar cannot read xz");
      unpacked.push(folder);
      const root = join(folder, readdirSync(folder)[0]!);
      const tally = newTally();
      for (const name of readdirSync(root).sort()) {
        const bytes = readFileSync(join(root, name, "model.onnx"));
        const folderOfCase = join(root, name);
        const feeds = feedsOf(folderOfCase, bytes);
        await check(tally, { name, bytes, feeds, folder: folderOfCase });
      }
      console.log(summary(archive, tally));
      expect(tally.wrong).toEqual([]);
      expect(tally.profiled).toBe(models);
      expect(tally.compared).toBeGreaterThanOrEqual(compared);
      expect(tally.stored).toBeGreaterThanOrEqual(stored);
    },
  );
});

/** Files, their inputs, and what is known of them from their publications or from the README of the data. */
const files: readonly {
  readonly file: string;
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
  readonly parameters?: number;
  readonly macs?: number;
}[] = [
  // The grouped network of 2012, here at 224 instead of 227.
  { file: "light/light_bvlc_alexnet.onnx", parameters: 60_965_224 },
  { file: "light/light_densenet121.onnx", macs: 2_834_161_664 },
  { file: "light/light_inception_v1.onnx" },
  { file: "light/light_resnet50.onnx", parameters: 25_557_032, macs: 4_089_184_256 },
  { file: "light/light_squeezenet.onnx", parameters: 1_235_496, macs: 349_151_936 },
  { file: "light/light_zfnet512.onnx" },
  { file: "zigzag/alexnet.onnx", parameters: 60_965_224 },
  // Batch norms are folded into the convolutions: 5 numbers a channel became 1.
  { file: "zigzag/resnet18.onnx", macs: 1_814_073_344 },
  { file: "zigzag/mobilenetv2.onnx", macs: 300_774_272 },
  { file: "zoo/mnist-8.onnx", parameters: 5994 },
  { file: "zoo/mnist-ort-example.onnx", parameters: 5994 },
  { file: "zoo/HAR-CNN.onnx", inputs: { "inputs:0": [1, 9, 128] } },
  { file: "zoo/squeezenet_cifar10.onnx", inputs: { input_1: [1, 32, 32, 3] } },
  { file: "zoo/ultraface-version-RFB-320.onnx" },
];

describe("profiles of published models", () => {
  const root = sharedData("onnx-models");
  it.skipIf(!root)(
    "have the runtime's shapes (needs shared/data)",
    { timeout: 120_000 },
    async () => {
      const tally = newTally();
      for (const { file, inputs = {}, parameters, macs } of files) {
        const bytes = readFileSync(join(root!, file));
        const { graph } = decodeOnnx(bytes);
        const stored = new Set(graph.initializers.map((t) => t.name));
        const feeds = Object.fromEntries(
          graph.inputs.flatMap(({ name, type }) => {
            if (stored.has(name) || type.kind !== "tensor") return [];
            return [[name, zeros("float32", inputs[name] ?? (type.dims as number[]))]];
          }),
        );
        const found = await check(tally, { name: file, bytes, feeds });
        console.log(
          `${file}: ${found?.parameters} parameters, ${found?.macs} MACs, ${found?.otherOps} other, ` +
            `${found?.peakActivationBytes} bytes at most`,
        );
        if (parameters !== undefined) expect(found?.parameters, file).toBe(parameters);
        if (macs !== undefined) expect(found?.macs, file).toBe(macs);
      }
      console.log(summary("published models", tally));
      expect(tally.wrong).toEqual([]);
      expect(tally.profiled).toBe(files.length);
      // The three of zigzag have no weights to run with.
      expect(tally.notRun).toBe(3);
    },
  );

  it.skipIf(!root)(
    "are refused where custom operators cannot be counted (needs shared/data)",
    () => {
      const bytes = readFileSync(join(root!, "zoo/superresolution_with_pre_post_op18.onnx"));
      const read = () => profile(bytes, { inputs: { image: [1000] } });
      expect(read).toThrow(/cannot be counted: .*ai\.onnx\.contrib|com\.microsoft\.extensions/);
      const listed = profile(bytes, { inputs: { image: [1000] }, unpriced: "report" });
      expect(listed.unpricedOps).toBeGreaterThan(0);
      expect(listed.coverage.unknown.share).toBeGreaterThan(0);
    },
  );
});
