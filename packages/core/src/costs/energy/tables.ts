/** Energy per operation and per memory access, as published: unit, access width, process node and source are part of each table. */

import { UserError } from "../../base/index.js";

export const JOULES_PER_PICOJOULE = 1e-12;

/** What a multiply-accumulate is computed in; `int8x32` multiplies 8-bit integers and adds up in 32 bits. */
export type EnergyPrecision = "float32" | "float16" | "bfloat16" | "int32" | "int8" | "int8x32";

/** Bits of one stored element. */
export const elementBits: Readonly<Record<EnergyPrecision, number>> = {
  float32: 32,
  float16: 16,
  bfloat16: 16,
  int32: 32,
  int8: 8,
  int8x32: 8,
};

export const energyPrecisions = Object.keys(elementBits) as readonly EnergyPrecision[];

/** Picojoules per operation. */
export interface OperationEnergy {
  readonly add: number;
  readonly multiply: number;
}

/** Energy of one access. Without its width the number means nothing: the same table is quoted 5, 10 and 20 pJ. */
export interface AccessEnergy {
  readonly energy: number;
  /** Bits that one access moves. */
  readonly widthBits: number;
  /** Where the source gives a range, at its own width. */
  readonly range?: { readonly low: number; readonly high: number; readonly widthBits: number };
  readonly note?: string;
}

/** From the multiplier outwards. */
export type MemoryLevel =
  | "register"
  | "array"
  | "sram8KB"
  | "sram32KB"
  | "sram1MB"
  | "buffer"
  | "hbm2"
  | "gddr6"
  | "dram";

interface TableIdentity {
  readonly title: string;
  /** Nanometres. */
  readonly processNm: number;
  readonly source: string;
  /** What the source does not say, and what should not be concluded. */
  readonly limits: readonly string[];
  readonly memory: Readonly<Partial<Record<MemoryLevel, AccessEnergy>>>;
}

/** Energies in picojoules. */
export interface AbsoluteTable extends TableIdentity {
  readonly unit: "pJ";
  readonly operations: Readonly<Partial<Record<EnergyPrecision, OperationEnergy>>>;
}

/** Energies as multiples of one multiply-accumulate: they give shares and ratios, no Joules. */
export interface RelativeTable extends TableIdentity {
  readonly unit: "MAC";
  readonly macBits: number;
}

export type EnergyTable = AbsoluteTable | RelativeTable;

/**
 * Horowitz, "Computing's energy problem (and what we can do about it)", ISSCC 2014: 45 nm, 0.9 V. The DRAM value per
 * 32-bit word is the restatement of Han et al., "Learning both weights and connections", NeurIPS 2015.
 */
const horowitz45: AbsoluteTable = {
  title: "45 nm, Horowitz 2014",
  unit: "pJ",
  processNm: 45,
  source: "Horowitz, ISSCC 2014; DRAM per 32-bit word: Han et al., NeurIPS 2015",
  limits: [
    "no 16-bit integer multiplication and no bfloat16",
    "arithmetic alone: fetching and decoding of instructions, control and leakage are not in it",
  ],
  operations: {
    float32: { add: 0.9, multiply: 3.7 },
    float16: { add: 0.4, multiply: 1.1 },
    int32: { add: 0.1, multiply: 3.1 },
    int8: { add: 0.03, multiply: 0.2 },
    int8x32: { add: 0.1, multiply: 0.2 },
  },
  memory: {
    sram8KB: { energy: 10, widthBits: 64 },
    sram32KB: { energy: 20, widthBits: 64 },
    sram1MB: { energy: 100, widthBits: 64 },
    dram: {
      energy: 640,
      widthBits: 32,
      range: { low: 1300, high: 2600, widthBits: 64 },
      note: "about the low end of the range, halved to 32 bits",
    },
  },
};

