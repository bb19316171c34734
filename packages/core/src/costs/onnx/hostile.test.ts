/** Files that lie, and files that are cut: every one is a readable refusal, none costs memory. */

import { create, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { UserError } from "../../base/index.js";
import { profile } from "./profile.js";
import { referenceGraph } from "./testing/fixtures.js";
import { tinyOnnx } from "./testing/model.js";

const relu = (inputs: Record<string, readonly (number | string)[] | undefined>) =>
  tinyOnnx({ inputs, outputs: ["y"], nodes: [{ op: "Relu", in: ["x"], out: ["y"] }] });

describe("lengths of inputs", () => {
  it("that are open are named, all at once, with what to say", () => {
    const bytes = tinyOnnx({
      inputs: { x: ["batch", 3, "height"], z: ["batch"] },
      outputs: ["y"],
      nodes: [{ op: "Relu", in: ["x"], out: ["y"] }],
    });
    expect(() => profile(bytes)).toThrow(
      "open dimensions: x [batch, 3, height]; z [batch]\n" +
        "  next:    say how long they are: x=Nx3xN z=N (N stands for a number)",
    );
    expect(profile(bytes, { dimensions: { batch: 2, height: 5 } }).outputs.y).toBe(
      "float32[2, 3, 5]",
    );
    // The shape of one input binds the names that others share.
    expect(profile(bytes, { inputs: { x: [4, 3, 9] } }).inputs.z).toBe("float32[4]");
  });

  it.each<[string, Parameters<typeof profile>[1], RegExp]>([
    [
      "a fixed length",
      { inputs: { x: [2, 4] } },
      /input "x" is \[batch, 3\] in the file, not \[2, 4\]/,
    ],
    ["the rank", { inputs: { x: [2] } }, /input "x" is \[batch, 3\] in the file/],
    [
      "each other",
      { inputs: { x: [2, 3] }, dimensions: { batch: 3 } },
      /dimension "batch" is 3 by dimension batch and 2 by input x/,
    ],
    ["sense", { dimensions: { batch: -1 } }, /dimension batch is -1/],
    ["sense, as a fraction", { inputs: { x: [1.5, 3] } }, /the shape \[1.5, 3\]/],
    ["memory", { dimensions: { batch: 2 ** 53 } }, /2|2\^53/],
    ["the names of inputs", { inputs: { image: [1] } }, /no input "image"\n {2}allowed: x/],
  ])("that contradict %s are refused", (_, options, message) => {
    const bytes = relu({ x: ["batch", 3] });
    expect(() => profile(bytes, options)).toThrow(message);
    expect(() => profile(bytes, options)).toThrow(UserError);
  });

  it("of an unknown rank must be given", () => {
    expect(() => profile(relu({ x: undefined }))).toThrow("x of unknown rank");
    expect(profile(relu({ x: undefined }), { inputs: { x: [7] } }).otherOps).toBe(7);
  });
});

describe("graphs that contradict themselves", () => {
  const graph = (nodes: Parameters<typeof tinyOnnx>[0]["nodes"], more: object = {}) =>
    tinyOnnx({ inputs: { x: [2, 8] }, outputs: ["y"], nodes, ...more });

  it.each<[string, Uint8Array, RegExp]>([
    [
      "run in a circle",
      graph([
        { op: "Add", in: ["x", "b"], out: ["a"] },
        { op: "Relu", in: ["a"], out: ["b"] },
        { op: "Relu", in: ["b"], out: ["y"] },
      ]),
      /runs in a circle through Add/,
    ],
    [
      "read what is missing",
      graph([{ op: "MatMul", in: ["x", "w"], out: ["y"] }]),
      /"w" is read but nothing computes or stores it/,
    ],
    ["have an output that nothing makes", graph([]), /"y" is read but nothing/],
    [
      "compute a value twice",
      graph([
        { op: "Relu", in: ["x"], out: ["y"] },
        { op: "Abs", in: ["x"], out: ["y"] },
      ]),
      /"y" is computed twice/,
    ],
    [
      "multiply what does not fit",
      graph([{ op: "MatMul", in: ["x", "w"], out: ["y"] }], { weights: { w: [9, 2] } }),
      /MatMul\(float32\[2, 8\], float32\[9, 2\]\): the inner lengths differ/,
    ],
    [
      "reshape to another size",
      graph([{ op: "Reshape", in: ["x", "s"], out: ["y"] }], { integers: { s: [3, 5] } }),
      /16 elements do not make \[3, 5\]/,
    ],
    [
      "reshape with a gigantic claim",
      graph([{ op: "ConstantOfShape", in: ["s"], out: ["y"] }], {
        integers: { s: [2 ** 40, 2 ** 40] },
      }),
      /shape \[/,
    ],
    [
      "count beyond 2^53",
      tinyOnnx({
        inputs: { x: [2 ** 30, 2 ** 20] },
        outputs: ["y"],
        weights: { w: [2 ** 20, 2 ** 20] },
        nodes: [{ op: "MatMul", in: ["x", "w"], out: ["y"] }],
      }),
      /exceed 2\^53/,
    ],
    ["lack an input", graph([{ op: "Conv", in: ["x", ""], out: ["y"] }]), /Conv/],
    [
      "have windows longer than the data",
      tinyOnnx({
        inputs: { x: [1, 1, 3, 3] },
        outputs: ["y"],
        nodes: [{ op: "MaxPool", in: ["x"], out: ["y"], attributes: { kernel_shape: [9, 9] } }],
      }),
      /the window is longer/,
    ],
    [
      "have gigantic windows",
      tinyOnnx({
        inputs: { x: [1, 1, 2 ** 31] },
        outputs: ["y"],
        weights: { w: [1, 1, 2 ** 30] },
        nodes: [
          { op: "Conv", in: ["x", "w"], out: ["y"], attributes: { pads: [2 ** 29, 2 ** 29] } },
        ],
      }),
      /a window of length|exceed/,
    ],
    [
      "have an axis that is not there",
      graph([{ op: "Concat", in: ["x", "x"], out: ["y"], attributes: { axis: 5 } }]),
      /axis 5 does not exist/,
    ],
    [
      "use an operator that nobody knows",
      graph([{ op: "Frobnicate", in: ["x"], out: ["y"] }]),
      /cannot be counted: Frobnicate \(1 nodes: no rule for operator Frobnicate\)/,
    ],
  ])("because they %s", (_, bytes, message) => {
    expect(() => profile(bytes)).toThrow(message);
    expect(() => profile(bytes)).toThrow(UserError);
  });

  it("are put in order where only the order is wrong", () => {
    const bytes = graph([
      { op: "Relu", in: ["a"], out: ["y"] },
      { op: "Abs", in: ["x"], out: ["a"] },
    ]);
    expect(profile(bytes).ledger.entries.map((e) => e.kind)).toEqual(["Abs", "Relu"]);
  });

  it("name what cannot be counted, and pass once it is waived", () => {
    const bytes = graph([
      { op: "Frobnicate", in: ["x"], out: ["a"] },
      { op: "Relu", in: ["x"], out: ["y"] },
    ]);
    const p = profile(bytes, { unpriced: ["Frobnicate"] });
    expect(p).toMatchObject({ unpricedOps: 1, otherOps: 16 });
    expect(p.coverage.unknown).toEqual({ nodes: 1, share: 0.5 });
    expect(() => profile(bytes, { unpriced: ["Other"] })).toThrow("Frobnicate");
  });
});

describe("bytes that are no model", () => {
  it.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["text", new TextEncoder().encode("hello, world")],
    // Field 7 (graph), length-delimited, claiming 2 GB.
    ["a claim of 2 GB", Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0x07)],
    ["a length beyond 64 bits", Uint8Array.of(0x3a, ...new Array(12).fill(0xff))],
  ])("are refused: %s", (_, bytes) => {
    expect(() => profile(bytes)).toThrow(UserError);
  });

  it("are refused where weights claim impossible shapes", () => {
    const message = {
      opsetImport: [{ domain: "", version: 20n }],
      graph: { initializer: [{ name: "w", dims: [1n << 40n, 1n << 40n], dataType: 1 }] },
    };
    const bytes = toBinary(ModelProtoSchema, create(ModelProtoSchema, message as object));
    expect(() => profile(bytes)).toThrow("a tensor of impossible shape");
  });
});

