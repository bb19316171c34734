/** A model file as a profile: reads it, binds what is open, and says which option to type where something is missing. */

import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { UserError } from "@frugal/core/base";
import { type Profile, type ProfileOptions, profile, type Schedule } from "@frugal/core/costs";
import { decodeOnnx, type OnnxFile } from "@frugal/core/formats";
import { commandLine } from "../app/shell.js";
import { type ModelWord, modelWord, sizesOf } from "./model-word.js";
import {
  bindingsFor,
  EVERY_LOOP,
  loopTrips,
  requireLoops,
  requireUsed,
  requireWaived,
} from "./named-bindings.js";
import { modelFileError, withCommand } from "./refusals.js";
import { scheduleNames } from "./schedules.js";

/** The options that `profile` and `compare` share, as they are typed. */
export interface BindingValues {
  readonly input?: readonly string[];
  readonly dim?: readonly string[];
  readonly value?: readonly string[];
  readonly trips?: readonly string[];
  readonly waive?: readonly string[];
  readonly schedule?: string;
}

function mistake(option: string, text: string, allowed: string): UserError {
  return new UserError("E_USAGE", `--${option} ${text} cannot be read`, {
    allowed,
    next: "frugal profile --help shows examples",
  });
}

/** Splits at the last "=": names of inputs may hold colons and slashes, values none. */
function pair(option: string, text: string, allowed: string): readonly [string, string] {
  const at = text.lastIndexOf("=");
  if (at <= 0 || at === text.length - 1) throw mistake(option, text, allowed);
  return [text.slice(0, at), text.slice(at + 1)];
}

function whole(option: string, text: string, number: string, allowed: string): number {
  const value = /^[0-9]+$/.test(number) ? Number(number) : Number.NaN;
  if (!Number.isSafeInteger(value)) throw mistake(option, text, allowed);
  return value;
}

/** The same name twice is a contradiction, or a mistake that hides one. */
function record<T>(
  option: string,
  texts: readonly string[] = [],
  read: (text: string) => readonly [string, T],
): Record<string, T> {
  const found = new Map<string, T>();
  for (const text of texts) {
    const [name, value] = read(text);
    if (found.has(name)) {
      throw new UserError("E_USAGE", `--${option} names ${JSON.stringify(name)} twice`, {
        allowed: `one --${option} for each name`,
        next: "leave one of them out",
      });
    }
    found.set(name, value);
  }
  return Object.fromEntries(found);
}

function readShape(text: string): readonly [string, readonly number[]] {
  const allowed = "NAME=SHAPE, such as --input x=1x3x224x224";
  const [name, shape] = pair("input", text, allowed);
  // A scalar has no lengths.
  if (shape === "scalar") return [name, []];
  return [name, shape.split(/[x,]/).map((d) => whole("input", text, d, allowed))];
}

function readDim(text: string): readonly [string, number] {
  const allowed = "NAME=N, such as --dim batch=1";
  const [name, length] = pair("dim", text, allowed);
  return [name, whole("dim", text, length, allowed)];
}

function readValue(text: string): readonly [string, readonly number[]] {
  const allowed = "NAME=LIST, such as --value sizes=1,3,480,640";
  const [name, list] = pair("value", text, allowed);
  const values = list.split(",").map((v) => (v.trim() === "" ? Number.NaN : Number(v)));
  if (!values.every(Number.isFinite)) throw mistake("value", text, allowed);
  return [name, values];
}

function readTrips(text: string): readonly [string, number] {
  const allowed = "N or NAME=N, such as --trips 20 or --trips decoder=20";
  if (!text.includes("=")) return [EVERY_LOOP, whole("trips", text, text, allowed)];
  const [name, trips] = pair("trips", text, allowed);
  return [name, whole("trips", text, trips, allowed)];
}

function scheduleOf(name: string): Schedule {
  const found = scheduleNames.find((n) => n === name);
  if (found) return found;
  throw new UserError("E_USAGE", `there is no schedule ${JSON.stringify(name)}`, {
    allowed: scheduleNames.join(", "),
    next: "leave --schedule out for file-order",
  });
}

