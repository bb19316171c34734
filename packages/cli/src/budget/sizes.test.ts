import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gateChannels, traceExits } from "@frugal/core/adaptive";
import { UserError } from "@frugal/core/base";
import { type LatencyPredictor, type LookupTable, nominalDevice } from "@frugal/core/costs";
import { type Model, models } from "@frugal/core/nn";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fingerprint, writeDevice } from "../calibrate/index.js";
import { allowedSizes, latencySizes, multiplesTo, stepEnds } from "./sizes.js";
import { layersOf } from "./widths.js";

const trace = (model: Model, options: { batchSize: number; training: boolean }) =>
  traceExits(model, { exits: [], ...options });

/** A network with its groups: 32 channels in stage 1, 64 in stage 2, 128 in stage 3. */
function resnet() {
  const model = models.resnet8({ width: 32, inputShape: [3, 8, 8] });
  const gating = gateChannels(model, {
    ...{ kind: "straightThrough", batchSize: 1, training: false },
    trace,
  });
  const groups = gating.gates.map(({ name, size }) => ({ name, size }));
  return { groups, network: { model, trace }, layers: layersOf(gating) };
}

/** A machine that computes in blocks of so many channels, in and out. */
const blocked = (block: number): LatencyPredictor => ({
  name: "blocks",
  baseMs: 1,
  predict({ family, geometry }) {
    const blocks = (n: number) => Math.ceil(n / block);
    const isConvolution = geometry !== undefined && geometry.window > 1;
    const ms = isConvolution ? blocks(geometry.cin) * blocks(geometry.cout) : 0.01;
    return { ms: family === "linear" ? 0.01 : ms, source: "interpolated" };
  },
});

describe("sizes that a group may keep", () => {
  it("are multiples, and all it has", () => {
    expect(multiplesTo(20, 8)).toEqual([8, 16, 20]);
    expect(multiplesTo(4, 16)).toEqual([4]);
    expect(multiplesTo(3, 1)).toEqual([1, 2, 3]);
  });

  it("are the right ends of the steps where time is a staircase", () => {
    const candidates = multiplesTo(64, 4);
    expect(stepEnds(candidates, (n) => Math.ceil(n / 16))).toEqual([16, 32, 48, 64]);
    // 36 to 44 channels are slower than 48: blocks that are not full.
    const ragged = (n: number) => Math.ceil(n / 16) + (n % 16 === 0 ? 0 : 0.5);
    expect(stepEnds(candidates, ragged)).toEqual([16, 32, 48, 64]);
    // A slope of a tenth within the steps is not worth a stop.
    const slanted = (n: number) => Math.ceil(n / 16) + n / 160;
    expect(stepEnds(candidates, slanted)).toEqual([16, 32, 48, 64]);
  });

  it("are all candidates where time falls with every channel, and the whole where it never does", () => {
    const candidates = multiplesTo(24, 4);
    expect(stepEnds(candidates, (n) => 3 + n)).toEqual(candidates);
    expect(stepEnds(candidates, () => 7)).toEqual([24]);
    expect(stepEnds(candidates, (n) => 7 - n / 100)).toEqual([24]);
  });

  it("follow the blocks of a machine, in every group of a network", () => {
    const net = resnet();
    const sizes = latencySizes({ ...net, predictor: blocked(16) });
    for (const { name, size } of net.groups) {
      expect(sizes[name], name).toEqual(multiplesTo(size, 16));
    }
  });
});

describe("widths that this machine likes", () => {
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

  it("are refused without a calibration, with the command that makes one", () => {
    const call = () => allowedSizes("latency", resnet());
    expect(call).toThrow(UserError);
    expect(call).toThrow(/channels\.multiple[\s\S]*frugal doctor --calibrate/);
  });

  it("are found by the calibration of the machine", () => {
    const table: LookupTable = {
      ...{ format: 1, name: "desk", rows: [] },
      ...{ baseMs: 0.01, overheadMsPerKernel: 0 },
    };
    writeDevice({
      ...{ format: 1, name: "this-machine", calibratedAt: "2026-01-02T03:04:05.000Z" },
      fingerprint: fingerprint(),
      device: nominalDevice,
      table,
      recording: { seconds: 1, profilingMs: 0.001 },
    });
    // Without rows the roofline answers, which falls with every channel.
    const sizes = allowedSizes("latency", resnet());
    expect(sizes["layer3.0.conv1"]).toEqual(multiplesTo(128, 4));
  });
});
