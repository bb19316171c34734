import { describe, expect, it } from "vitest";
import { costModels, withActivity } from "../costs/index.js";
import { decidedLedger, tinyLedger } from "../costs/testing/tiny-net.js";
import { input } from "../graph/index.js";
import { amountOf, parseBudget, reachableRange, requireReachable } from "./index.js";

const one = (text: string) => parseBudget(text)[0]!;

describe("a budget", () => {
  it("is read from a command line, with a cost, a statistic and a unit each", () => {
    expect(parseBudget("macs=2M,parameters=300k,latency.p95=5ms")).toEqual([
      { name: "macs", cost: "macs", statistic: "mean", unit: "MACs", kind: "amount", value: 2e6 },
      {
        name: "parameters",
        cost: "parameters",
        statistic: "mean",
        unit: "parameters",
        kind: "amount",
        value: 3e5,
      },
      {
        name: "latency.p95",
        cost: "latency",
        statistic: "p95",
        unit: "ms",
        kind: "amount",
        value: 5,
      },
    ]);
  });

  it("is read from the keys of a recipe alike", () => {
    const keys = { macs: "2M", parameters: 300_000, "latency.p95": "5 ms" };
    expect(parseBudget(keys)).toEqual(parseBudget("macs=2M,parameters=300k,latency.p95=5ms"));
  });

  it.each([
    ["macs=2M", 2e6],
    ["macs=2 MMACs", 2e6],
    ["macs=1.5e6", 1.5e6],
    ["macs=500 MACs", 500],
    ["flops=4GFLOPs", 4e9],
    ["latency=5ms", 5],
    ["latency=5000us", 5],
    ["latency=0.005s", 5],
    ["energy45=2mJ", 2e-3],
    ["energy45=3.5uJ", 3.5e-6],
    ["modelBytesInt8=300kB", 3e5],
    ["modelBytesFp32=2MiB", 2 * 1024 * 1024],
    ["kernels=20", 20],
  ])("%s is %d in the unit of the cost", (text, value) => {
    expect(one(text).kind).toBe("amount");
    expect(one(text).value).toBeCloseTo(value, 12);
  });

  it("may be a share of the whole network", () => {
    expect(one("macs=50%")).toMatchObject({ kind: "share", value: 0.5 });
    expect(one("latency=80 %")).toMatchObject({ kind: "share", value: 0.8 });
    expect(one("macs=0.25")).toMatchObject({ kind: "share", value: 0.25 });
    expect(amountOf(one("macs=25%"), 8e6)).toBe(2e6);
    expect(amountOf(one("macs=1M"), 8e6)).toBe(1e6);
  });

  it.each([
    ["latency=5", /counted in ms[\s\S]*ns, us, µs, ms or s/],
    ["latency=0.5", /counted in ms/],
    ["latency=5mJ", /counted in ms/],
    ["energy45=5ms", /counted in J/],
    ["modelBytesInt8=300k", /counted in bytes/],
    ["macs=5ms", /counted in MACs/],
    ["macs=2MFLOPs", /counted in MACs[\s\S]*1 MAC is 2 FLOPs/],
    ["macs=abc", /no budget/],
    ["macs=-2M", /no budget/],
    ["macs=0", /above 0/],
    ["macs=150%", /no budget/],
    ["macs", /COST=AMOUNT/],
    ["macs=1M,", /COST=AMOUNT/],
    ["", /empty/],
    ["latency.p96=5ms", /"p96" of latency[\s\S]*p95/],
  ])("%j is refused, with what is allowed", (text, message) => {
    expect(() => parseBudget(text)).toThrow(message);
    expect(() => parseBudget(text)).toThrow(expect.objectContaining({ code: "E_CONFIG" }));
  });

  it("answers an unknown cost with the nearest and the list", () => {
    expect(() => parseBudget("mcas=2M")).toThrow(/"mcas"[\s\S]*macs, validMacs[\s\S]*mean "macs"/);
    expect(() => parseBudget("parms.p95=2M")).toThrow(/no cost "parms"/);
    expect(() => parseBudget("toString=2M")).toThrow(/no cost "toString"/);
  });

  it("takes costs of the user's own, and refuses one that is limited twice", () => {
    expect(parseBudget("wire=3ms", { own: { wire: "ms" } })[0]).toMatchObject({
      cost: "wire",
      value: 3,
    });
    expect(() => parseBudget("macs=2M,macs=50%")).toThrow(/limits macs twice[\s\S]*macs=2M/);
    expect(() => parseBudget("latency=5ms,latency.mean=6ms")).toThrow(/twice/);
  });

  it("calls the energy of the 45 nm table energy", () => {
    expect(one("energy=3uJ")).toEqual({ ...one("energy45=3uJ"), name: "energy" });
    expect(one("energy=3uJ").value).toBeCloseTo(3e-6, 12);
    expect(one("energy.p95=3uJ")).toMatchObject({ cost: "energy45", statistic: "p95" });
    expect(() => parseBudget("energy=3")).toThrow(/energy is counted in J[\s\S]*pJ, nJ, uJ/);
    expect(() => parseBudget("energy=3uJ,energy45=2uJ")).toThrow(/twice/);
    expect(() => parseBudget("enrgy=3uJ")).toThrow(/did you mean "energy"/);
  });

  it("names the recipe key that is wrong", () => {
    expect(() => parseBudget({ macs: "5ms" }, { where: "r.yaml: objective.budget" })).toThrow(
      expect.objectContaining({ where: "r.yaml: objective.budget.macs" }),
    );
  });
});

