/** Foreign models opened, fed and timed by the runtime. */

import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeOnnx } from "@frugal/core/formats";
import type { OnnxModel } from "@frugal/core/lowering";
import { tensor } from "@frugal/core/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { pythonWith } from "../tests/support/python.js";
import { countSkips } from "../tests/support/skips.js";
import { modelProviders, openModel, randomModelFeeds } from "./index.js";
import { layerTimes } from "./model-session-layers.js";

const folder = mkdtempSync(join(tmpdir(), "frugal-session-"));
afterAll(() => rmSync(folder, { recursive: true }));

const python = pythonWith("onnx");
const skip = countSkips("Sessions of any model");
if (!python) skip("no Python with onnx (set FRUGAL_PYTHON)");

/** y = x + row picked by ids: a float input, an integer input, a batch that is open. */
const model: OnnxModel = {
  name: "pick",
  opsets: { "": 17 },
  metadata: {},
  inputs: [
    { name: "x", dtype: "float32", shape: ["batch", 2] },
    { name: "ids", dtype: "int32", shape: ["batch"] },
  ],
  outputs: [{ name: "y", dtype: "float32", shape: ["batch", 2] }],
  initializers: [{ name: "table", tensor: tensor("float32", [3, 2], [10, 11, 20, 21, 30, 31]) }],
  nodes: [
    {
      opType: "Gather",
      domain: "",
      name: "embedding",
      inputs: ["table", "ids"],
      outputs: ["rows"],
      attrs: { axis: 0 },
    },
    { opType: "Add", domain: "", name: "sum", inputs: ["x", "rows"], outputs: ["y"], attrs: {} },
  ],
};
const bytes = encodeOnnx(model);

describe("a session of any model", () => {
  it("tells inputs and outputs as the file declares them, and computes", async () => {
    const session = await openModel(bytes);
    expect(session.inputs).toEqual([
      { name: "x", dtype: "float32", dims: ["batch", 2] },
      { name: "ids", dtype: "int32", dims: ["batch"] },
    ]);
    expect(session.outputs).toEqual([{ name: "y", dtype: "float32", dims: ["batch", 2] }]);
    const out = await session.run(
      session.prepare({
        x: { dtype: "float32", dims: [2, 2], data: new Float32Array([1, 2, 3, 4]) },
        ids: { dtype: "int32", dims: [2], data: new Int32Array([2, 0]) },
      }),
    );
    // [1, 2] + [30, 31] and [3, 4] + [10, 11].
    expect(out.y).toEqual({
      dtype: "float32",
      dims: [2, 2],
      data: new Float32Array([31, 33, 13, 15]),
    });
    await session.release();
  });

  it("opens a file by its path", async () => {
    const path = join(folder, "pick.onnx");
    writeFileSync(path, bytes);
    const session = await openModel(path, { threads: 2 });
    expect(session.threads).toBe(2);
    expect(session.description).toMatch(/^onnxruntime-node \d.*, cpu, 2 threads$/);
    await session.release();
  });

  it.skipIf(!python)(
    "finds weights that lie beside the file (needs Python with onnx: FRUGAL_PYTHON)",
    async () => {
      writeFileSync(join(folder, "inside.onnx"), bytes);
      const script = `
import onnx, sys
model = onnx.load(sys.argv[1] + "/inside.onnx")
onnx.save(model, sys.argv[1] + "/outside.onnx", save_as_external_data=True, location="weights.bin", size_threshold=0)
`;
      const { status } = spawnSync(python!, ["-c", script, folder]);
      expect([status, existsSync(join(folder, "weights.bin"))]).toEqual([0, true]);
      const session = await openModel(join(folder, "outside.onnx"));
      const feeds = session.prepare({
        x: { dtype: "float32", dims: [1, 2], data: new Float32Array([0, 0]) },
        ids: { dtype: "int32", dims: [1], data: new Int32Array([1]) },
      });
      expect(Array.from((await session.run(feeds)).y!.data as Float32Array)).toEqual([20, 21]);
      await session.release();
      // Bytes alone cannot find them.
      const alone = new Uint8Array(readFileSync(join(folder, "outside.onnx")));
      await expect(openModel(alone)).rejects.toMatchObject({ code: "E_ENGINE" });
    },
  );

  it("gives the time of each node, shares that add up to one", async () => {
    const session = await openModel(bytes, { profile: true });
    const feeds = session.prepare(
      randomModelFeeds(session.inputs, { shapes: { x: [2, 2], ids: [2] } }),
    );
    for (let i = 0; i < 4; i++) await session.run(feeds);
    const layers = session.layers({ skip: 2 });
    expect(layers.map((l) => l.path)).toEqual(["embedding", "sum"]);
    const shares = layers.reduce((sum, l) => sum + l.share, 0);
    // All times may be below the profiler's microsecond.
    expect([0, 1].some((whole) => Math.abs(whole - shares) < 1e-9)).toBe(true);
    await session.release();
  });

  it("refuses a provider that the runtime does not have, with those that it has", async () => {
    await expect(openModel(bytes, { provider: "abacus" })).rejects.toMatchObject({
      code: "E_ENGINE",
      what: 'no provider "abacus"',
      allowed: modelProviders().join(", "),
    });
    expect(modelProviders()).toContain("cpu");
  });

  it.each([
    ["bytes that are no model", new Uint8Array([1, 2, 3])],
    ["a file that is not there", join(folder, "none.onnx")],
  ])("refuses %s", async (_, source) => {
    await expect(openModel(source)).rejects.toMatchObject({ code: "E_ENGINE" });
  });

  it("refuses no threads and half a thread", async () => {
    await expect(openModel(bytes, { threads: 0 })).rejects.toThrow(/at least 1/);
    await expect(openModel(bytes, { threads: 1.5 })).rejects.toThrow(/at least 1/);
  });

  it("says which shapes it was given when the model refuses them", async () => {
    const session = await openModel(bytes);
    const shapes = { x: [2, 3], ids: [2] };
    const feeds = session.prepare(randomModelFeeds(session.inputs, { shapes }));
    await expect(session.run(feeds)).rejects.toMatchObject({
      code: "E_ENGINE",
      where: "with x [2, 3], ids [2]",
    });
    await session.release();
  });
});

