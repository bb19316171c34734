/** Modelled energy: arithmetic and memory traffic of a ledger, priced with one published table. */

import { type Joules, joules, UserError } from "../../base/index.js";
import type { LedgerEntry } from "../entry.js";
import type { Ledger } from "../ledger.js";
import type { Profile } from "../onnx/index.js";
import { isLooseBias, operandElements } from "./operands.js";
import {
  type AbsoluteTableName,
  absoluteTable,
  accessPicojoules,
  type EnergyPrecision,
  elementBits,
  JOULES_PER_PICOJOULE,
  type MemoryLevel,
  macPicojoules,
} from "./tables.js";

/** Accesses to a level of memory, in elements. */
export interface LevelTraffic {
  /** Times that each operand of each product goes to or from it. Default 0. */
  readonly perOperand?: number;
  /** Accesses for each multiply-accumulate: 4 where nothing is kept (two factors and the sum, read and written). Default 0. */
  readonly perMac?: number;
}

export type MemoryHierarchy = Readonly<Partial<Record<MemoryLevel, LevelTraffic>>>;

export interface EnergyOptions {
  /** Default horowitz45. */
  readonly table?: AbsoluteTableName;
  /** Of the arithmetic and of what is stored. Default float32. */
  readonly precision?: EnergyPrecision;
  /** Default: every operand of every product goes through DRAM once, as if the chip reused perfectly. */
  readonly memory?: MemoryHierarchy;
}

export interface LevelEnergy {
  readonly level: MemoryLevel;
  /** In elements. */
  readonly accesses: number;
  /** Picojoules of one element. */
  readonly picojoulesPerElement: number;
  readonly joules: Joules;
}

export interface EnergyReport {
  readonly table: AbsoluteTableName;
  readonly precision: EnergyPrecision;
  /** Never a measurement. */
  readonly method: "modelled";
  readonly computeJ: Joules;
  readonly memory: readonly LevelEnergy[];
  readonly memoryJ: Joules;
  readonly totalJ: Joules;
  /** Share of DRAM in the total, in [0, 1]. */
  readonly dramShare: number;
  /** Operands of products, each once. */
  readonly elementAccesses: number;
  readonly assumptions: readonly string[];
}

export const perfectReuse: MemoryHierarchy = { dram: { perOperand: 1 } };

/** Products and accesses of one entry. Work that multiplies nothing is taken to be fused with the products around it. */
export function accessesOf(entry: LedgerEntry): {
  readonly macs: number;
  readonly weights: number;
} & {
  readonly inputs: number;
  readonly outputs: number;
} {
  const { inputs, weights, outputs } = operandElements(entry);
  if (entry.macs > 0) return { macs: entry.macs, inputs, weights, outputs };
  return { macs: 0, inputs: 0, weights: isLooseBias(entry) ? weights : 0, outputs: 0 };
}

/** Picojoules per product and per operand element. */
export interface EnergyPrices {
  readonly perMac: number;
  readonly perOperand: number;
}

export function energyPrices(options: EnergyOptions = {}): EnergyPrices {
  const { table = "horowitz45", precision = "float32", memory = perfectReuse } = options;
  let perMac = macPicojoules(table, precision);
  let perOperand = 0;
  for (const [level, traffic] of levelsOf(memory)) {
    const each = accessPicojoules(table, level, precision);
    perMac += (traffic.perMac ?? 0) * each;
    perOperand += (traffic.perOperand ?? 0) * each;
  }
  return { perMac, perOperand };
}

function levelsOf(memory: MemoryHierarchy): [MemoryLevel, LevelTraffic][] {
  const levels = Object.entries(memory) as [MemoryLevel, LevelTraffic][];
  for (const [level, { perOperand = 0, perMac = 0 }] of levels) {
    if (perOperand >= 0 && perMac >= 0 && Number.isFinite(perOperand + perMac)) continue;
    throw new UserError("E_CONFIG", `accesses to ${level} are ${perOperand} and ${perMac}`, {
      allowed: "numbers of at least 0",
    });
  }
  return levels;
}

const times = (n: number) => (n === 1 ? "once" : `${n} times`);

function assumptionsOf(options: Required<EnergyOptions>, unpriced: number): readonly string[] {
  const { table, precision, memory } = options;
  const { title, source, limits, processNm } = absoluteTable(table);
  const traffic = levelsOf(memory).flatMap(([level, { perOperand = 0, perMac = 0 }]) => [
    ...(perOperand > 0
      ? [`each operand of each product passes ${level} ${times(perOperand)}`]
      : []),
    ...(perMac > 0 ? [`${perMac} accesses to ${level} for each multiply-accumulate`] : []),
  ]);
  return [
    `modelled, not measured: table ${title} (${source}), ${processNm} nm`,
    `${precision}: ${elementBits[precision]} bits per element, inputs, weights and outputs alike`,
    ...traffic,
    "accesses use the full width of the memory",
    "work between products (normalisation, activation, pooling, addition) is fused with them and moves nothing",
    ...(unpriced > 0
      ? [`${unpriced} operations that are no multiply-accumulates are not priced`]
      : []),
    "every multiply-accumulate is done: nothing is skipped, padding included",
    ...limits,
  ];
}

/**
 * Energy that one run would take by the numbers of a table: multiply-accumulates times their energy, plus memory accesses
 * times theirs. A model, never a measurement: the assumptions are part of the result.
 *
 * @param source a profile, or a ledger.
 * @throws UserError E_CONFIG for a precision or a memory that the table does not have, or a table without Joules.
 * @example
 * const x = input("x", [1, 784]);
 * const ledger = ledgerOf(buildGraph({ y: matmul(x, input("w", [784, 10])) }));
 * // 7840 products of 4.6 pJ; 784 + 7840 + 10 elements of 640 pJ.
 * modelledEnergy(ledger).totalJ.toExponential(4) // "5.5618e-6"
 */
export function modelledEnergy(
  source: Ledger | Profile,
  options: EnergyOptions = {},
): EnergyReport {
  const { table = "horowitz45", precision = "float32", memory = perfectReuse } = options;
  const { entries } = "ledger" in source ? source.ledger : source;
  let [macs, elements, unpriced] = [0, 0, 0];
  for (const entry of entries) {
    const work = accessesOf(entry);
    macs += work.macs;
    elements += work.inputs + work.weights + work.outputs;
    unpriced += entry.otherOps;
  }
  const computeJ = joules(macs * macPicojoules(table, precision) * JOULES_PER_PICOJOULE);
  const levels = levelsOf(memory).map(([level, { perOperand = 0, perMac = 0 }]): LevelEnergy => {
    const accesses = perOperand * elements + perMac * macs;
    const each = accessPicojoules(table, level, precision);
    return {
      level,
      accesses,
      picojoulesPerElement: each,
      joules: joules(accesses * each * JOULES_PER_PICOJOULE),
    };
  });
  const memoryJ = joules(levels.reduce((sum, l) => sum + l.joules, 0));
  const totalJ = joules(computeJ + memoryJ);
  const dramJ = levels.find((l) => l.level === "dram")?.joules ?? 0;
  return {
    table,
    precision,
    method: "modelled",
    computeJ,
    memory: levels,
    memoryJ,
    totalJ,
    dramShare: totalJ === 0 ? 0 : dramJ / totalJ,
    elementAccesses: elements,
    assumptions: assumptionsOf({ table, precision, memory }, unpriced),
  };
}