/**
 * The options of `profile()` that a command line stands for.
 *
 * @throws UserError E_USAGE where a value cannot be read.
 */
export function profileOptions(values: BindingValues): ProfileOptions {
  const { input, dim, value, trips, waive = [], schedule } = values;
  return {
    inputs: record("input", input, readShape),
    dimensions: record("dim", dim, readDim),
    values: record("value", value, readValue),
    trips: loopTrips(record("trips", trips, readTrips)),
    unpriced: waive.includes("all") ? "report" : waive.length > 0 ? waive : "refuse",
    ...(schedule === undefined ? {} : { schedule: scheduleOf(schedule) }),
  };
}

/** What no ONNX file exceeds: its format counts bytes with 31 bits. */
const MOST_BYTES = 2 ** 31 - 1;

/** A pipe has an end; a device may have none. */
function readPipe(path: string): Uint8Array {
  const file = openSync(path, "r");
  try {
    const chunks: Uint8Array[] = [];
    let total = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(1 << 20);
      const read = readSync(file, chunk);
      if (read === 0) return Buffer.concat(chunks);
      total += read;
      if (total > MOST_BYTES) {
        throw Object.assign(new Error("too large"), { code: "ERR_FS_FILE_TOO_LARGE" });
      }
      chunks.push(chunk.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
}

function readModel(path: string): Uint8Array {
  try {
    const status = statSync(path);
    if (status.isCharacterDevice() || status.isBlockDevice()) throw new Error("it is a device");
    return status.isFIFO() || status.isSocket() ? readPipe(path) : readFileSync(path);
  } catch (cause) {
    throw modelFileError(cause, path);
  }
}

export interface LoadedModel {
  /** The file itself; the profile has its sizes in its path, if they were given there. */
  readonly path: string;
  readonly file: OnnxFile;
  readonly profile: Profile;
  /** The bindings that concern this model. */
  readonly options: ProfileOptions;
}

export interface LoadOptions {
  /** Which command errors propose. */
  readonly command?: "profile" | "compare";
}

const fileOf = (path: string): OnnxFile => decodeOnnx(readModel(path), { where: path });

/** Sizes of the model's own come before those that all share. */
function optionsFor(word: ModelWord, file: OnnxFile, shared: ProfileOptions): ProfileOptions {
  const own = sizesOf(word, file);
  requireUsed(own, [file]);
  const options = bindingsFor(file, shared);
  return {
    ...options,
    inputs: { ...options.inputs, ...own.inputs },
    dimensions: { ...options.dimensions, ...own.dimensions },
  };
}

function count(
  { text, path }: ModelWord,
  file: OnnxFile,
  { options, command = "profile" }: LoadOptions & { readonly options: ProfileOptions },
): LoadedModel {
  try {
    return { path, file, profile: profile(file, { ...options, path: text }), options };
  } catch (error) {
    throw withCommand(error, {
      path: text,
      file,
      options,
      line: commandLine(command, text),
    });
  }
}

/**
 * The profile of a model file, its open dimensions bound as the command line says.
 *
 * @throws UserError where the file cannot be read, is no ONNX file, or leaves something open; `next` is what to type.
 */
export function loadProfile(
  path: string,
  values: BindingValues = {},
  { command }: LoadOptions = {},
): Profile {
  return loadModels([path], values, command === undefined ? {} : { command })[0]!.profile;
}

/**
 * Several models under one command line: each takes the bindings that name something of its own.
 *
 * @throws UserError as `loadProfile`, and where a binding, a loop or a waived operator is in none of the models.
 */
export function loadModels(
  paths: readonly string[],
  values: BindingValues,
  { command = "profile" }: LoadOptions = {},
): readonly LoadedModel[] {
  const options = profileOptions(values);
  const words = paths.map(modelWord);
  const files = words.map(({ path }) => fileOf(path));
  requireUsed(options, files);
  const models = words.map((word, i) =>
    count(word, files[i]!, { options: optionsFor(word, files[i]!, options), command }),
  );
  requireLoops(options.trips ?? {}, models.length);
  const { waive = [] } = values;
  requireWaived(
    waive,
    models.map((m) => m.profile),
  );
  return models;
}
