/** Gradient pressure of a run: who pulls at each block of its network, the task or a cost, measured between epochs. */

import type { Engine, Executable } from "@frugal/core/engine";
import { buildGraph, inputName } from "@frugal/core/graph";
import type { GradientPressure } from "@frugal/core/objectives";
import {
  type BatchSource,
  type ModelState,
  type ScalarSource,
  stepFeeds,
  type TrainStep,
} from "@frugal/core/training";

export interface PressureOptions {
  readonly engine: Engine;
  readonly pressure: GradientPressure;
  /** The step that is trained with: batches, scalars and noise are those of its own. */
  readonly step: TrainStep;
  readonly source: BatchSource;
  readonly scalars: Readonly<Record<string, ScalarSource>>;
  readonly totalSteps: number;
  readonly seed: number;
}

export interface PressureMonitor {
  /** Norms by output name, on the batch of the last of so many finished steps. */
  measure(weights: ModelState, steps: number): Promise<Record<string, number>>;
  dispose(): Promise<void>;
}

/** A graph of its own beside that of the step: it costs a backward pass for each term, whenever it is run. */
export function pressureMonitor(options: PressureOptions): PressureMonitor {
  const { engine, pressure, step, source, totalSteps, seed } = options;
  const graph = buildGraph(pressure.outputs);
  const read = new Set(graph.inputs.map(inputName));
  // Neither moves a gradient, but a step is fed with both.
  const scalars = { lr: () => 0, step: (s: number) => s + 1, ...options.scalars };
  const feeds = stepFeeds(step, { source, scalars, totalSteps, seed });
  let compiled: Promise<Executable> | undefined;
  return {
    async measure({ parameters, buffers }, steps) {
      const state = Object.entries({ ...parameters, ...buffers }).filter(([name]) =>
        read.has(name),
      );
      compiled ??= engine.compile(graph, {
        state: state.map(([input, initial]) => ({ input, initial })),
      });
      const executable = await compiled;
      await executable.writeState(Object.fromEntries(state));
      const fed = Object.entries(feeds.at(steps - 1).feeds).filter(([name]) => read.has(name));
      const outputs = await executable.run(Object.fromEntries(fed));
      return Object.fromEntries(
        Object.entries(outputs).map(([name, { data }]) => [name, Number(data[0])]),
      );
    },
    async dispose() {
      if (compiled) await (await compiled).dispose();
    },
  };
}
