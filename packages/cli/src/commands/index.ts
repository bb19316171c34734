/** The commands, loaded only when they are called: `frugal --help` should not wait for an engine. */

import type { ExitCode } from "../app/exit.js";
import type { CommandName } from "../app/options.js";
import type { Invocation } from "../app/parse.js";
import type { Terminal } from "../app/terminal.js";

export type Handler<C extends CommandName> = (
  invocation: Invocation<C>,
  terminal: Terminal,
) => Promise<ExitCode>;

export const handlers: { readonly [C in CommandName]: () => Promise<Handler<C>> } = {
  train: async () => (await import("./train.js")).train,
  sweep: async () => (await import("./sweep.js")).sweep,
  evaluate: async () => (await import("./evaluate.js")).evaluate,
  report: async () => (await import("./report.js")).report,
  data: async () => (await import("./data.js")).data,
  profile: async () => (await import("./profile.js")).profile,
  compare: async () => (await import("./compare.js")).compare,
  runs: async () => (await import("./runs.js")).runs,
  bench: async () => (await import("./bench.js")).bench,
  schema: async () => (await import("./schema.js")).schema,
  doctor: async () => (await import("./doctor.js")).doctor,
};
