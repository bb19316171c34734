/** Why a model could not be profiled, with the exact words to type next. */

import { UserError } from "@frugal/core/base";
import { type ProfileOptions, profile } from "@frugal/core/costs";
import type { OnnxFile, OnnxFileValue } from "@frugal/core/formats";
import { quoted } from "../app/shell.js";

const reasons: Readonly<Record<string, readonly [what: string, next: string]>> = {
  ENOENT: ["it does not exist", "check the path"],
  EISDIR: ["it is a folder", "name the .onnx file in it"],
  EACCES: ["permission is denied", "change its permissions"],
  ERR_FS_FILE_TOO_LARGE: [
    "it is larger than 2 GiB, which no ONNX file is that can be read",
    "export it with external data: the graph alone is counted",
  ],
};

/** A failure to read a model file, for its reader. */
export function modelFileError(cause: unknown, path: string): UserError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const [what, next] = reasons[code ?? ""] ?? [message, "check the path"];
  return new UserError("E_ONNX", `cannot read the model: ${what}`, {
    where: path,
    allowed: "an ONNX file",
    next,
    cause,
  });
}

interface Attempt {
  readonly path: string;
  readonly file: OnnxFile;
  readonly options: ProfileOptions;
  /** The command line so far. */
  readonly line: string;
}

/** The library speaks of its options; who types commands wants to know which one to type. */
export function withCommand(error: unknown, attempt: Attempt): unknown {
  if (!(error instanceof UserError)) return error;
  const { where, allowed } = error;
  const next = openDimensions(error, attempt) ?? unpricedOperators(error, attempt) ?? error.next;
  return new UserError(error.code, error.what, {
    where:
      !where || where.startsWith(attempt.path)
        ? (where ?? attempt.path)
        : `${attempt.path}: ${where}`,
    ...(allowed === undefined ? {} : { allowed }),
    ...(next === undefined ? {} : { next }),
    cause: error,
  });
}

/** A length that may well be meant: one sample; the side of a picture; words of a text. */
const guess = (index: number, rank: number): number => (index === 0 ? 1 : rank === 4 ? 224 : 128);

function optionFor({ name, type }: OnnxFileValue): readonly string[] {
  if (type.kind !== "tensor") return [];
  const { dims } = type;
  if (!dims) return [`--input ${quoted(`${name}=1x3x224x224`)}`];
  const isOpen = (d: number | string) => typeof d === "string" || d < 0;
  if (!dims.some(isOpen)) return [];
  const named = dims.every(
    (d) => !isOpen(d) || (typeof d === "string" && /^[A-Za-z_]\w*$/.test(d)),
  );
  if (named) {
    return dims.flatMap((d, i) =>
      typeof d === "string" ? [`--dim ${d}=${guess(i, dims.length)}`] : [],
    );
  }
  const shape = dims.map((d, i) => (isOpen(d) ? guess(i, dims.length) : d));
  return [`--input ${quoted(`${name}=${shape.length === 0 ? "scalar" : shape.join("x")}`)}`];
}

function openDimensions(error: UserError, { file, options, line }: Attempt): string | undefined {
  if (!error.what.startsWith("open dimensions")) return undefined;
  const stored = new Set(file.graph.initializers.map((t) => t.name));
  const open = file.graph.inputs.filter(
    (v) => !stored.has(v.name) && options.inputs?.[v.name] === undefined,
  );
  const given = options.dimensions ?? {};
  const missing = [...new Set(open.flatMap(optionFor))].filter(
    (option) => !Object.keys(given).some((name) => option.startsWith(`--dim ${name}=`)),
  );
  return missing.length === 0
    ? undefined
    : `say how long they are, such as ${line} ${missing.join(" ")}`;
}

function unpricedOperators(error: UserError, { file, options, line }: Attempt): string | undefined {
  if (!error.what.startsWith("operators that cannot be counted")) return undefined;
  const { coverage } = profile(file, { ...options, unpriced: "report" });
  const unknown = coverage.ops.filter((o) => o.status === "unknown");
  const loops = unknown.flatMap((o) =>
    o.reasons.flatMap((reason) => /give it as trips "(.+)"$/.exec(reason)?.[1] ?? []),
  );
  const waivers = unknown.map((o) => `--waive ${quoted(o.op)}`);
  const waive = `${line} ${waivers.length > 3 ? "--waive all" : waivers.join(" ")} lists them as gaps`;
  if (loops.length === 0) return waive;
  const trips = loops.map((name) => `--trips ${quoted(`${name}=10`)}`);
  return `${line} ${trips.join(" ")} counts ten trips; ${waive}`;
}
