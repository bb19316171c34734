/** Energy of processor packages by the counters of RAPL, which Linux shows under powercap (Intel and AMD alike). */

import { join } from "node:path";
import type { CounterReading, EnergyCounter, EnergySource } from "./counter.js";
import { namesIn, numberOf, readText, textOf } from "./sysfs.js";

interface Zone {
  readonly folder: string;
  /** Unique: the zone's own name, below that of its package. */
  readonly name: string;
  /** Parts of what they belong to are in its number already. */
  readonly kind: "package" | "dram" | "psys" | "part";
  readonly package: string | undefined;
}

/** The kernel shows millionths of a joule. */
const PER_JOULE = 1e6;
/** Two counters this close are one counter shown twice: chance would need it out of a range of 65 kJ or more. */
const MIRROR_MICROJOULES = 1e6;

function kindOf(name: string): Zone["kind"] {
  if (/^package-\d+/.test(name)) return "package";
  return name === "dram" || name === "psys" ? name : "part";
}

/** Zones in the order in which they are preferred: registers before memory-mapped copies of them. */
function zonesOf(folder: string): Zone[] {
  const ids = namesIn(folder).filter((n) => /^intel-rapl(-mmio)?:\d+(:\d+)?$/.test(n));
  const mapped = (id: string): number => (id.startsWith("intel-rapl-mmio") ? 1 : 0);
  return ids
    .toSorted((a, b) => mapped(a) - mapped(b))
    .flatMap((id): Zone[] => {
      const own = textOf(join(folder, id, "name"));
      if (own === undefined) return [];
      const parentId = /^([^:]+:\d+):\d+$/.exec(id)?.[1];
      const parent = parentId && textOf(join(folder, parentId, "name"));
      const name = parent ? `${own} of ${parent}` : own;
      const kind = kindOf(own);
      const package_ = /^package-\d+/.exec(own)?.[0];
      return [{ folder: join(folder, id), name, kind, package: package_ }];
    });
}

const energyFile = (zone: Zone): string => join(zone.folder, "energy_uj");

/** Each counter once: not again by its memory-mapped copy, nor once for each die of a package that share it. */
function distinct(zones: readonly Zone[]): Zone[] {
  const kept: { zone: Zone; start: number }[] = [];
  for (const zone of zones) {
    if (kept.some((k) => k.zone.name === zone.name)) continue;
    const start = numberOf(energyFile(zone));
    // A copy that can be read may follow.
    if (start === undefined) continue;
    const mirrored = kept.some(
      (k) =>
        zone.package !== undefined &&
        k.zone.package === zone.package &&
        start > 0 &&
        Math.abs(k.start - start) < MIRROR_MICROJOULES,
    );
    if (!mirrored) kept.push({ zone, start });
  }
  return kept.map((k) => k.zone);
}

class RaplDomain {
  private microjoules = 0;
  updates = 0;
  leastStep = Number.POSITIVE_INFINITY;
  largestStep = 0;
  private last: number | undefined;

  constructor(readonly zone: Zone) {}

  get joules(): number {
    return this.microjoules / PER_JOULE;
  }

  /** Why the counter is of no use any more, or undefined. */
  sample(): string | undefined {
    const now = numberOf(energyFile(this.zone));
    if (now === undefined) return `${energyFile(this.zone)} could no longer be read`;
    const before = this.last;
    this.last = now;
    if (before === undefined || now === before) return undefined;
    let step = now - before;
    if (step < 0) {
      const range = numberOf(join(this.zone.folder, "max_energy_range_uj"));
      if (range === undefined) return `${this.zone.name} wrapped around at an unknown value`;
      step += range;
      if (step < 0) return `${this.zone.name} fell by more than its range`;
    }
    const joules = step / PER_JOULE;
    this.microjoules += step;
    this.updates++;
    this.leastStep = Math.min(this.leastStep, joules);
    this.largestStep = Math.max(this.largestStep, joules);
    return undefined;
  }
}

function openCounter(zones: readonly Zone[]): EnergyCounter {
  const domains = zones.map((zone) => new RaplDomain(zone));
  const summed = domains.filter((d) => d.zone.kind === "package");
  let fault: string | undefined;
  let first: number | undefined;
  let last = 0;
  return {
    sample(nowMs) {
      first ??= nowMs;
      last = nowMs;
      for (const domain of domains) fault ??= domain.sample();
    },
    read(): CounterReading {
      return {
        ...(fault === undefined ? {} : { fault }),
        joules: summed.reduce((sum, d) => sum + d.joules, 0),
        seconds: (last - (first ?? last)) / 1000,
        // The slowest counter limits what the sum knows.
        updates: Math.min(...summed.map((d) => d.updates)),
        leastStep: Math.max(...summed.map((d) => d.leastStep)),
        largestStep: summed.reduce((sum, d) => sum + d.largestStep, 0),
        domains: domains.map((d) => ({
          name: d.zone.name,
          joules: d.joules,
          inSum: d.zone.kind === "package",
        })),
      };
    },
  };
}

function refusedReading(zone: Zone): string {
  const read = readText(energyFile(zone));
  const path = energyFile(zone);
  const error = "error" in read ? read.error : "no number in it";
  if (error !== "EACCES" && error !== "EPERM") return `${path} cannot be read (${error})`;
  return `${path} may be read by root only, as on most kernels since 2020: run as root, or let an administrator allow reading it (chmod a+r)`;
}

/**
 * The sum is over packages. Cores and the graphics part are inside their package; memory (dram) is outside, and listed
 * apart; psys holds everything and is never added. `root` stands for /sys.
 */
export function raplSource(root: string): EnergySource {
  const folder = join(root, "class", "powercap");
  const zones = zonesOf(folder).filter((z) => z.kind !== "part");
  const packages = zones.filter((z) => z.kind === "package");
  if (packages.length === 0) {
    const reason = `no RAPL counters of a processor package in ${folder}: a virtual machine, a container, or another system`;
    return { available: false, reason };
  }
  const kept = distinct(zones);
  const readable = new Set(kept.map((z) => z.name));
  // A package or die that is missing from the sum would make the machine look frugal.
  const missing = packages.find(
    (z) => !readable.has(z.name) && numberOf(energyFile(z)) === undefined,
  );
  if (missing) return { available: false, reason: refusedReading(missing) };
  return { available: true, method: "rapl", open: () => openCounter(kept) };
}