describe("random inputs", () => {
  const port = (dtype: string, name = "x") => ({ name, dtype, dims: [] });
  const draw = (dtype: string, options: object = {}) =>
    randomModelFeeds([port(dtype)], { shapes: { x: [4, 250] }, ...options }).x!.data;

  it("are standard normal for floats and the same for the same seed", () => {
    const values = Array.from(draw("float32") as Float32Array);
    const mean = values.reduce((s, v) => s + v, 0) / 1000;
    const variance = values.reduce((s, v) => s + (v - mean) ** 2, 0) / 999;
    // Standard errors over 1000 are 0.032 and 0.045.
    expect(Math.abs(mean)).toBeLessThan(0.13);
    expect(Math.abs(variance - 1)).toBeLessThan(0.2);
    expect(draw("float32", { seed: 0 })).toEqual(draw("float32"));
    expect(draw("float32", { seed: 1 })).not.toEqual(draw("float32"));
  });

  it("stay within the range given for integers, and reach both of its ends", () => {
    const ids = Array.from(draw("int64", { ranges: { x: [5, 9] } }) as BigInt64Array);
    expect([...new Set(ids)].sort()).toEqual([5n, 6n, 7n, 8n]);
    expect(new Set(draw("int32") as Int32Array)).toEqual(new Set([0, 1]));
  });

  it("are both truth values for bool", () => {
    expect(new Set(draw("bool") as Uint8Array)).toEqual(new Set([0, 1]));
  });

  it("are half-precision bits as IEEE 754 has them", () => {
    const values = [0, 1, -2, 65504, 70000, 2 ** -14, 2 ** -24, 1 / 3, 0.1];
    const feeds = randomModelFeeds([port("float16")], {
      shapes: { x: [9] },
      values: { x: values },
    });
    // numpy.array(values).astype(numpy.float16).view(numpy.uint16)
    expect(Array.from(feeds.x!.data as Uint16Array)).toEqual([
      0x0000, 0x3c00, 0xc000, 0x7bff, 0x7c00, 0x0400, 0x0001, 0x3555, 0x2e66,
    ]);
  });

  it("take the values given, repeated over the batch", () => {
    const feeds = randomModelFeeds([port("int32")], {
      shapes: { x: [2, 3] },
      values: { x: [7, 8, 9] },
    });
    expect(Array.from(feeds.x!.data as Int32Array)).toEqual([7, 8, 9, 7, 8, 9]);
  });

  it("refuse values that do not fill the shape, texts, and inputs without a shape", () => {
    const options = { shapes: { x: [4] } };
    expect(() =>
      randomModelFeeds([port("int32")], { ...options, values: { x: [1, 2, 3] } }),
    ).toThrow(/3 values for 4 elements/);
    expect(() => randomModelFeeds([port("string")], options)).toThrow(/made for string/);
    expect(() => randomModelFeeds([port("int32", "other")], options)).toThrow(/no shape/);
  });

  it("give an input the same numbers whatever other inputs there are", () => {
    const shapes = { x: [8], a: [3] };
    const alone = randomModelFeeds([port("float32")], { shapes }).x;
    expect(randomModelFeeds([port("float32", "a"), port("float32")], { shapes }).x).toEqual(alone);
  });
});

describe("layers of a runtime's profile", () => {
  const node = (name: string, ts: number, dur: number) => ({
    cat: "Node",
    name: `${name}_kernel_time`,
    ts,
    dur,
  });
  const run = (ts: number, dur: number) => ({ cat: "Session", name: "model_run", ts, dur });

  it("leave out the runs that warmed up, and are means over the others", () => {
    const events = [
      ...[node("a", 1, 500), node("b", 600, 300), run(0, 1000)],
      ...[node("a", 2001, 30), node("b", 2040, 10), run(2000, 60)],
      ...[node("a", 3001, 50), node("b", 3060, 10), run(3000, 80)],
    ];
    // a: (30 + 50) / 2 us, b: 10 us; 80 of 100 us.
    expect(layerTimes(JSON.stringify(events), { skip: 1 })).toEqual([
      { path: "a", ms: 0.04, share: 0.8 },
      { path: "b", ms: 0.01, share: 0.2 },
    ]);
  });

  it("do not count the body of a loop twice", () => {
    const events = [
      run(0, 200),
      node("before", 5, 20),
      node("loop", 30, 100),
      node("body", 40, 30),
      node("body", 80, 30),
      node("after", 140, 20),
    ];
    // The loop keeps 100 - 60 us.
    const times = layerTimes(JSON.stringify(events), { skip: 0 });
    expect(times.map((t) => [t.path, Math.round(t.ms * 1000)])).toEqual([
      ["before", 20],
      ["loop", 40],
      ["body", 60],
      ["after", 20],
    ]);
  });

  it("take the path from names of our own files", () => {
    const events = [run(0, 50), node("forward|stage1/conv|conv2d|7", 1, 10)];
    expect(layerTimes(JSON.stringify(events), { skip: 0 })[0]!.path).toBe("stage1/conv");
  });
});
