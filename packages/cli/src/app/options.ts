/** Every command and every option, once: parsing, help texts and docs/cli.md are made from this table. */

import { compareCommand, profileCommand } from "./cost-commands.js";
import type { CommandSpec, FlagSpec, OptionSpec, OptionTable } from "./option-spec.js";

export type { CommandSpec, FlagSpec, OptionSpec, OptionTable, TextSpec } from "./option-spec.js";

export const commonOptions = {
  json: { type: "boolean", summary: "print the result as one JSON document on stdout" },
  quiet: { type: "boolean", short: "q", summary: "print errors and the result only" },
  verbose: {
    type: "boolean",
    short: "v",
    summary: "print more, and the stack of unexpected errors",
  },
  help: { type: "boolean", short: "h", summary: "print this help" },
} as const satisfies OptionTable;

const set = {
  type: "string",
  multiple: true,
  value: "KEY=VALUE",
  summary: "override a key of the recipe, such as optimizer.lr=0.05 (may be repeated)",
} as const satisfies OptionSpec;
const runs = {
  type: "string",
  value: "DIR",
  summary: "folder that holds the runs (default: runs)",
} as const satisfies OptionSpec;
const firing = {
  type: "boolean",
  summary:
    "count what is not zero, layer by layer, and simulate a zero-skipping accelerator (default: of density runs)",
} as const satisfies OptionSpec;
const tensorboard = {
  type: "boolean",
  summary: "also write TensorBoard event files into the run folder",
} as const satisfies OptionSpec;

