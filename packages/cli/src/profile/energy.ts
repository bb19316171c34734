/** What `--energy` asks for: published tables at a precision, and the accelerator that skips zeros. */

import { UserError } from "@frugal/core/base";
import {
  type AbsoluteTableName,
  type AsicMode,
  type AsicReport,
  asicEnergy,
  asicRecordOf,
  type EnergyPrecision,
  type EnergyReport,
  energyPrecisions,
  energyTableNames,
  energyTables,
  modelledEnergy,
  type Profile,
} from "@frugal/core/costs";
import { didYouMean } from "../app/nearest.js";

interface TableRequest {
  readonly table: AbsoluteTableName;
  readonly precision: EnergyPrecision;
}

export interface EnergyRequest {
  readonly tables: readonly TableRequest[];
  readonly asic: boolean;
  /** Share of the outputs of activation functions that are not zero, where somebody said so. */
  readonly density?: number;
  /** Given on the command line: what was taken for granted is printed, too. */
  readonly isAsked: boolean;
}

/** Joules on the accelerator, and the same without skipping. */
export interface AsicEnergy {
  readonly mode: AsicMode;
  readonly method: "modelled";
  readonly joules: number;
  readonly withoutSkippingJ: number;
  readonly ratio: number;
  /** Assumed, for activation functions. */
  readonly density: number;
  readonly batch: number;
  /** The ratio under both conventions of activations; reference mode. */
  readonly activations?: { readonly inPlace: number; readonly separate: number };
  readonly assumptions: AsicReport["assumptions"];
}

const tableNames = energyTableNames.filter(
  (name): name is AbsoluteTableName => energyTables[name].unit === "pJ",
);
const ASIC = "asic";

const precisionsOf = (table: AbsoluteTableName): readonly EnergyPrecision[] =>
  energyPrecisions.filter((p) => energyTables[table].operations[p] !== undefined);

function refuse(
  text: string,
  what: string,
  { name, allowed }: { name: string; allowed: readonly string[] },
): never {
  throw new UserError("E_USAGE", `--energy ${text}: ${what}`, {
    allowed: allowed.join(", "),
    next: didYouMean(name, allowed) ?? "such as --energy horowitz45:int8 or --energy asic",
  });
}

function readTable(text: string): readonly TableRequest[] {
  const [name = "", precision = "float32", ...more] = text.split(":");
  const table = tableNames.find((n) => n === name);
  if (!table || more.length > 0) {
    return refuse(text, `there is no table ${JSON.stringify(name)}`, {
      name,
      allowed: [...tableNames, ASIC],
    });
  }
  const known = precisionsOf(table);
  if (precision === "all") return known.map((p) => ({ table, precision: p }));
  const found = known.find((p) => p === precision);
  if (found) return [{ table, precision: found }];
  return refuse(text, `the table has no precision ${JSON.stringify(precision)}`, {
    name: precision,
    allowed: [...known, "all"],
  });
}

function densityOf(text: string): number {
  const value = /^[0-9.]+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0 && value <= 1) return value;
  throw new UserError("E_USAGE", `--density ${text} is no share`, {
    allowed: "0 to 1: the share of the outputs of activation functions that are not zero",
    next: "leave --density out to take everything for dense",
  });
}

/** Reads `--energy` and `--density`; without them every table in float32. */
export function energyRequest({
  energy,
  density,
}: {
  readonly energy?: readonly string[];
  readonly density?: string;
}): EnergyRequest {
  const names = energy?.flatMap((list) => list.split(",")).map((name) => name.trim());
  const asic = names?.includes(ASIC) ?? false;
  if (density !== undefined && !asic) {
    throw new UserError(
      "E_USAGE",
      "--density says how many zeros are skipped, but nothing skips them",
      {
        allowed: "with --energy asic",
        next: "add --energy asic, or leave --density out",
      },
    );
  }
  const tables = names
    ? names.filter((name) => name !== ASIC).flatMap(readTable)
    : tableNames.map((table): TableRequest => ({ table, precision: "float32" }));
  return {
    tables,
    asic,
    ...(density === undefined ? {} : { density: densityOf(density) }),
    isAsked: names !== undefined,
  };
}

/** What the tables say of a model. */
export const tableEnergy = (profile: Profile, { tables }: EnergyRequest): readonly EnergyReport[] =>
  tables.map((options) => modelledEnergy(profile, options));

/** The first axis of the first input that has one; the accelerator's reference mode depends on it. */
function batchOf({ inputs }: Profile): number {
  for (const info of Object.values(inputs)) {
    const first = /\[(\d+)/.exec(info)?.[1];
    if (first !== undefined) return Math.max(1, Number(first));
  }
  return 1;
}

/** The accelerator in both modes; nothing where it was not asked for. */
export function acceleratorEnergy(
  profile: Profile,
  { asic, density = 1 }: EnergyRequest,
): readonly AsicEnergy[] {
  if (!asic) return [];
  const batch = batchOf(profile);
  const record = asicRecordOf(profile, {
    batch,
    densities: ({ kind }) => (kind === "activation" ? { outputs: density } : undefined),
  });
  return (["reference", "corrected"] as const).map((mode) => {
    const { worstPj, optimisedPj, ratio, activations, assumptions } = asicEnergy(record, { mode });
    const zeros =
      density === 1
        ? "everything is dense: no zeros were measured; --density assumes some"
        : `assumed, not measured: ${density} of the outputs of activation functions are not zero; weights are dense`;
    return {
      ...{ mode, method: "modelled", ratio, density, batch },
      joules: optimisedPj * 1e-12,
      withoutSkippingJ: worstPj * 1e-12,
      ...(activations ? { activations } : {}),
      assumptions: [...assumptions, { topic: "zeros", statement: zeros }],
    };
  });
}
