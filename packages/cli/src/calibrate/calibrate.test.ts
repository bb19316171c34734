import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "@frugal/core/base";
import {
  kernelsOf,
  ledgerOf,
  lookupPredictor,
  nominalDevice,
  predictLatency,
  probeModel,
  profile,
} from "@frugal/core/costs";
import { encodeOnnx } from "@frugal/core/formats";
import { buildGraph, input } from "@frugal/core/graph";
import { matmul } from "@frugal/core/ops";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { heldOutErrors } from "./held-out.js";
import {
  type Calibration,
  calibrate,
  devicePath,
  fingerprint,
  readDevice,
  writeDevice,
} from "./index.js";

let home: string;
const before = process.env.FRUGAL_HOME;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "frugal-home-"));
  process.env.FRUGAL_HOME = home;
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
  if (before === undefined) delete process.env.FRUGAL_HOME;
  else process.env.FRUGAL_HOME = before;
});

const calibration = (change: Partial<Calibration> = {}): Calibration => ({
  format: 1,
  name: "desk",
  calibratedAt: "2026-01-02T03:04:05.000Z",
  fingerprint: fingerprint(),
  device: {
    ...{ name: "desk", provider: "cpu", threads: 1 },
    ...{ peakMacsPerSecond: 5e10, bytesPerSecond: 1e10, overheadMsPerKernel: 1e-3 },
  },
  table: { format: 1, name: "desk", rows: [], baseMs: 0.01, overheadMsPerKernel: 0 },
  recording: { seconds: 1, profilingMs: 0.001 },
  ...change,
});

/** The error of a call that must fail. */
function errorOf(call: () => unknown): UserError {
  try {
    call();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("calibrated devices", () => {
  it("are kept below the Frugal home and read back as they were", () => {
    const path = writeDevice(calibration());
    expect(path).toBe(join(home, "devices", "desk.json"));
    expect(readDevice("desk")).toEqual({ ...calibration(), differences: [] });
    // No temporary file stays behind.
    expect(readdirSync(join(home, "devices"))).toEqual(["desk.json"]);
  });

  it("are refused on another machine, with what differs, unless that is wanted", () => {
    const elsewhere = { ...fingerprint(), cpu: "Abacus 3000", cores: 99 };
    writeDevice(calibration({ fingerprint: elsewhere }));
    const error = errorOf(() => readDevice("desk"));
    expect(error.code).toBe("E_FILE");
    expect(error.what).toContain("cpu: calibrated on Abacus 3000");
    expect(error.what).toContain("cores: calibrated on 99");
    expect(readDevice("desk", { anyMachine: true }).differences).toHaveLength(2);
  });

  it("are refused where the runtime has another version", () => {
    writeDevice(calibration({ fingerprint: { ...fingerprint(), runtime: "runtime 0.1" } }));
    expect(errorOf(() => readDevice("desk")).what).toContain("runtime: calibrated on runtime 0.1");
  });

  it("say how to make one where there is none", () => {
    const error = errorOf(() => readDevice("nobody"));
    expect(error.code).toBe("E_FILE");
    expect(error.next).toContain("frugal doctor --calibrate");
  });

  it.each([
    ["text", "not JSON"],
    ["another document", '{"format": 1}'],
    [
      "numbers that are none",
      JSON.stringify({ ...calibration(), device: { peakMacsPerSecond: -1 } }),
    ],
  ])("are refused where the file holds %s", (_, text) => {
    writeDevice(calibration());
    writeFileSync(devicePath("desk"), text);
    expect(errorOf(() => readDevice("desk")).what).toContain("no calibration");
  });

  it.each(["../escape", "a/b", "", ".hidden", "x".repeat(65)])("cannot be called %j", (name) => {
    expect(errorOf(() => devicePath(name)).code).toBe("E_USAGE");
  });

  it("leave the old file whole where a new one cannot be written", () => {
    writeDevice(calibration());
    const text = readFileSync(devicePath("desk"), "utf8");
    const circular = calibration() as Calibration & { self?: unknown };
    Object.assign(circular, { self: circular });
    expect(() => writeDevice(circular)).toThrow(UserError);
    expect(readFileSync(devicePath("desk"), "utf8")).toBe(text);
    expect(readdirSync(join(home, "devices"))).toEqual(["desk.json"]);
  });
});

describe("held-out errors", () => {
  const linear = (inputs: number, outputs: number) => {
    const graph = buildGraph({ y: matmul(input("x", [1, inputs]), input("w", [inputs, outputs])) });
    return kernelsOf(ledgerOf(graph))[0]!;
  };
  const device = { ...nominalDevice, overheadMsPerKernel: 0 };
  const sizes = Array.from(
    { length: 20 },
    (_, i) => [64 + 16 * i, 32 + 48 * ((i * 7) % 11)] as const,
  );

  it("are nothing for the model that the times follow, and a quarter where they take a third more", () => {
    const roof = lookupPredictor(
      { format: 1, name: "empty", rows: [], baseMs: 0, overheadMsPerKernel: 0 },
      { fallback: device },
    );
    const timed = (factor: number) =>
      sizes.map(([i, o]) => {
        const kernel = linear(i, o);
        return { kernel, ms: [factor * roof.predict(kernel).ms] };
      });
    expect(heldOutErrors(timed(1), device)!.roofline).toBeCloseTo(0, 10);
    // |p - 4/3 p| / (4/3 p) = 1/4, and four of twenty shapes are kept away.
    expect(heldOutErrors(timed(4 / 3), device)).toMatchObject({
      kernels: 4,
      roofline: expect.closeTo(0.25, 10),
    });
  });

  it("are not told from too few kernels", () => {
    expect(heldOutErrors([{ kernel: linear(8, 8), ms: [1] }], device)).toBeUndefined();
  });
});

describe("a calibration", () => {
  it("finds positive rates and a table that knows the kernels it recorded", async () => {
    const found = await calibrate({ name: "short", seconds: 0, rounds: 1 });
    const { device, table } = found;
    expect(device.peakMacsPerSecond).toBeGreaterThan(0);
    expect(device.bytesPerSecond).toBeGreaterThan(0);
    expect(device.overheadMsPerKernel).toBeGreaterThanOrEqual(0);
    expect(device.measured!.macsPerSecond.samples).toBe(1);
    const { ledger } = profile(encodeOnnx(probeModel(20, 0)));
    const { sources, coverage } = predictLatency(ledger, lookupPredictor(table));
    expect(sources).toMatchObject({ interpolated: 0, extrapolated: 0, missed: 0 });
    expect(coverage).toEqual({ kernels: 1, time: 1 });
    expect(found.heldOut!.kernels).toBeGreaterThanOrEqual(2);
    expect(Object.keys(found.regressor!.families)).not.toHaveLength(0);
  }, 60_000);
});
