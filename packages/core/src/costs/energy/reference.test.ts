/** Modelled energy of exported networks against derived tables and a run of the reference simulator. */

import { describe, expect, it } from "vitest";
import { buildGraph } from "../../graph/index.js";
import { resnet, traceModel } from "../../nn/index.js";
import { ledgerOf } from "../graph-ledger.js";
import { profile } from "../onnx/index.js";
import { referenceGraph } from "../onnx/testing/fixtures.js";
import {
  type AsicLeaf,
  type AsicRecordOptions,
  asicEnergy,
  asicLeaf,
  asicRecordOf,
  dense,
  modelledEnergy,
} from "./index.js";

const profileOf = (name: string) => profile(referenceGraph(name), { path: name });

/** Element accesses, mJ of float32 arithmetic, of int8 arithmetic, of DRAM, and the share of DRAM: from PyTorch's dispatch. */
const derived: readonly (readonly [string, number, number, number, number, string])[] = [
  ["tv/alexnet", 61_950_224, 3.285267, 0.164263, 39.648143, "92.3"],
  ["tv/vgg16", 161_029_392, 71.163216, 3.558161, 103.058811, "59.2"],
  ["tv/resnet18", 16_347_792, 8.344737, 0.417237, 10.462587, "55.6"],
  ["tv/resnet50", 47_283_344, 18.810248, 0.940512, 30.26134, "61.7"],
  ["tv/mobilenet_v2", 16_917_072, 1.383562, 0.069178, 10.826926, "88.7"],
  ["tv/efficientnet_b0", 18_830_692, 1.774748, 0.088737, 12.051643, "87.2"],
  ["tv/swin_t", 62_463_632, 20.656607, 1.03283, 39.976724, "65.9"],
  ["tv/vit_b_16", 122_991_056, 80.79361, 4.03968, 78.714276, "49.3"],
  ["timm/deit_small_patch16_224", 40_338_128, 21.154859, 1.057743, 25.816402, "55.0"],
  ["hf/bert-base@128/eager", 116_280_576, 51.401392, 2.57007, 74.419569, "59.1"],
  ["cifar/resnet18", 12_445_908, 2.554945, 0.127747, 7.965381, "75.7"],
];

/**
 * PyTorch ran these with fused attention, whose scores stay on the chip; the export writes and reads them once each,
 * as many as the softmax has elements.
 */
const fusedAttention = new Set(["tv/vit_b_16", "timm/deit_small_patch16_224"]);

describe("energy by the 45 nm table", () => {
  it.each(derived)("%s", (name, accesses, float32, int8, dram, share) => {
    const p = profileOf(name);
    const report = modelledEnergy(p);
    const scores = fusedAttention.has(name) ? 2 * p.elements.softmax : 0;
    expect(report.elementAccesses - scores).toBe(accesses);
    expect((1e3 * report.computeJ).toFixed(6)).toBe(float32.toFixed(6));
    const dramJ = report.memory[0]!.joules - scores * 640e-12;
    expect((1e3 * dramJ).toFixed(6)).toBe(dram.toFixed(6));
    expect(((100 * dramJ) / (dramJ + report.computeJ)).toFixed(1)).toBe(share);
    if (scores === 0) expect((100 * report.dramShare).toFixed(1)).toBe(share);
    expect(report.totalJ).toBeCloseTo(report.computeJ + report.memoryJ, 15);
    const small = modelledEnergy(p, { precision: "int8" });
    expect((1e3 * small.computeJ).toFixed(6)).toBe(int8.toFixed(6));
    // Elements of 8 bits: a quarter of the traffic.
    expect(small.memoryJ / report.memoryJ).toBeCloseTo(1 / 4, 12);
  });

  it("says what it assumes", () => {
    const { assumptions, method } = modelledEnergy(profileOf("mnist/LeNet5@28pad2"));
    expect(method).toBe("modelled");
    expect(assumptions.join("\n")).toMatch(/not measured.*Horowitz.*45 nm/);
    expect(assumptions.join("\n")).toMatch(/passes dram once/);
  });
});

