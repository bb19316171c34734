/** The engine of Node: ONNX Runtime's CPU provider. */

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "@frugal/core/base";
import type { Engine } from "@frugal/core/engine";
import { encodeOnnx } from "@frugal/core/formats";
import {
  fuse,
  type Graph,
  mergeCommonSubexpressions,
  simplify,
  standardTarget,
  type Target,
} from "@frugal/core/graph";
import { type LowerOptions, lowerGraph, type OnnxModel } from "@frugal/core/lowering";
import type { HostTensor, Shape } from "@frugal/core/tensor";
import * as ort from "onnxruntime-node";
import { probeBlockSize } from "./block-size.js";
import { nodeTimes } from "./profile.js";
import { executableOf, type Runtime } from "./session.js";
import { planStateLayouts } from "./state-layouts.js";
import { type Measure, recommended, type TuningCache, tuneLowerings } from "./tune.js";
import { fileTuningCache } from "./tuning-file.js";

export interface NodeEngineOptions {
  /** Threads within an op. Default 1: small models are slower on two. */
  readonly threads?: number;
  /** Where measured choices are kept. Default: one file per machine, runtime and thread count. */
  readonly tuningCache?: TuningCache;
}

const version = ort.env.versions.node ?? "unknown";
const runtime = ort as unknown as Runtime;
let profiles = 0;

// One probe per process: sessions are never free.
let blockSize: Promise<number> | undefined;

/** The CPU provider's internal operators, where this build has them. */
async function cpuTarget(): Promise<Target> {
  blockSize ??= probeBlockSize(ort as unknown as Parameters<typeof probeBlockSize>[0]);
  return { blockSize: await blockSize, domains: ["com.microsoft", "com.microsoft.nchwc"] };
}

async function createSession(model: OnnxModel, threads: number, profilePrefix?: string) {
  return ort.InferenceSession.create(encodeOnnx(model), {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Planned memory blocks cost half as much memory again and save no time in training graphs.
    enableMemPattern: false,
    // Errors only: the runtime warns about graphs that are fine.
    logSeverityLevel: 3,
    ...(profilePrefix ? { enableProfiling: true, profileFilePrefix: profilePrefix } : {}),
  });
}

const nextProfile = () => join(tmpdir(), `frugal-profile-${process.pid}-${profiles++}-`);

/** The profile file that the runtime wrote under `prefix`, which it completes with a time stamp. */
function takeProfile(prefix: string): string {
  const name = readdirSync(tmpdir()).find((file) => join(tmpdir(), file).startsWith(prefix));
  assert(name, "the runtime wrote no profile");
  const path = join(tmpdir(), name);
  const text = readFileSync(path, "utf8");
  rmSync(path);
  return text;
}

const measureWith =
  (threads: number): Measure =>
  async (model, feeds, runs) => {
    const prefix = nextProfile();
    const session = await createSession(model, threads, prefix);
    const inputs = Object.fromEntries(
      Object.entries(feeds).map(([name, t]: [string, HostTensor]) => [
        name,
        new ort.Tensor(t.dtype as "float32", t.data as Float32Array, t.shape),
      ]),
    );
    for (let run = 0; run < runs; run++) await session.run(inputs);
    session.endProfiling();
    await session.release();
    return nodeTimes(takeProfile(prefix));
  };

/**
 * ONNX Runtime on this machine's CPU.
 *
 * @example
 * const engine = nodeEngine({ threads: 2 });
 * const x = input("x", [2]);
 * const executable = await engine.compile(buildGraph({ y: add(x, 1) }));
 * (await executable.run({ x: tensor("float32", [2], [1, 2]) })).y.data // Float32Array [2, 3]
 */
export function nodeEngine(options: NodeEngineOptions = {}): Engine {
  const { threads = 1 } = options;
  const machine = cpus()[0]?.model ?? "cpu";
  let cache = options.tuningCache;

  async function lowering(graph: Graph, tune: boolean): Promise<LowerOptions> {
    const target = await cpuTarget();
    if (!tune) return { target, choose: recommended };
    cache ??= fileTuningCache(`lowering-${version}-${machine}-${threads}`);
    const choose = await tuneLowerings(graph.nodes, {
      target,
      cache,
      measure: measureWith(threads),
    });
    return { target, choose };
  }

  return {
    description: `onnxruntime-node ${version}, cpu, ${threads} thread${threads === 1 ? "" : "s"}`,
    async compile(source, compileOptions = {}) {
      // Fusing makes new nodes, of which several may be the same.
      const graph = mergeCommonSubexpressions(fuse(mergeCommonSubexpressions(simplify(source))));
      const { symbolicBatch, frozen = {}, profile = false, tune = true } = compileOptions;
      // The runtime finds the best layout of a graph with constant weights by itself, and layouts bake the batch in.
      const lowered: LowerOptions = symbolicBatch
        ? { target: standardTarget, symbolicBatch: { name: "batch", ...symbolicBatch } }
        : await lowering(graph, tune);
      const { target = standardTarget, choose = recommended } = lowered;
      const layouts = planStateLayouts(graph, compileOptions.state ?? [], target, choose);
      const model = lowerGraph(graph, {
        ...lowered,
        bind: frozen,
        inputLayouts: layouts.inputs,
        outputLayouts: layouts.outputs,
        anyShape: (compileOptions.state ?? []).flatMap((s) => s.output ?? []),
      });
      const outputShapes = Object.fromEntries(model.outputs.map((o) => [o.name, o.shape as Shape]));
      const prefix = profile ? nextProfile() : undefined;
      const session = await createSession(model, threads, prefix);
      return executableOf(graph, compileOptions, {
        runtime,
        session,
        layouts: { blockSize: target.blockSize, inputs: layouts.inputs, outputShapes },
        readProfile() {
          assert(prefix, "profile() needs the option profile: true");
          session.endProfiling();
          return nodeTimes(takeProfile(prefix));
        },
      });
    },
  };
}
