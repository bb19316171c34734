/** Runs training steps on an engine: one at a time, or several in one run where a step is small. */

import type { Engine, Executable, Feeds, StateBinding } from "../engine/index.js";
import { turnName, unroll } from "../graph/index.js";
import type { HostTensor } from "../tensor/index.js";
import type { TrainStep } from "./step.js";

/** `npm run bench -- mlp` shows what it gains; most of it comes with the first four. */
const TURNS = 8;

/** Above this a step takes so long that what surrounds it does not matter. */
const SMALL_MACS = 5e8;

/** Compile time grows with the nodes, and what a long step gains does not earn it back. */
const MOST_NODES = 2000;

/**
 * How many steps are worth running at once: 8 where handing over and waking up weigh as much as the arithmetic, else 1.
 *
 * @example
 * stepsPerRun(step) // 8
 */
export function stepsPerRun({ graph }: Pick<TrainStep, "graph">): number {
  const macs = graph.nodes.reduce((sum, node) => sum + node.op.work(node).macs, 0);
  return macs <= SMALL_MACS && graph.nodes.length * TURNS <= MOST_NODES ? TURNS : 1;
}

export interface StepRunner {
  /** How many steps `run` takes at once, besides one. */
  readonly turns: number;
  /** Runs one step or `turns` steps; returns the outputs of each. */
  run(feeds: readonly Feeds[]): Promise<Feeds[]>;
  readState(): Promise<Record<string, HostTensor>>;
  writeState(state: Feeds): Promise<void>;
  dispose(): Promise<void>;
}

export interface RunnerOptions {
  readonly engine: Engine;
  readonly step: Pick<TrainStep, "graph">;
  readonly state: readonly StateBinding[];
  readonly turns: number;
}

const named = (feeds: Feeds, turn: number): Feeds =>
  Object.fromEntries(Object.entries(feeds).map(([name, t]) => [turnName(name, turn), t]));

/**
 * A runner of steps. It compiles when it first needs to, and hands the state over when it changes between one step and
 * several.
 *
 * @example
 * const runner = stepRunner({ engine: interpreterEngine(), step, state: step.state, turns: 1 });
 * Object.keys(await runner.readState())[0] // "hidden0.weight"
 */
export function stepRunner({ engine, step, state, turns }: RunnerOptions): StepRunner {
  const compiled = new Map<number, Executable>();
  let current: Executable | undefined;

  async function executableFor(count: number): Promise<Executable> {
    let wanted = compiled.get(count);
    if (!wanted) {
      const graph = count === 1 ? step.graph : unroll(step.graph, count, state);
      wanted = await engine.compile(graph, { state });
      compiled.set(count, wanted);
    }
    if (current && current !== wanted) await wanted.writeState(await current.readState());
    current = wanted;
    return wanted;
  }
  return {
    turns,
    async run(feeds) {
      const executable = await executableFor(feeds.length);
      if (feeds.length === 1) return [await executable.run(feeds[0]!)];
      const outputs = await executable.run(Object.assign({}, ...feeds.map(named)));
      const names = Object.keys(step.graph.outputs);
      return feeds.map((_, turn) =>
        Object.fromEntries(
          names.flatMap((name) => {
            const found = outputs[turnName(name, turn)];
            return found ? [[name, found]] : [];
          }),
        ),
      );
    },
    // Asked before the first step, nothing has changed yet: which graph that will need is not known.
    readState: async () =>
      current?.readState() ?? Object.fromEntries(state.map((s) => [s.input, s.initial])),
    writeState: async (values) => (current ?? (await executableFor(1))).writeState(values),
    async dispose() {
      for (const executable of compiled.values()) await executable.dispose();
    },
  };
}