const handsOn = (path: string, n: number): AsicLeaf =>
  asicLeaf({ path, kind: "identity", inputs: dense(n), outputs: dense(n) });

/**
 * Worst-case energy in picojoules of the reference simulator, batch 1 (its hooks on the PyTorch modules), and what is a
 * module in the source that a graph does not show, or is in the graph and no module.
 */
const golden: readonly {
  readonly name: string;
  readonly worst: number;
  readonly options?: AsicRecordOptions;
  readonly modules?: readonly AsicLeaf[];
}[] = [
  { name: "mnist/MLP784-300-100-10", worst: 525_542_740.0 },
  // nn.Flatten.
  { name: "mnist/LeNet5@28pad2", worst: 181_908_248.8, modules: [handsOn("flatten", 400)] },
  // nn.Dropout, which hands on its input when it is off.
  {
    name: "tv/alexnet",
    worst: 126_366_732_531.2,
    modules: [handsOn("classifier.0", 9216), handsOn("classifier.3", 4096)],
  },
  {
    name: "tv/vgg16",
    worst: 439_188_191_456.0,
    modules: [handsOn("classifier.2", 4096), handsOn("classifier.5", 4096)],
  },
  { name: "tv/resnet18", worst: 59_384_835_179.2 },
  { name: "tv/resnet50", worst: 190_789_926_806.0 },
  {
    // Pools with a function, has a dropout; depthwise convolutions 32 to 960 times too dear.
    name: "tv/mobilenet_v2",
    worst: 103_680_818_539.2,
    options: { functional: ({ kind }) => kind === "globalPool" },
    modules: [handsOn("classifier.0", 1280)],
  },
  {
    // ReLU is a function; shortcuts that keep the shape are empty modules.
    name: "cifar/resnet18",
    worst: 29_537_862_294.4,
    options: { functional: ({ kind }) => kind === "activation" },
    modules: [65536, 65536, 32768, 16384, 8192].map((n, i) => handsOn(`shortcut${i}`, n)),
  },
];

describe("the zero-skipping accelerator, reference mode", () => {
  it.each(golden)("$name: $worst pJ", ({ name, worst, options = {}, modules = [] }) => {
    const record = asicRecordOf(profileOf(name), options);
    const all = { ...record, leaves: [...record.leaves, ...modules] };
    const report = asicEnergy(all, { mode: "reference" });
    // To the digit that the reference prints.
    expect(report.worstPj.toFixed(1)).toBe(worst.toFixed(1));
    expect(report.ratio).toBe(1);
  });

  it("counts 5,575,852,416 operations in MobileNetV2, 18.5 times its products; corrected mode counts these", () => {
    const p = profileOf("tv/mobilenet_v2");
    const record = asicRecordOf(p, { functional: ({ kind }) => kind === "globalPool" });
    const operations = (mode: "reference" | "corrected") =>
      (asicEnergy(record, { mode }).worstPj -
        asicEnergy(record, { mode, operationPj: 0 }).worstPj) /
      3.7;
    expect(Math.round(operations("reference"))).toBe(5_575_852_416);
    // Products, residual additions, global pooling.
    expect(Math.round(operations("corrected"))).toBe(300_774_272 + 216_384 + 62_720);
  });
});

describe("records of our own networks", () => {
  it("are the same from the graph and from its export", () => {
    const traced = traceModel(resnet({ depth: 8, width: 4 }), { batchSize: 2, training: false });
    const graph = buildGraph({ y: traced.output });
    const own = ledgerOf(graph, {
      parameters: traced.parameters.map((p) => p.value),
      buffers: traced.buffers.map((b) => b.value),
    });
    const exported = profile(graph, {
      parameters: traced.parameters.map((p) => p.path),
      buffers: traced.buffers.map((b) => b.path),
    });
    const [a, b] = [own, exported].map((source) => asicRecordOf(source, { batch: 2 }).leaves);
    expect(a!.length).toBeGreaterThan(20);
    expect(b).toEqual(a);
  });
});
