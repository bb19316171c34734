import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildGraph, input } from "../../graph/index.js";
import { mlp, resnet } from "../../nn/index.js";
import { functions as f } from "../../ops/index.js";
import { tensor } from "../../tensor/index.js";
import { ledgerOf } from "../graph-ledger.js";
import {
  type AsicRecord,
  asicEnergy,
  asicLeaf,
  asicRecordOf,
  atBatch,
  countNonZero,
  dense,
  withTensors,
} from "./index.js";
import {
  ledgerOfModel,
  lenetTanh,
  spongeRecord,
  spongeResnet18,
  spongeVgg16,
} from "./testing/networks.js";

const reference = { mode: "reference" } as const;
const corrected = { mode: "corrected" } as const;

/** Ratio at a batch of 512, to the three digits of the reference recount. */
const ratioOf = (record: AsicRecord, options = {}) =>
  asicEnergy(atBatch(record, 512), { ...reference, ...options }).ratio;

describe("a network of two layers, by hand", () => {
  // linear 4 -> 3 without bias, ReLU with one of three left, linear 3 -> 2 without bias; one weight of the first is zero.
  const leaves = [
    asicLeaf({
      path: "fc1",
      kind: "linear",
      inputs: { elements: 4, nonZero: 2 },
      outputs: dense(3),
      parameters: { elements: 12, nonZero: 11 },
      macs: 12,
    }),
    asicLeaf({
      path: "relu",
      kind: "activation",
      inputs: dense(3),
      outputs: { elements: 3, nonZero: 1 },
      inPlace: true,
    }),
    asicLeaf({
      path: "fc2",
      kind: "linear",
      inputs: { elements: 3, nonZero: 1 },
      outputs: dense(2),
      parameters: dense(6),
      macs: 6,
    }),
  ];
  const record: AsicRecord = { batch: 1, leaves, notes: [] };

  it("in the reference's eyes", () => {
    const { worstPj, optimisedPj, activations } = asicEnergy(record, reference);
    // P = 18, I = 4 + 3 + 3, O = 3 + 3 + 2, C = 18.
    expect(worstPj).toBeCloseTo(1950 * (18 + 10 + 8) + 3.7 * 18, 6);
    // P+ = 17, I+ = 2 + 1 + 1 with the ReLU in place, O+ = 3 + 1 + 2.
    const inPlace = 1950 * (17 + 4 + 6) + 3.7 * 18 * (17 / 18) * (4 / 10);
    expect(optimisedPj).toBeCloseTo(inPlace, 6);
    // Separate: I+ = 2 + 3 + 1.
    const separate = 1950 * (17 + 6 + 6) + 3.7 * 18 * (17 / 18) * (6 / 10);
    expect(activations!.inPlace).toBeCloseTo(inPlace / worstPj, 12);
    expect(activations!.separate).toBeCloseTo(separate / worstPj, 12);
    expect(asicEnergy(record, { ...reference, activations: "separate" }).ratio).toBeCloseTo(
      separate / worstPj,
      12,
    );
  });

  it("corrected: the ReLU is applied on the way out, zeros are skipped layer by layer", () => {
    const { worstPj, optimisedPj, byKind } = asicEnergy(record, corrected);
    // fc1 with its ReLU: 12 weights, 4 inputs, 3 outputs; fc2: 6, 3, 2.
    expect(worstPj).toBeCloseTo(1950 * (12 + 4 + 3 + 6 + 3 + 2) + 3.7 * 18, 6);
    expect(optimisedPj).toBeCloseTo(
      1950 * (11 + 2 + 1 + 6 + 1 + 2) + 3.7 * (12 * (11 / 12) * (2 / 4) + 6 * (1 / 3)),
      6,
    );
    expect(byKind.linear!.leaves).toBe(2);
    expect(byKind.activation).toBeUndefined();
  });

  it("several batches: the mean of the ratios, not the ratio of the means", () => {
    const full = {
      ...record,
      leaves: leaves.map((l) => ({
        ...l,
        inputs: dense(l.inputs.elements),
        outputs: dense(l.outputs.elements),
        parameters: dense(l.parameters.elements),
      })),
    };
    const one = asicEnergy(record, reference).ratio;
    expect(asicEnergy([atBatch(record, 1), full], reference).ratio).toBeCloseTo((one + 1) / 2, 12);
    expect(() => asicEnergy([], reference)).toThrow(/no batch/);
  });

  it("prints what it takes for granted", () => {
    for (const options of [reference, corrected]) {
      const topics = asicEnergy(record, options).assumptions.map((a) => a.topic);
      expect(topics).toEqual(
        expect.arrayContaining(["fusion", "batch", "cache", "skip granularity", "constants"]),
      );
    }
  });
});

