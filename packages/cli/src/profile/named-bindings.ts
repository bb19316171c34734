/** Which bindings of a command line concern which model; one that concerns none is a mistake, not a no-op. */

import { UserError } from "@frugal/core/base";
import type { Profile, ProfileOptions } from "@frugal/core/costs";
import type { OnnxFile, OnnxFileType } from "@frugal/core/formats";
import { didYouMean } from "../app/nearest.js";

const dimensionsOf = (type: OnnxFileType): readonly string[] =>
  type.kind === "tensor"
    ? (type.dims ?? []).filter((d): d is string => typeof d === "string" && d !== "?")
    : [];

/** Names that a file has for its inputs and for lengths. */
function namesIn({ graph }: OnnxFile) {
  const all = [...graph.inputs, ...graph.outputs, ...graph.values.values()];
  return {
    inputs: new Set(graph.inputs.map((v) => v.name)),
    dimensions: new Set(all.flatMap((v) => dimensionsOf(v.type))),
  };
}

/** Names of lengths in a file. */
export const dimensionNames = (file: OnnxFile): ReadonlySet<string> => namesIn(file).dimensions;

const only = <T>(record: Readonly<Record<string, T>> = {}, names: ReadonlySet<string>) =>
  Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));

/** The options without the names that the file does not have. */
export function bindingsFor(file: OnnxFile, options: ProfileOptions): ProfileOptions {
  const { inputs, dimensions } = namesIn(file);
  return {
    ...options,
    inputs: only(options.inputs, inputs),
    values: only(options.values, inputs),
    dimensions: only(options.dimensions, dimensions),
  };
}

/** Refuses a name that none of the files has. */
export function requireUsed(options: ProfileOptions, files: readonly OnnxFile[]): void {
  const names = files.map(namesIn);
  const check = (what: string, key: "inputs" | "dimensions", given: object = {}): void => {
    const known = [...new Set(names.flatMap((n) => [...n[key]]))];
    const unknown = Object.keys(given).find((name) => !known.includes(name));
    if (unknown === undefined) return;
    const next = didYouMean(unknown, known);
    throw new UserError(
      "E_USAGE",
      `the ${files.length > 1 ? "models have" : "model has"} no ${what} ${JSON.stringify(unknown)}`,
      { allowed: known.join(", ") || "none: every length is fixed", ...(next ? { next } : {}) },
    );
  };
  check("input", "inputs", options.inputs);
  check("input", "inputs", options.values);
  check("dimension", "dimensions", options.dimensions);
}

/** Under the name "*": every loop that has no name of its own in the list. */
export const EVERY_LOOP = "*";

type Trips = Readonly<Record<string, number>>;

/** Names that loops were asked by: a loop has one of its own, or that of its first output. */
const asked = new WeakMap<Trips, Set<string>>();

/**
 * A record that answers for names it does not hold, too, and remembers who asked: the names of loops are not known before
 * the file is read.
 */
export function loopTrips({ [EVERY_LOOP]: every, ...named }: Trips): Trips {
  const names = new Set<string>();
  const trips: Trips = new Proxy(named, {
    get(own, name) {
      if (typeof name === "string") names.add(name);
      return own[name as string] ?? every;
    },
    has: (own, name) => name in own || (name === EVERY_LOOP && every !== undefined),
  });
  asked.set(trips, names);
  return trips;
}

/** Refuses trips that no loop asked for. */
export function requireLoops(trips: Trips, models: number): void {
  const loops = [...(asked.get(trips) ?? [])].filter((name) => name !== "");
  const named = Object.keys(trips);
  const unknown = named.find((name) => !loops.includes(name));
  if (unknown === undefined && (loops.length > 0 || !(EVERY_LOOP in trips))) return;
  const which = unknown === undefined ? "" : ` ${JSON.stringify(unknown)}`;
  const next = unknown === undefined ? "leave --trips out" : didYouMean(unknown, loops);
  throw new UserError(
    "E_USAGE",
    `the ${models > 1 ? "models have" : "model has"} no loop${which}`,
    { where: "--trips", allowed: loops.join(", ") || "none: no loop", ...(next ? { next } : {}) },
  );
}

/** Refuses a waiver for an operator that none of the models has. */
export function requireWaived(waive: readonly string[], profiles: readonly Profile[]): void {
  const present = [...new Set(profiles.flatMap((p) => p.coverage.ops.map((o) => o.op)))];
  const absent = waive.find((op) => op !== "all" && !present.includes(op));
  if (absent === undefined) return;
  throw new UserError(
    "E_USAGE",
    `the ${profiles.length > 1 ? "models have" : "model has"} no operator ${JSON.stringify(absent)}`,
    {
      where: "--waive",
      allowed: present.join(", "),
      next: didYouMean(absent, present) ?? "leave it out",
    },
  );
}
