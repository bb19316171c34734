import { describe, expect, expectTypeOf, it } from "vitest";
import {
  type AbsoluteTableName,
  type AccessEnergy,
  accessPicojoules,
  energyTableNames,
  energyTables,
  macPicojoules,
  modelledEnergy,
} from "./index.js";
import { absoluteTable } from "./tables.js";

describe("energy tables", () => {
  it("derive multiply-accumulates: 4.6 pJ in float32, 1.5 in float16, 0.23 and 0.30 in int8 at 45 nm", () => {
    expect(macPicojoules("horowitz45", "float32")).toBeCloseTo(4.6, 12);
    expect(macPicojoules("horowitz45", "float16")).toBeCloseTo(1.5, 12);
    expect(macPicojoules("horowitz45", "int8")).toBeCloseTo(0.23, 12);
    expect(macPicojoules("horowitz45", "int8x32")).toBeCloseTo(0.3, 12);
    expect(macPicojoules("horowitz45", "int32")).toBeCloseTo(3.2, 12);
  });

  it("scale an access with its width: 5, 10 and 20 pJ are one cache of 8 KB, its word of 64 bits, and one of 32 KB", () => {
    expect(accessPicojoules("horowitz45", "sram8KB", "float32")).toBe(5);
    expect(energyTables.horowitz45.memory.sram8KB).toMatchObject({ energy: 10, widthBits: 64 });
    expect(energyTables.horowitz45.memory.sram32KB).toMatchObject({ energy: 20, widthBits: 64 });
    expect(accessPicojoules("horowitz45", "dram", "float32")).toBe(640);
    expect(accessPicojoules("horowitz45", "dram", "int8")).toBe(160);
  });

  it("never cost more at 7 nm than at 45 nm, DRAM per bit apart", () => {
    const [old, fresh] = [energyTables.horowitz45, energyTables.jouppi7];
    for (const [precision, { add, multiply }] of Object.entries(old.operations)) {
      const now = fresh.operations[precision as keyof typeof old.operations]!;
      expect(now.add).toBeLessThan(add);
      expect(now.multiply).toBeLessThan(multiply);
    }
    for (const level of ["sram8KB", "sram32KB", "sram1MB"] as const) {
      expect(fresh.memory[level]!.energy).toBeLessThan(old.memory[level]!.energy);
    }
  });

  it("cannot be written without a width", () => {
    expectTypeOf<{ energy: number }>().not.toExtend<AccessEnergy>();
    for (const name of energyTableNames) {
      const { unit, source, processNm, memory } = energyTables[name];
      expect([unit === "pJ" || unit === "MAC", source !== "", processNm > 0]).toEqual([
        true,
        true,
        true,
      ]);
      for (const access of Object.values(memory)) expect(access.widthBits % 8).toBe(0);
    }
  });

  it("give no Joules where they are relative, and say what they lack", () => {
    expectTypeOf<"eyeriss65">().not.toExtend<AbsoluteTableName>();
    expect(() => absoluteTable("eyeriss65")).toThrow(
      /no energy in Joules.*\n.*horowitz45, jouppi7/,
    );
    expect(() => absoluteTable("constructor")).toThrow(/no energy in Joules/);
    expect(() => macPicojoules("horowitz45", "bfloat16")).toThrow(/no bfloat16/);
    expect(() => accessPicojoules("horowitz45", "hbm2", "float32")).toThrow(/no memory "hbm2"/);
    const empty = { entries: [], total: {} } as never;
    expect(() => modelledEnergy(empty, { memory: { dram: { perOperand: -1 } } })).toThrow(/-1/);
  });
});