describe("worst-case energy of the reference, from networks of our own", () => {
  it("MLP 784-300-100-10", () => {
    const record = asicRecordOf(ledgerOfModel(mlp({ sizes: [784, 300, 100, 10] })));
    expect(asicEnergy(record, reference).worstPj).toBe(525_542_740);
    expect(asicEnergy(record, reference).ratio).toBe(1);
  });

  it("LeNet-5, whose source flattens with a module", () => {
    const record = asicRecordOf(ledgerOfModel(lenetTanh));
    const flat = asicLeaf({
      path: "flatten",
      kind: "identity",
      inputs: dense(400),
      outputs: dense(400),
    });
    const all = { ...record, leaves: [...record.leaves, flat] };
    expect(asicEnergy(all, reference).worstPj).toBeCloseTo(181_908_248.8, 4);
  });

  it("torchvision's ResNet-18 on 32 x 32 images", () => {
    const network = resnet({ depth: 18, stem: "imagenet", inputShape: [3, 32, 32] });
    const record = asicRecordOf(ledgerOfModel(network));
    expect(asicEnergy(record, reference).worstPj).toBeCloseTo(22_589_572_604.8, 3);
  });

  it("ResNet-18 for CIFAR with functional ReLU and empty shortcuts that count as modules", () => {
    const record = asicRecordOf(ledgerOfModel(resnet({ depth: 18 })), {
      functional: ({ kind }) => kind === "activation",
    });
    // Five blocks keep their shape; their shortcut is an empty module that hands on [64, 32, 32], ..., [512, 4, 4].
    const shortcuts = [65536, 65536, 32768, 16384, 8192].map((n, i) =>
      asicLeaf({
        path: `shortcut${i}`,
        kind: "identity",
        inputs: dense(n),
        outputs: dense(n),
      }),
    );
    const all = { ...record, leaves: [...record.leaves, ...shortcuts] };
    expect(asicEnergy(all, reference).worstPj).toBeCloseTo(29_537_862_294.4, 3);
  });
});

/** Ratios of the reference recount at a batch of 512, ReLU in place unless said: s = 0, 0.5, 0.7, 0.9, 1. */
const laws = [
  {
    name: "ResNet-18, 32 x 32",
    network: spongeResnet18(32),
    ratios: [1, 0.736, 0.631, 0.525, 0.472],
    slope: 0.528,
  },
  {
    name: "ResNet-18, 64 x 64",
    network: spongeResnet18(64),
    ratios: [1, 0.738, 0.633, 0.529, 0.476],
    slope: 0.524,
  },
  {
    name: "VGG-16, 32 x 32",
    network: spongeVgg16(32),
    ratios: [1, 0.725, 0.615, 0.505, 0.451],
    slope: 0.549,
  },
  {
    name: "VGG-16, 64 x 64",
    network: spongeVgg16(64),
    ratios: [1, 0.723, 0.612, 0.501, 0.446],
    slope: 0.554,
  },
];
const zeros = [0, 0.5, 0.7, 0.9, 1];

