/** The engine of Node: ONNX Runtime's CPU provider. */

import { readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "@frugal/core/base";
import type { Engine } from "@frugal/core/engine";
import { encodeOnnx } from "@frugal/core/formats";
import { lowerGraph } from "@frugal/core/lowering";
import * as ort from "onnxruntime-node";
import { nodeTimes } from "./profile.js";
import { executableOf, type Runtime } from "./session.js";

export interface NodeEngineOptions {
  /** Threads within an op. Default 1: small models are slower on two. */
  readonly threads?: number;
}

const version = ort.env.versions.node ?? "unknown";
let profiles = 0;

/**
 * ONNX Runtime on this machine's CPU.
 *
 * @example
 * const engine = nodeEngine({ threads: 2 });
 * const x = input("x", [2]);
 * const executable = await engine.compile(buildGraph({ y: add(x, 1) }));
 * (await executable.run({ x: tensor("float32", [2], [1, 2]) })).y.data // Float32Array [2, 3]
 */
export function nodeEngine({ threads = 1 }: NodeEngineOptions = {}): Engine {
  return {
    description: `onnxruntime-node ${version}, cpu, ${threads} thread${threads === 1 ? "" : "s"}`,
    async compile(graph, options = {}) {
      const { symbolicBatch, profile = false } = options;
      const model = lowerGraph(
        graph,
        symbolicBatch ? { symbolicBatch: { name: "batch", ...symbolicBatch } } : {},
      );
      const prefix = join(tmpdir(), `frugal-profile-${process.pid}-${profiles++}`);
      const session = await ort.InferenceSession.create(encodeOnnx(model), {
        executionProviders: ["cpu"],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        // Errors only: the runtime warns about graphs that are fine.
        logSeverityLevel: 3,
        ...(profile ? { enableProfiling: true, profileFilePrefix: prefix } : {}),
      });
      return executableOf(ort as unknown as Runtime, session, graph, options, () => {
        session.endProfiling();
        return nodeTimes(takeProfile(prefix));
      });
    },
  };
}

/** The profile file that the runtime wrote under `prefix`, which it completes with a time stamp. */
function takeProfile(prefix: string): string {
  const name = readdirSync(tmpdir()).find((file) => join(tmpdir(), file).startsWith(prefix));
  assert(name, "the runtime wrote no profile");
  const path = join(tmpdir(), name);
  const text = readFileSync(path, "utf8");
  rmSync(path);
  return text;
}
