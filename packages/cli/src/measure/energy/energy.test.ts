/** Energy counters on trees of files like the kernel's. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EnergyCounter, energyOf, energySource } from "./index.js";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "frugal-sysfs-"));
  chmodSync(root, 0o755);
});
afterEach(() => rmSync(root, { recursive: true }));

function put(path: string, text: string | number): void {
  const file = join(root, "class", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${text}\n`);
}
const setEnergy = (id: string, microjoules: number) => put(`powercap/${id}/energy_uj`, microjoules);
function zone(id: string, name: string, microjoules: number): void {
  put(`powercap/${id}/name`, name);
  put(`powercap/${id}/max_energy_range_uj`, 262_143_328_850);
  setEnergy(id, microjoules);
}
function open(): EnergyCounter {
  const source = energySource(root);
  if (!source.available) throw new Error(source.reason);
  return source.open();
}
const reasonOf = () => {
  const source = energySource(root);
  return source.available ? "" : source.reason;
};

describe("RAPL", () => {
  it("sums what packages used, with memory apart and platform and cores left out", () => {
    zone("intel-rapl:0", "package-0", 1_000_000);
    zone("intel-rapl:0:0", "core", 500_000);
    zone("intel-rapl:0:1", "dram", 70_000);
    zone("intel-rapl:1", "package-1", 900_000_000);
    zone("intel-rapl:2", "psys", 5_000_000);
    const counter = open();
    counter.sample(0);
    setEnergy("intel-rapl:0", 3_000_000);
    setEnergy("intel-rapl:0:0", 2_000_000);
    setEnergy("intel-rapl:0:1", 570_000);
    setEnergy("intel-rapl:1", 900_250_000);
    setEnergy("intel-rapl:2", 15_000_000);
    counter.sample(500);
    const energy = energyOf(counter.read(), { method: "rapl", samples: 9, idleWatts: 2 });
    // 2 J and 0.25 J.
    expect(energy).toMatchObject({
      measured: true,
      method: "rapl",
      joules: 2.25,
      joulesPerSample: 0.25,
      domain: "package-0 + package-1",
      seconds: 0.5,
      updates: 1,
      idleWatts: 2,
      domains: [
        { name: "package-0", joules: 2, inSum: true },
        { name: "dram of package-0", joules: 0.5, inSum: false },
        { name: "package-1", joules: 0.25, inSum: true },
        { name: "psys", joules: 10, inSum: false },
      ],
    });
    // One update: either end of the window may lack one like it.
    expect(energy).toMatchObject({ quantisationJoules: 4.5 });
  });

  it("follows a counter around its end", () => {
    zone("intel-rapl:0", "package-0", 262_143_000_000);
    const counter = open();
    counter.sample(0);
    setEnergy("intel-rapl:0", 671_150);
    counter.sample(100);
    // 262,143,328,850 - 262,143,000,000 + 671,150 = 1,000,000 microjoules.
    expect(counter.read().joules).toBeCloseTo(1, 12);
  });

  it("does not guess where a counter wrapped at an unknown value", () => {
    zone("intel-rapl:0", "package-0", 5_000_000);
    rmSync(join(root, "class/powercap/intel-rapl:0/max_energy_range_uj"));
    const counter = open();
    counter.sample(0);
    setEnergy("intel-rapl:0", 10);
    counter.sample(1);
    expect(energyOf(counter.read(), { method: "rapl", samples: 1 })).toEqual({
      measured: false,
      reason: "package-0 wrapped around at an unknown value",
    });
  });

  it("counts the memory-mapped copy of a package once, though the copies differ", () => {
    zone("intel-rapl:0", "package-0", 10_000_000);
    zone("intel-rapl-mmio:0", "package-0", 99_000_000);
    const counter = open();
    counter.sample(0);
    setEnergy("intel-rapl:0", 14_000_000);
    setEnergy("intel-rapl-mmio:0", 103_000_000);
    counter.sample(1);
    expect(counter.read()).toMatchObject({ joules: 4, domains: [{ name: "package-0" }] });
  });

  it("counts dies that mirror one counter once, and dies with their own each", () => {
    zone("intel-rapl:0", "package-0-die-0", 10_000_000);
    zone("intel-rapl:1", "package-0-die-1", 10_000_150);
    zone("intel-rapl:2", "package-1-die-0", 10_000_300);
    zone("intel-rapl:3", "package-1-die-1", 55_000_000);
    const counter = open();
    expect(counter.read().domains.map((d) => d.name)).toEqual([
      "package-0-die-0",
      "package-1-die-0",
      "package-1-die-1",
    ]);
  });

  it("does not take two counters that both stand at zero for one", () => {
    zone("intel-rapl:0", "package-0-die-0", 0);
    zone("intel-rapl:1", "package-0-die-1", 0);
    expect(open().read().domains).toHaveLength(2);
  });

  it("counts updates, not looks, and gives no bound for ten or more", () => {
    zone("intel-rapl:0", "package-0", 0);
    const counter = open();
    for (let look = 0; look <= 40; look++) {
      // A new value every fourth look: ten updates of 0.2 J.
      setEnergy("intel-rapl:0", Math.floor(look / 4) * 200_000);
      counter.sample(look);
    }
    const energy = energyOf(counter.read(), { method: "rapl", samples: 1 });
    expect(energy).toMatchObject({ updates: 10, resolutionJoules: 0.2 });
    expect(energy).not.toHaveProperty("quantisationJoules");
  });

  it("gives no number where the counter never moved", () => {
    zone("intel-rapl:0", "package-0", 77);
    const counter = open();
    counter.sample(0);
    counter.sample(250);
    const energy = energyOf(counter.read(), { method: "rapl", samples: 1 });
    expect(energy).toEqual({
      measured: false,
      reason: "the rapl counters did not change in 0.250 s: measure for longer",
    });
  });

  it("says that reading needs rights, and whose", () => {
    zone("intel-rapl:0", "package-0", 5);
    const file = join(root, "class/powercap/intel-rapl:0/energy_uj");
    chmodSync(file, 0o400);
    const isRoot = process.getuid?.() === 0;
    // Root reads everything: the look is taken with the rights of nobody.
    if (isRoot) process.seteuid!(65534);
    else chmodSync(file, 0);
    try {
      expect(reasonOf()).toMatch(/energy_uj may be read by root only.*chmod a\+r/);
    } finally {
      if (isRoot) process.seteuid!(0);
    }
  });

  it("refuses a sum in which a package is missing", () => {
    zone("intel-rapl:0", "package-0", 5);
    zone("intel-rapl:1", "package-1", 5);
    rmSync(join(root, "class/powercap/intel-rapl:1/energy_uj"));
    expect(reasonOf()).toMatch(/intel-rapl:1.energy_uj cannot be read \(ENOENT\)/);
  });

  it("stops trusting a counter that disappears", () => {
    zone("intel-rapl:0", "package-0", 5);
    const counter = open();
    counter.sample(0);
    rmSync(join(root, "class/powercap/intel-rapl:0/energy_uj"));
    counter.sample(1);
    expect(counter.read().fault).toMatch(/could no longer be read/);
  });
});

describe("battery", () => {
  const battery = (name: string, files: Readonly<Record<string, string | number>>) => {
    for (const [file, value] of Object.entries({ type: "Battery", ...files })) {
      put(`power_supply/${name}/${file}`, value);
    }
  };

  it("integrates power over time while it discharges", () => {
    battery("BAT0", { status: "Discharging", power_now: 10_000_000 });
    const counter = open();
    counter.sample(0);
    counter.sample(1000);
    put("power_supply/BAT0/power_now", 20_000_000);
    counter.sample(3000);
    // 10 W for 1 s, then 15 W on the average for 2 s.
    expect(energyOf(counter.read(), { method: "battery", samples: 4 })).toMatchObject({
      measured: true,
      method: "battery",
      domain: "BAT0",
      joules: 40,
      joulesPerSample: 10,
      updates: 1,
    });
  });

  it("takes current times voltage where there is no power, whatever the sign", () => {
    battery("BAT1", { status: "Discharging", current_now: -1_500_000, voltage_now: 12_000_000 });
    const counter = open();
    counter.sample(0);
    counter.sample(500);
    // 1.5 A * 12 V * 0.5 s.
    expect(counter.read().joules).toBe(9);
  });

  it("is not used on mains, and says what to do", () => {
    battery("BAT0", { status: "Charging", power_now: 10_000_000 });
    put("power_supply/AC/type", "Mains");
    expect(reasonOf()).toMatch(/no RAPL counters.*not discharging: unplug/);
  });

  it("is not that of a mouse", () => {
    battery("hidpp_battery_0", { status: "Discharging", scope: "Device", power_now: 1 });
    expect(reasonOf()).toMatch(/no battery in/);
  });

  it("gives no number when the plug goes in while it is measured", () => {
    battery("BAT0", { status: "Discharging", power_now: 10_000_000 });
    const counter = open();
    counter.sample(0);
    put("power_supply/BAT0/status", "Charging");
    counter.sample(1000);
    expect(energyOf(counter.read(), { method: "battery", samples: 1 })).toMatchObject({
      measured: false,
    });
  });
});

it("is not measured, with reasons, on a machine that shows nothing", () => {
  expect(reasonOf()).toMatch(/no RAPL counters.*; no battery/);
});
