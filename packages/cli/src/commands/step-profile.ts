/** frugal train --profile: where the time of a training step goes, as tables and as a Chrome trace. */

import { UserError } from "@frugal/core/base";
import { type ExitCode, exitCodes } from "../app/exit.js";
import type { Terminal } from "../app/terminal.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import { startJob } from "../worker/host.js";
import { onInterrupt } from "../worker/interrupts.js";
import type { StepProfile } from "../worker/messages.js";

/** The trace file of a recipe where none is named. */
const defaultTrace = ({ name }: ResolvedRecipe): string => `${name}.trace.json`;

export async function profileSteps(
  recipe: ResolvedRecipe,
  { trace, terminal }: { readonly trace: string; readonly terminal: Terminal },
): Promise<ExitCode> {
  let made: StepProfile | undefined;
  const job = { kind: "profile", recipe, trace: trace || defaultTrace(recipe) } as const;
  terminal.note(`profiling a training step of ${recipe.name}, batch ${recipe.batchSize}`);
  const running = startJob(job, {
    verbose: terminal.verbose,
    onMessage(message) {
      if (message.kind === "profiled") made = message.profile;
    },
  });
  const release = onInterrupt({ ...running, note: () => terminal.note("stopping") });
  await running.outcome.finally(release);
  if (!made) return exitCodes.interrupted;
  const { text, ...numbers } = made;
  terminal.document(numbers);
  terminal.result(
    `${text}\n\n${made.stepMs.toFixed(2)} ms in the nodes of a step (batch ${made.batchSize}, mean of ${made.steps} steps, ${made.engine})`,
  );
  terminal.next(`open ${made.trace} in https://ui.perfetto.dev or chrome://tracing`);
  return exitCodes.done;
}

/** `--profile` makes no run: options about one would be without effect. */
export function refuseRunOptions(values: {
  readonly resume?: string;
  readonly tensorboard?: boolean;
}): void {
  const name = (["resume", "tensorboard"] as const).find((option) => values[option] !== undefined);
  if (name === undefined) return;
  throw new UserError("E_USAGE", `--profile does not go with --${name}`, {
    allowed: "frugal train RECIPE --profile [TRACE.json]",
    next: "--profile times a few steps and makes no run: leave the other option out",
  });
}
