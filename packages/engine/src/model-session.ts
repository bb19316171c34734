/** Any ONNX file, opened and run as it is, for measuring. */

import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, UserError } from "@frugal/core/base";
import * as ort from "onnxruntime-node";
import type { ModelPort, ModelTensor } from "./model-session-feeds.js";
import { type LayerTime, layerTimes } from "./model-session-layers.js";

export interface OpenModelOptions {
  /** One of those that `modelProviders()` lists. Default "cpu". */
  readonly provider?: string;
  /** Threads within an op. Default 1. */
  readonly threads?: number;
  /** Keeps times of each layer, which slows every run. Default false. */
  readonly profile?: boolean;
}

/** Inputs in the runtime's own form: made once, outside of what is timed. */
export interface PreparedFeeds {
  readonly tensors: Readonly<Record<string, ort.Tensor>>;
}

export interface ModelSession {
  readonly description: string;
  readonly provider: string;
  readonly threads: number;
  readonly inputs: readonly ModelPort[];
  readonly outputs: readonly ModelPort[];
  /** From the call to a session that can run, in milliseconds: reading, optimising, packing of weights. */
  readonly startMs: number;
  prepare(feeds: Readonly<Record<string, ModelTensor>>): PreparedFeeds;
  /** All outputs, on this side of the provider when the promise settles. */
  run(feeds: PreparedFeeds): Promise<Readonly<Record<string, ModelTensor>>>;
  /** Ends profiling; times are means over the runs after the first `skip`. Needs the option `profile`. */
  layers(options?: { readonly skip?: number }): LayerTime[];
  release(): Promise<void>;
}

/**
 * Providers that this build of the runtime reports.
 *
 * @example
 * modelProviders().includes("cpu") // true
 */
export const modelProviders = (): string[] => ort.listSupportedBackends().map((b) => b.name);

/**
 * Name and version of the runtime, for records.
 *
 * @example
 * runtimeVersion().startsWith("onnxruntime-node ") // true
 */
export const runtimeVersion = (): string => `onnxruntime-node ${ort.env.versions.node ?? "?"}`;

function requireOptions(provider: string, threads: number): void {
  const known = modelProviders();
  if (!known.includes(provider)) {
    throw new UserError("E_ENGINE", `no provider ${JSON.stringify(provider)}`, {
      allowed: known.join(", "),
    });
  }
  if (!Number.isInteger(threads) || threads < 1) {
    throw new UserError("E_USAGE", `${threads} threads`, { allowed: "a whole number, at least 1" });
  }
}

/** The runtime's message without its source paths and colours. */
const tidy = (error: unknown): string =>
  String((error as Error).message ?? error)
    .split("\n")[0]!
    .replace(/^\S*\.cc:\d+ /, "");

async function create(
  source: string | Uint8Array,
  { provider, threads }: { readonly provider: string; readonly threads: number },
  profilePrefix: string | undefined,
): Promise<ort.InferenceSession> {
  const options: ort.InferenceSession.SessionOptions = {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
    ...(profilePrefix ? { enableProfiling: true, profileFilePrefix: profilePrefix } : {}),
  };
  try {
    // The binding has one signature for each kind of source.
    return typeof source === "string"
      ? await ort.InferenceSession.create(source, options)
      : await ort.InferenceSession.create(source, options);
  } catch (cause) {
    const where = typeof source === "string" ? source : "ONNX bytes";
    throw new UserError("E_ENGINE", `the model cannot be opened on ${provider}: ${tidy(cause)}`, {
      where,
      allowed: `a whole ONNX model, its external data beside it; providers ${modelProviders().join(", ")}, where this machine has what they need`,
      cause,
    });
  }
}

const portOf = (m: ort.InferenceSession.ValueMetadata): ModelPort =>
  m.isTensor
    ? { name: m.name, dtype: m.type, dims: m.shape }
    : { name: m.name, dtype: "", dims: [] };

function fromTensor(t: ort.Tensor): ModelTensor {
  return { dtype: t.type, dims: t.dims, data: t.data as ModelTensor["data"] };
}

/**
 * Opens an ONNX model. A path finds external data beside the file; bytes must hold all weights. `run` computes on the
 * calling thread and sessions are never quite given back by the runtime: open few, in a process of their own.
 *
 * @throws UserError E_ENGINE for a provider that is not in the runtime, with those that are, and for models it refuses.
 * @example
 * const bytes = encodeOnnx(lowerGraph(buildGraph({ y: relu(input("x", [2])) })));
 * const session = await openModel(bytes, { threads: 1 });
 * const feeds = session.prepare({ x: { dtype: "float32", dims: [2], data: new Float32Array([-1, 3]) } });
 * (await session.run(feeds)).y.data // Float32Array [0, 3]
 */
export async function openModel(
  source: string | Uint8Array,
  { provider = "cpu", threads = 1, profile = false }: OpenModelOptions = {},
): Promise<ModelSession> {
  requireOptions(provider, threads);
  const folder = profile ? mkdtempSync(join(tmpdir(), "frugal-profile-")) : undefined;
  const discard = (): void => {
    if (folder) rmSync(folder, { recursive: true, force: true });
  };
  const before = performance.now();
  let session: ort.InferenceSession;
  try {
    session = await create(source, { provider, threads }, folder && join(folder, "run"));
  } catch (error) {
    discard();
    throw error;
  }
  const startMs = performance.now() - before;
  return {
    description: `${runtimeVersion()}, ${provider}, ${threads} thread${threads === 1 ? "" : "s"}`,
    provider,
    threads,
    inputs: session.inputMetadata.map(portOf),
    outputs: session.outputMetadata.map(portOf),
    startMs,
    prepare: (feeds) => ({
      tensors: Object.fromEntries(
        Object.entries(feeds).map(([name, t]) => [
          name,
          new ort.Tensor(t.dtype as "float32", t.data as Float32Array, t.dims),
        ]),
      ),
    }),
    async run({ tensors }) {
      try {
        const fetched = await session.run(tensors);
        return Object.fromEntries(Object.entries(fetched).map(([k, t]) => [k, fromTensor(t)]));
      } catch (cause) {
        const given = Object.entries(tensors).map(([k, t]) => `${k} [${t.dims.join(", ")}]`);
        throw new UserError("E_ENGINE", `the model cannot be run: ${tidy(cause)}`, {
          where: `with ${given.join(", ")}`,
          cause,
        });
      }
    },
    layers({ skip = 0 } = {}) {
      assert(folder, "layers() needs the option profile: true");
      session.endProfiling();
      const file = readdirSync(folder)[0];
      assert(file, "the runtime wrote no profile");
      const times = layerTimes(readFileSync(join(folder, file), "utf8"), { skip });
      discard();
      return times;
    },
    async release() {
      await session.release();
      discard();
    },
  };
}