describe("the reachable range", () => {
  it("goes from what nothing can switch off to the whole", () => {
    const reach = input("reach", []);
    const ledger = withActivity(tinyLedger(), ({ stage }) =>
      stage === "second" ? reach : undefined,
    );
    const ranges = reachableRange(ledger, [], [costModels.macs, costModels.stages]);
    // conv 1152 and depthwise 144 run always; mix1, mix2 and head are 256, 256 and 48.
    expect(ranges).toEqual({
      macs: { lowest: 1296, highest: 1856 },
      stages: { lowest: 1, highest: 2 },
    });
  });

  it("keeps to the bounds of a share", () => {
    const kept = input("kept", []);
    const ledger = withActivity(tinyLedger(), () => kept);
    const { macs } = reachableRange(
      ledger,
      [{ share: kept, lowest: 0.25, highest: 0.5 }],
      [costModels.macs],
    );
    expect(macs).toEqual({ lowest: 1856 / 4, highest: 1856 / 2 });
  });

  it("ends at the full cost for every cost, and begins below it or there", () => {
    const models = Object.values(costModels);
    const ranges = reachableRange(decidedLedger(), [], models);
    for (const model of models) {
      const { lowest, highest } = ranges[model.name]!;
      expect(highest / model.full(tinyLedger())).toBeCloseTo(1, 5);
      expect(lowest).toBeLessThanOrEqual(highest);
    }
  });

  it("is a point where nothing is decided", () => {
    expect(reachableRange(tinyLedger(), [], [costModels.macs]).macs).toEqual({
      lowest: 1856,
      highest: 1856,
    });
  });

  it("refuses what lies outside of it, with the range", () => {
    const limit = { name: "macs", unit: "MACs" } as const;
    const range = { lowest: 300_000, highest: 1_500_000 };
    expect(() => requireReachable({ ...limit, limit: 2e5 }, range)).toThrow(
      /200k MACs for macs cannot be reached[\s\S]*300k MACs to 1.5M MACs/,
    );
    expect(() => requireReachable({ ...limit, limit: 1.5e6 }, range)).toThrow(/needs no saving/);
    expect(() => requireReachable({ ...limit, limit: 3e5 }, range)).not.toThrow();
    expect(() => requireReachable({ ...limit, limit: 1.4e6 }, range)).not.toThrow();
  });
});
