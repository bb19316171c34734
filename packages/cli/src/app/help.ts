/** Help texts and docs/cli.md, both from the option table. */

import {
  type CommandName,
  type CommandSpec,
  commandNames,
  commands,
  commonOptions,
  type OptionSpec,
  type OptionTable,
} from "./options.js";
import { usageLine } from "./parse.js";

function label(name: string, spec: OptionSpec): string {
  const short = "short" in spec && spec.short ? `-${spec.short}, ` : "";
  if (spec.type === "boolean") return `${short}--${name}`;
  return `${short}--${name} ${spec.optional ? `[${spec.value}]` : spec.value}`;
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

const optionRows = (table: OptionTable): [string, string][] =>
  Object.entries(table).map(([name, spec]) => [label(name, spec), spec.summary]);

/** What `frugal --help` prints. */
export function generalHelp(): string {
  return [
    "Frugal trains neural networks to a compute budget and shows what the budget bought.",
    "",
    "Usage: frugal COMMAND [options]",
    "",
    ...columns(commandNames.map((name) => [name, commands[name].summary] as const)),
    "",
    "Every command takes:",
    ...columns(optionRows(commonOptions)),
    "",
    "Begin with: frugal sweep digits --report",
  ].join("\n");
}

/** What `frugal COMMAND --help` prints. */
export function commandHelp(name: CommandName): string {
  const spec: CommandSpec = commands[name];
  return [
    `frugal ${name}: ${spec.summary}`,
    "",
    `Usage: ${usageLine(name)}`,
    ...(spec.details ? ["", spec.details] : []),
    "",
    "Options:",
    ...columns([...optionRows(spec.options), ...optionRows(commonOptions)]),
    "",
    "Examples:",
    ...spec.examples.flatMap(([line, effect]) => [`  # ${effect}`, `  ${line}`]),
  ].join("\n");
}

/** The page docs/cli.md; a test compares it with the file. */
export function commandPage(): string {
  const section = (name: CommandName): string[] => {
    const spec: CommandSpec = commands[name];
    return [
      `## frugal ${name}`,
      "",
      `${spec.summary[0]!.toUpperCase()}${spec.summary.slice(1)}.`,
      "",
      `    ${usageLine(name)}`,
      ...(spec.details ? ["", spec.details] : []),
      ...(Object.keys(spec.options).length > 0 ? ["", ...markdownOptions(spec.options)] : []),
      "",
      ...spec.examples.map(([line, effect]) => `- \`${line}\`: ${effect}`),
      "",
    ];
  };
  return [
    "# The command line",
    "",
    "Generated from `packages/cli/src/app/options.ts` by `node packages/cli/dist/app/write-docs.js`; do not edit.",
    "",
    "Results go to stdout, everything else to stderr. Exit codes: 0 done; 1 unexpected failure; 2 bad usage, recipe or",
    "data (do not retry); 75 stopped after saving a checkpoint (resume it); 130 interrupted at once.",
    "",
    "Every command takes:",
    "",
    ...markdownOptions(commonOptions),
    "",
    ...commandNames.flatMap(section),
  ].join("\n");
}

const markdownOptions = (table: OptionTable): string[] => [
  "| option | meaning |",
  "| --- | --- |",
  ...optionRows(table).map(([left, right]) => `| \`${left}\` | ${right} |`),
];