describe("ratio of the reference against the share of zeros after ReLU", () => {
  it.each(laws)("$name", ({ network, ratios, slope }) => {
    const found = zeros.map((s) => ratioOf(spongeRecord(network, s)));
    found.forEach((r, i) => {
      expect(Math.abs(r - ratios[i]!)).toBeLessThan(0.001);
      expect(Math.abs(r - (1 - slope * zeros[i]!))).toBeLessThan(0.01);
    });
  });

  it("is higher where ReLU has memory of its own", () => {
    const found = zeros.map((s) =>
      ratioOf(spongeRecord(spongeResnet18(32), s), { activations: "separate" }),
    );
    [1, 0.829, 0.76, 0.692, 0.658].forEach((wanted, i) => {
      expect(Math.abs(found[i]! - wanted)).toBeLessThan(0.001);
    });
  });

  it("falls with the batch although not one more value is zero", () => {
    const at = (network: ReturnType<typeof spongeVgg16>, batches: number[]) =>
      batches.map((b) => asicEnergy(atBatch(spongeRecord(network, 0.5), b), reference).ratio);
    const resnet18 = at(spongeResnet18(32), [1, 16, 128, 512]);
    const vgg16 = at(spongeVgg16(32), [1, 16, 128, 512]);
    [0.92, 0.77, 0.74, 0.736].forEach((r, i) => {
      expect(Math.abs(resnet18[i]! - r)).toBeLessThan(0.0025);
    });
    [0.96, 0.8, 0.735, 0.725].forEach((r, i) => {
      expect(Math.abs(vgg16[i]! - r)).toBeLessThan(0.0025);
    });
  });

  it("hardly changes with the copies of the statistics: 0.73612 and 0.73613", () => {
    const record = spongeRecord(spongeResnet18(32), 0.5);
    const once = ratioOf(record);
    const tenfold = ratioOf(record, { statisticsCopies: 10 });
    expect(tenfold - once).toBeGreaterThan(0);
    expect(tenfold - once).toBeLessThan(2e-5);
    expect(once).toBeCloseTo(0.73612, 5);
    expect(tenfold).toBeCloseTo(0.73613, 5);
  });

  it("has as many leaves as the reference's hooks: 62 for ResNet-18, 49 and 50 for VGG-16", () => {
    const modules = (record: AsicRecord) => record.leaves.filter((l) => l.isModule).length;
    expect(modules(spongeRecord(spongeResnet18(32), 0))).toBe(62);
    expect(modules(spongeRecord(spongeVgg16(32), 0))).toBe(49);
    expect(modules(spongeRecord(spongeVgg16(64), 0))).toBe(50);
  });

  it("shares of ResNet-18's worst case at 512: 77 % activations, 22 % operations, 0.5 % weights", () => {
    const record = atBatch(spongeRecord(spongeResnet18(32), 0), 512);
    const all = asicEnergy(record, reference).worstPj;
    const operations = all - asicEnergy(record, { ...reference, operationPj: 0 }).worstPj;
    const weights = asicEnergy(
      {
        ...record,
        leaves: record.leaves.map((l) => ({
          ...l,
          inputs: dense(0),
          outputs: dense(0),
          macs: 0,
          otherOps: 0,
        })),
      },
      reference,
    ).worstPj;
    expect(operations / all).toBeCloseTo(0.22, 2);
    expect(weights / all).toBeCloseTo(0.005, 3);
  });
});