describe("mutated files", () => {
  /** Runs the counter; anything but a result or a UserError fails. */
  function survives(bytes: Uint8Array): void {
    try {
      profile(bytes, { unpriced: "report" });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  const names = ["cifar/He-resnet20-A", "mnist/LeNet5@28pad2", "unit/lstm", "unit/linear-shared"];
  const sources = names.map(referenceGraph);

  it("are profiled or refused: cut anywhere", () => {
    const lenet = sources[1]!;
    for (let length = 0; length < lenet.length; length += 7) survives(lenet.subarray(0, length));
  });

  it("are profiled or refused: bytes changed, inserted, removed", { timeout: 1_200_000 }, () => {
    const edit = fc.record({
      at: fc.nat(),
      value: fc.integer({ min: 0, max: 255 }),
      kind: fc.constantFrom("change", "insert", "remove", "bit"),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...sources.slice(1)),
        fc.array(edit, { minLength: 1, maxLength: 8 }),
        (source, edits) => {
          const bytes = [...source];
          for (const { at, value, kind } of edits) {
            const i = at % bytes.length;
            if (kind === "change") bytes[i] = value;
            else if (kind === "bit") bytes[i] = bytes[i]! ^ (1 << (value % 8));
            else bytes.splice(i, kind === "remove" ? 1 : 0, ...(kind === "insert" ? [value] : []));
          }
          survives(Uint8Array.from(bytes));
        },
      ),
      // FRUGAL_FUZZ_RUNS=100000 for a long run.
      { numRuns: Number(process.env.FRUGAL_FUZZ_RUNS ?? 1500), seed: 20261121 },
    );
  });
});