export const commands = {
  train: {
    summary: "train one network by a recipe and evaluate it",
    positionals: ["[recipe]"],
    options: {
      set,
      runs,
      resume: { type: "string", value: "RUN", summary: "continue a stopped or interrupted run" },
      "allow-config-change": {
        type: "boolean",
        summary: "with --resume: accept a recipe that differs from the run's",
      },
      seed: { type: "string", value: "N", summary: "override the seed of the recipe" },
      budget: {
        type: "string",
        multiple: true,
        value: "COST=AMOUNT,...",
        summary:
          "remove channels (or mask weights, where the recipe has masks) until the network costs no more, such as macs=2M or macs=50%,parameters=300k, and certify it",
      },
      baselines: {
        type: "boolean",
        summary:
          "with a budget: also train the whole network, a uniformly narrower one, and prune by size and by chance",
      },
      seeds: {
        type: "string",
        value: "LIST",
        summary: "with --baselines: the seeds of every network, such as 1,2,3",
      },
      tensorboard,
      profile: {
        type: "string",
        value: "TRACE.json",
        optional: /\.json$/,
        summary:
          "time a few steps per op and layer, write a Chrome trace (default: NAME.trace.json), and make no run",
      },
    },
    details:
      "The first Ctrl-C (or SIGTERM) finishes the step, saves a checkpoint and exits with code 75; the second stops at once (130).",
    examples: [
      ["frugal train digits", "the built-in recipe"],
      ["frugal train recipe.yaml --set objective.lambda=0.2", "a recipe of yours, one key changed"],
      ["frugal train --resume runs/20260101-120000-digits-1a2b", "continue where it stopped"],
      ["frugal train digits --profile", "where the time of a training step goes"],
      [
        "frugal train recipe.yaml --budget macs=2M,parameters=300k",
        "a smaller network with a certificate of what it costs; exit code 1 if the budget is not met",
      ],
    ],
  },
  sweep: {
    summary:
      "train several lambdas and seeds with a plain baseline, and tabulate accuracy against compute",
    positionals: ["[recipe]"],
    options: {
      set,
      runs,
      jobs: {
        type: "string",
        value: "N",
        summary: "trials at the same time (default: one per core)",
      },
      out: {
        type: "string",
        value: "DIR",
        summary:
          "folder of the sweep; finished trials in it are kept (default: runs/sweep-NAME-HASH)",
      },
      report: { type: "boolean", summary: "write the report when the sweep is done" },
      firing,
      tensorboard,
    },
    details:
      "Running the same sweep again trains only what is missing: a trial that finished under the same settings is skipped.",
    examples: [
      ["frugal sweep digits --report", "the built-in sweep, with its report"],
      [
        "frugal sweep recipe.yaml --set 'sweep.lambda=[0, 0.1, 0.4]' --jobs 4",
        "other lambdas, four at a time",
      ],
    ],
  },
  evaluate: {
    summary: "evaluate a run: thresholds from validation, accuracy and cost on the chosen split",
    positionals: ["run"],
    options: {
      split: { type: "string", value: "NAME", summary: "validation or test (default: test)" },
      budget: {
        type: "string",
        multiple: true,
        value: "B",
        summary:
          'a budget: a fraction of the full MACs or an amount such as "2M" (may be repeated)',
      },
      checkpoint: { type: "string", value: "NAME", summary: "last or best (default: last)" },
      firing,
      runs,
      set,
    },
    examples: [
      [
        "frugal evaluate runs/20260101-120000-digits-1a2b --split validation",
        "look without touching the test data",
      ],
      ["frugal evaluate RUN --budget 0.5 --budget 40k", "two other budgets"],
    ],
  },
  report: {
    summary: "write one self-contained HTML file, a CSV and a Markdown table for a run or a sweep",
    positionals: ["run-or-sweep"],
    options: {
      out: { type: "string", value: "DIR", summary: "where to write (default: the folder itself)" },
      runs,
    },
    examples: [
      ["frugal report runs/sweep-digits-1a2b3c4d", "report.html, report.csv and report.md"],
    ],
  },
  data: {
    summary: "list data sets, or put one into the data store",
    positionals: ["list|add", "[name]"],
    options: {
      from: {
        type: "string",
        value: "DIR_OR_URL",
        summary: "with add: the folder or address of the files",
      },
      variant: {
        type: "string",
        value: "NAME",
        summary: "with add: only this variant, such as full (default: every one that is there)",
      },
      "accept-checksum": {
        type: "boolean",
        summary: "with add: take readable files whose checksum is not the known one",
      },
    },
    examples: [
      ["frugal data list", "names, sizes, and whether they are here"],
      ["frugal data add fashion-mnist --from ~/Downloads/fashion", "check and keep the four files"],
    ],
  },
  profile: profileCommand,
  compare: compareCommand,
  runs: {
    summary: "list the runs in a folder with their status",
    positionals: [],
    options: { runs },
    examples: [["frugal runs", "newest last"]],
  },
  bench: {
    summary: "run the benchmarks of a source checkout; everything after the name is passed on",
    positionals: ["[benchmark]"],
    options: {
      peer: { type: "string", value: "LIST", summary: "contestants, such as pytorch,jax-js" },
    },
    examples: [["frugal bench train-step --peer pytorch --json", "one JSON line per case"]],
  },
  schema: {
    summary:
      "print the JSON Schema of recipes, for editors, of what profile --json prints, or of certificates",
    positionals: ["[recipe|profile|certificate]"],
    options: {},
    examples: [
      ["frugal schema > recipe.schema.json", "then name it in your editor's settings"],
      ["frugal schema profile", "the document of frugal profile --json"],
    ],
  },
  doctor: {
    summary: "check this machine: versions, engine, threads, disk, data",
    positionals: [],
    options: {
      runs,
      calibrate: {
        type: "boolean",
        summary: "measure peak and bandwidth of this machine, for latency estimates",
      },
      name: {
        type: "string",
        value: "NAME",
        summary: "with --calibrate: the name under which the device is kept",
      },
    },
    examples: [
      ["frugal doctor", "one line a check; exit code 1 if something is wrong"],
      ["frugal doctor --calibrate", "measures this machine once, for frugal profile"],
    ],
  },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof commands;
export const commandNames = Object.keys(commands) as readonly CommandName[];

type ValueOf<S extends OptionSpec> = S extends { multiple: true }
  ? readonly string[]
  : S extends FlagSpec
    ? boolean
    : string;
export type Values<T extends OptionTable> = { readonly [K in keyof T]?: ValueOf<T[K]> };
/** The options of a command as its handler gets them. */
export type CommandValues<C extends CommandName> = Values<(typeof commands)[C]["options"]> &
  Values<typeof commonOptions>;
