/** The engine of browsers: ONNX Runtime's WebAssembly or WebGPU build, loaded when first used. Runs in Node too (wasm). */

import { UserError } from "@frugal/core/base";
import type { Engine } from "@frugal/core/engine";
import { encodeOnnx } from "@frugal/core/formats";
import { standardTarget } from "@frugal/core/graph";
import { lowerGraph } from "@frugal/core/lowering";
import type { InferenceSession, Tensor } from "onnxruntime-common";
import { executableOf, type Runtime } from "./session.js";

export interface WebEngineOptions {
  /** `wasm` runs everywhere; `webgpu` needs a browser with a graphics driver. Default wasm. */
  readonly provider?: "wasm" | "webgpu";
  /** Threads of the wasm provider; more than 1 needs a cross-origin isolated page. Default 1. */
  readonly threads?: number;
}

type WebRuntime = typeof import("onnxruntime-web");

/** The WebGPU build is a superset, but larger: each provider loads its own. */
const load = (provider: "wasm" | "webgpu"): Promise<WebRuntime> =>
  provider === "webgpu" ? import("onnxruntime-web/webgpu") : import("onnxruntime-web");

/**
 * The web build computes into its own heap and leaves preallocated outputs as they were, so results are copied
 * into them here: what `run` promises is then the same everywhere.
 */
function fillingOutputs(session: InferenceSession): InferenceSession {
  const run = async (
    feeds: InferenceSession.FeedsType,
    fetches: Readonly<Record<string, Tensor | null>>,
  ) => {
    const fetched = await session.run(feeds, Object.keys(fetches));
    for (const [name, buffer] of Object.entries(fetches)) {
      if (buffer) (buffer.data as Float32Array).set(fetched[name]!.data as Float32Array);
    }
    return fetched;
  };
  return new Proxy(session, {
    get(target, key) {
      if (key === "run") return run;
      const value = Reflect.get(target, key) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/**
 * ONNX Runtime for the web. Only standard operators, untuned: what an exported model will meet.
 *
 * @example
 * const executable = await webEngine().compile(buildGraph({ y: add(input("x", [2]), 1) }));
 * (await executable.run({ x: tensor("float32", [2], [1, 2]) })).y!.data // Float32Array [2, 3]
 */
export function webEngine({ provider = "wasm", threads = 1 }: WebEngineOptions = {}): Engine {
  return {
    description: `onnxruntime-web, ${provider}`,
    async compile(graph, options = {}) {
      const { symbolicBatch, frozen = {} } = options;
      const ort = await load(provider);
      ort.env.wasm.numThreads = threads;
      const model = lowerGraph(graph, {
        target: standardTarget,
        bind: frozen,
        ...(symbolicBatch ? { symbolicBatch: { name: "batch", ...symbolicBatch } } : {}),
      });
      const session = await ort.InferenceSession.create(encodeOnnx(model), {
        executionProviders: [provider],
        logSeverityLevel: 3,
      });
      return executableOf(graph, options, {
        runtime: ort as unknown as Runtime,
        session: fillingOutputs(session),
        layouts: { blockSize: 0, inputs: {}, outputShapes: {} },
        readProfile() {
          throw new UserError(
            "E_ENGINE",
            "the web runtime writes its profile to the console only",
            {
              next: "profile with the Node engine",
            },
          );
        },
      });
    },
  };
}
