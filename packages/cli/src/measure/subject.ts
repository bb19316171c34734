/** One model in the process that measures it: opened, with inputs for any batch, and its first run behind it. */

import { readFileSync } from "node:fs";
import { type MeasuredInput, quantile } from "@frugal/core/evaluation";
import {
  type ModelPort,
  type ModelSession,
  type ModelTensor,
  openModel,
  type PreparedFeeds,
  randomModelFeeds,
} from "@frugal/engine";
import { type PreparedImage, prepareImage } from "./image.js";
import { rangesInFile } from "./input-ranges.js";
import type { ModelOptions } from "./options.js";
import { type InputShapes, inputShapes } from "./shapes.js";

/** Model options that can cross to another process: a file, not bytes. */
export type ModelFile = Omit<ModelOptions, "model" | "name"> & {
  readonly path: string;
  readonly name: string;
};

export interface Subject {
  readonly session: ModelSession;
  readonly shapes: InputShapes;
  readonly batch: number;
  readonly firstRunMs: number;
  readonly decodeMs?: number;
  readonly preprocessMs?: number;
  readonly inputs: readonly MeasuredInput[];
  feeds(batch: number): PreparedFeeds;
  /** Drawn numbers, for another session of the same model. */
  tensors(batch: number): Readonly<Record<string, ModelTensor>>;
}

type Ranges = Readonly<Record<string, readonly [number, number]>>;

const isWhole = (port: ModelPort): boolean => /^u?int/.test(port.dtype);

function rangesOf(inputs: readonly ModelPort[], { ranges = {}, path }: ModelFile): Ranges {
  const open = inputs.filter((i) => isWhole(i) && !(i.name in ranges));
  if (open.length === 0) return ranges;
  // Ones for what indexes no table: masks and lengths, for which other numbers may be illegal.
  const ones = Object.fromEntries(open.map((i) => [i.name, [1, 2] as const]));
  return { ...ones, ...rangesInFile(new Uint8Array(readFileSync(path))), ...ranges };
}

function filling(
  port: ModelPort,
  { ranges, model, image }: { ranges: Ranges; model: ModelFile; image: PreparedImage | undefined },
): string {
  if (image?.input === port.name) return "the image";
  if (model.values?.[port.name]) return "the values given";
  if (port.dtype === "bool") return "random truth values";
  if (!isWhole(port)) return "standard normal";
  const [low, high] = ranges[port.name] ?? [0, 2];
  return high - low === 1 ? `all ${low}` : `whole numbers ${low} to ${high - 1}`;
}

const middle = (values: readonly number[]): number =>
  quantile(values, 0.5, { definition: "linear" });

/** Opens the model and runs it once, which is timed apart: the runtime does much once only. */
export async function openSubject(model: ModelFile, seed: number): Promise<Subject> {
  const { path, provider = "cpu", threads = 1 } = model;
  const session = await openModel(path, { provider, threads });
  const shapes = inputShapes(session.inputs, model);
  const { batch } = shapes;
  const ranges = rangesOf(session.inputs, model);
  const image =
    model.image === undefined
      ? undefined
      : prepareImage(model.image, session.inputs, shapes.at(batch));
  const values = { ...model.values, ...(image ? { [image.input]: image.values } : {}) };
  const tensors = (size: number) =>
    randomModelFeeds(session.inputs, { seed, shapes: shapes.at(size), ranges, values });
  const prepared = new Map<number, PreparedFeeds>();
  const feeds = (size: number): PreparedFeeds => {
    const known = prepared.get(size) ?? session.prepare(tensors(size));
    prepared.set(size, known);
    return known;
  };
  const first = feeds(batch);
  const start = performance.now();
  await session.run(first);
  const firstRunMs = performance.now() - start;
  return {
    session,
    shapes,
    batch,
    firstRunMs,
    ...(image
      ? { decodeMs: middle(image.decodeMs), preprocessMs: middle(image.preprocessMs) }
      : {}),
    inputs: session.inputs.map((port) => ({
      name: port.name,
      dtype: port.dtype,
      shape: shapes.at(batch)[port.name]!,
      filledWith: filling(port, { ranges, model, image }),
    })),
    feeds,
    tensors,
  };
}