describe("corrected mode", () => {
  it("does not depend on the batch", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4096 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (batch, s) => {
          const record = spongeRecord(spongeVgg16(32), s);
          const [one, many] = [record, atBatch(record, batch)].map((r) => asicEnergy(r, corrected));
          expect(many!.worstPj / one!.worstPj).toBeCloseTo(1, 12);
          expect(many!.ratio).toBeCloseTo(one!.ratio, 12);
        },
      ),
      { numRuns: 20 },
    );
  });

  it("counts residual additions, which the reference does not see", () => {
    const { byKind } = asicEnergy(asicRecordOf(ledgerOfModel(resnet({ depth: 18 }))), corrected);
    // Two a stage of 65,536 elements, then of 32,768, 16,384, 8,192; two operands are read, one result is written.
    expect(byKind.other!.leaves).toBe(8);
    expect(byKind.other!.worstPj).toBeCloseTo(245_760 * (3 * 1950 + 3.7), 2);
  });

  it("folds normalisation and applies ReLU before the result is written", () => {
    const record = asicRecordOf(ledgerOfModel(resnet({ depth: 18 })));
    const { byKind } = asicEnergy(record, corrected);
    expect(byKind.batchNorm).toBeUndefined();
    expect(byKind.activation).toBeUndefined();
    expect(byKind.conv!.leaves).toBe(20);
    // Weights without the 2 * 4,800 numbers of the normalisations and the classifier; a bias for each of 4,800 channels.
    const stored = 11_173_962 - 2 * 4800 - 5130 + 4800;
    // Read: the image, 65,536 four times; a stage reads the one before twice (its shortcut too), then itself three times.
    const stage = (n: number) => 2 * 2 * n + 3 * n;
    const read = 3072 + 4 * 65536 + stage(32768) + stage(16384) + stage(8192);
    // Written: the stem and four; then four and a shortcut a stage.
    const written = 5 * 65536 + 5 * (32768 + 16384 + 8192);
    expect(byKind.conv!.worstPj).toBeCloseTo(
      1950 * (stored + read + written) + 3.7 * 555_417_600,
      1,
    );
  });
});

describe("activations that are written as two operations", () => {
  it("are one leaf: x * sigmoid(x) is applied before the result of the convolution is written", () => {
    const x = input("x", [1, 2, 4, 4]);
    const w = input("w", [3, 2, 1, 1]);
    const y = f.conv(x, w);
    const ledger = ledgerOf(buildGraph({ z: f.mul(y, f.sigmoid(y)) }), { parameters: [w] });
    const record = asicRecordOf(ledger);
    expect(record.leaves.map((l) => l.kind)).toEqual(["conv", "activation"]);
    // 6 weights, 2 * 16 inputs, 3 * 16 outputs, 2 * 3 * 16 products.
    const { worstPj } = asicEnergy(record, corrected);
    expect(worstPj).toBeCloseTo(1950 * (6 + 32 + 48) + 3.7 * 96, 6);
  });

  it("are two where another value is gated", () => {
    const x = input("x", [1, 4]);
    const y = f.relu(x);
    const graph = buildGraph({ z: f.mul(y, f.sigmoid(f.neg(y))) });
    expect(asicRecordOf(ledgerOf(graph)).leaves).toHaveLength(4);
  });
});

describe("zeros of real tensors", () => {
  it("counts above the threshold of the precision", () => {
    const values = tensor("float32", [5], [0, 2 ** -127, 2 ** -31, 2 ** -15, -1]);
    expect(countNonZero(values).nonZero).toBe(3);
    expect(countNonZero(values, "float16").nonZero).toBe(2);
    expect(countNonZero(values, "int8").nonZero).toBe(1);
  });

  it("puts them into a record, and refuses tensors of another batch", () => {
    const record = asicRecordOf(ledgerOfModel(mlp({ sizes: [3, 2, 2] })));
    const id = record.leaves[1]!.id;
    const seen = withTensors(record, { [id]: { outputs: [tensor("float32", [1, 2], [0, 4])] } });
    expect(seen.leaves[1]!.outputs).toEqual({ elements: 2, nonZero: 1 });
    expect(() =>
      withTensors(record, { [id]: { outputs: [tensor("float32", [2, 2], [0, 4, 1, 1])] } }),
    ).toThrow(/4 values for 2 elements/);
    expect(() => withTensors(record, { nowhere: {} })).toThrow(/no leaf "nowhere"/);
  });
});