/** Jouppi et al., "Ten Lessons From Three Generations Shaped Google's TPUv4i", ISCA 2021, Table 2, column of 7 nm. */
const jouppi7: AbsoluteTable = {
  title: "7 nm, Jouppi 2021",
  unit: "pJ",
  processNm: 7,
  source: "Jouppi et al., ISCA 2021, Table 2",
  limits: [
    "no registers and no network between processing elements",
    "arithmetic alone: fetching and decoding of instructions, control and leakage are not in it",
    "float32, float16 and int8 arithmetic agree with Wang et al. (BitNet, arXiv 2310.11453, Table 2); int32, bfloat16 and the memories have no second source here",
  ],
  operations: {
    float32: { add: 0.38, multiply: 1.31 },
    float16: { add: 0.16, multiply: 0.34 },
    bfloat16: { add: 0.11, multiply: 0.21 },
    int32: { add: 0.03, multiply: 1.48 },
    int8: { add: 0.007, multiply: 0.07 },
    int8x32: { add: 0.03, multiply: 0.07 },
  },
  memory: {
    sram8KB: { energy: 7.5, widthBits: 64 },
    sram32KB: { energy: 8.5, widthBits: 64 },
    sram1MB: { energy: 14, widthBits: 64 },
    hbm2: {
      energy: 350,
      widthBits: 64,
      range: { low: 250, high: 450, widthBits: 64 },
      note: "middle of the range",
    },
    gddr6: {
      energy: 415,
      widthBits: 64,
      range: { low: 350, high: 480, widthBits: 64 },
      note: "middle of the range",
    },
    dram: { energy: 1300, widthBits: 64, note: "DDR4; no lower than at 45 nm" },
  },
};

/** Chen et al., "Eyeriss: a spatial architecture for energy-efficient dataflow", ISCA 2016, Table IV: 65 nm. */
const eyeriss65: RelativeTable = {
  title: "65 nm, Eyeriss 2016, relative",
  unit: "MAC",
  macBits: 16,
  processNm: 65,
  source: "Chen et al., ISCA 2016, Table IV",
  limits: ["multiples of one 16-bit multiply-accumulate: no Joules follow from it"],
  memory: {
    register: { energy: 1, widthBits: 16 },
    array: { energy: 2, widthBits: 16, note: "from one processing element to another" },
    buffer: { energy: 6, widthBits: 16, note: "global buffer above 100 KB" },
    dram: { energy: 200, widthBits: 16 },
  },
};

const absoluteTables = { horowitz45, jouppi7 } as const;

export type AbsoluteTableName = keyof typeof absoluteTables;
export type EnergyTableName = AbsoluteTableName | "eyeriss65";

/**
 * Tables by name. They come from different models of different circuits (another library's 32-bit multiplier at 40 nm
 * takes four times that of the 45 nm table): one report uses one of them.
 *
 * @example
 * energyTables.horowitz45.memory.dram // { energy: 640, widthBits: 32, ... }
 */
export const energyTables: Readonly<Record<AbsoluteTableName, AbsoluteTable>> & {
  readonly eyeriss65: RelativeTable;
} = { ...absoluteTables, eyeriss65 };

export const energyTableNames = Object.keys(energyTables) as readonly EnergyTableName[];

/** The table of picojoules called `name`; names may come from a command line. */
export function absoluteTable(name: string): AbsoluteTable {
  const table: EnergyTable | undefined = Object.hasOwn(energyTables, name)
    ? energyTables[name as EnergyTableName]
    : undefined;
  if (table?.unit === "pJ") return table;
  throw new UserError("E_CONFIG", `no energy in Joules follows from the table "${name}"`, {
    allowed: Object.keys(absoluteTables).join(", "),
    ...(table ? { next: "it is relative to one multiply-accumulate: use reuseEnergy" } : {}),
  });
}

/**
 * Picojoules of one multiply-accumulate: one multiplication and one addition.
 *
 * @throws UserError E_CONFIG where the table has no such precision.
 * @example
 * macPicojoules("horowitz45", "float32").toFixed(1) // "4.6"
 */
export function macPicojoules(table: AbsoluteTableName, precision: EnergyPrecision): number {
  const { operations, title } = absoluteTable(table);
  const operation = operations[precision];
  if (!operation) {
    throw new UserError("E_CONFIG", `the table "${title}" has no ${precision}`, {
      allowed: Object.keys(operations).join(", "),
    });
  }
  return operation.multiply + operation.add;
}

/**
 * Picojoules to move one element to or from a level of memory. Accesses are taken to be full: an element of 8 bits costs
 * a quarter of a 32-bit access.
 *
 * @throws UserError E_CONFIG where the table has no such level.
 * @example
 * accessPicojoules("horowitz45", "dram", "float32") // 640
 * accessPicojoules("horowitz45", "sram8KB", "float32") // 5
 */
export function accessPicojoules(
  table: AbsoluteTableName,
  level: MemoryLevel,
  precision: EnergyPrecision,
): number {
  const { memory, title } = absoluteTable(table);
  const access = memory[level];
  if (!access) {
    throw new UserError("E_CONFIG", `the table "${title}" has no memory "${level}"`, {
      allowed: Object.keys(memory).join(", "),
    });
  }
  return (access.energy * elementBits[precision]) / access.widthBits;
}
