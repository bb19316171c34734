/** From a command line to a command with typed options; every mistake is a usage error that names a way out. */

import { parseArgs } from "node:util";
import { UserError } from "@frugal/core/base";
import { didYouMean } from "./nearest.js";
import {
  type CommandName,
  type CommandSpec,
  type CommandValues,
  commandNames,
  commands,
  commonOptions,
  type OptionTable,
} from "./options.js";

export interface Invocation<C extends CommandName = CommandName> {
  readonly command: C;
  readonly words: readonly string[];
  readonly values: CommandValues<C>;
  /** The words after the command as they were given, for commands that pass them on. */
  readonly rest: readonly string[];
}

/** `undefined` for a call for general help. */
export function parseCommandLine(argv: readonly string[]): Invocation | undefined {
  const [name, ...rest] = argv;
  if (name === undefined || ["help", "--help", "-h"].includes(name)) return undefined;
  if (!(name in commands)) {
    throw new UserError("E_USAGE", `there is no command ${JSON.stringify(name)}`, {
      allowed: commandNames.join(", "),
      next: didYouMean(name, commandNames) ?? "frugal --help shows what there is",
    });
  }
  const command = name as CommandName;
  const spec: CommandSpec = commands[command];
  const known: OptionTable = { ...commonOptions, ...spec.options };
  checkNames(command, rest, known);
  // The benchmarks have options of their own, which only they know.
  const { values, positionals } = parseStrictly(command, rest, known);
  const required = spec.positionals.filter((p) => !p.startsWith("[")).length;
  const most = spec.positionals.at(-1)?.endsWith("...")
    ? Number.POSITIVE_INFINITY
    : spec.positionals.length;
  const tooMany = positionals.length > most && command !== "bench";
  if (values.help !== true && (positionals.length < required || tooMany)) {
    throw new UserError(
      "E_USAGE",
      tooMany
        ? `frugal ${command} does not know what to do with ${JSON.stringify(positionals.at(-1))}`
        : `frugal ${command} needs ${spec.positionals[positionals.length]}`,
      { allowed: usageLine(command), next: `frugal ${command} --help shows examples` },
    );
  }
  return { command, words: positionals, values: values as CommandValues<CommandName>, rest };
}

/** `frugal train [recipe] [options]` */
export function usageLine(command: CommandName): string {
  return ["frugal", command, ...commands[command].positionals, "[options]"].join(" ");
}

function checkNames(command: CommandName, rest: readonly string[], known: OptionTable): void {
  if (command === "bench") return;
  for (const word of rest) {
    if (word === "--") return;
    const name = /^--([^=]+)/.exec(word)?.[1];
    if (name === undefined || name in known) continue;
    throw new UserError("E_USAGE", `frugal ${command} has no option --${name}`, {
      allowed: Object.keys(known)
        .map((k) => `--${k}`)
        .join(", "),
      next: didYouMean(name, Object.keys(known)) ?? `frugal ${command} --help shows examples`,
    });
  }
}

/** Spells out the values that were left out: the parser of Node knows no optional ones. */
function withOptionalValues(rest: readonly string[], known: OptionTable): string[] {
  const args: string[] = [];
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i]!;
    const spec = known[word.slice(2)];
    if (!word.startsWith("--") || spec?.type !== "string" || !spec.optional) {
      args.push(word);
      continue;
    }
    const following = rest[i + 1];
    const isValue = following !== undefined && spec.optional.test(following);
    args.push(`${word}=${isValue ? following : ""}`);
    if (isValue) i++;
  }
  return args;
}

function parseStrictly(command: CommandName, rest: readonly string[], known: OptionTable) {
  const options = Object.fromEntries(
    Object.entries(known).map(([name, { type, short, multiple }]) => [
      name,
      { type, ...(short ? { short } : {}), ...(multiple ? { multiple } : {}) },
    ]),
  );
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({
      args: withOptionalValues(rest, known),
      options,
      allowPositionals: true,
      strict: command !== "bench",
      tokens: true,
    });
  } catch (cause) {
    const what = (cause as Error).message.split(/\. |\n/)[0]!;
    throw new UserError("E_USAGE", what, {
      allowed: usageLine(command),
      next: `frugal ${command} --help shows examples`,
      cause,
    });
  }
  if (command !== "bench") refuseTwice(command, parsed.tokens ?? [], known);
  return parsed;
}

/** Of two values for one thing the first would be without effect. */
function refuseTwice(
  command: CommandName,
  tokens: NonNullable<ReturnType<typeof parseArgs>["tokens"]>,
  known: OptionTable,
): void {
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const { name } = token;
    const spec = known[name];
    if (spec?.type === "string" && spec.multiple !== true && seen.has(name)) {
      throw new UserError("E_USAGE", `--${name} is given twice`, {
        allowed: `one --${name}`,
        next: `leave one of them out; frugal ${command} --help shows which may be repeated`,
      });
    }
    seen.add(name);
  }
}
