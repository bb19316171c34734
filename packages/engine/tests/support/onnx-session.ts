/** Runs an ONNX model, as bytes or as our plain model, once in ONNX Runtime: below the engine, to test single lowerings. */

import { encodeOnnx } from "@frugal/core/formats";
import type { OnnxModel } from "@frugal/core/lowering";
import { type HostTensor, tensor } from "@frugal/core/tensor";
import * as ort from "onnxruntime-node";

export async function runOnnx(
  model: OnnxModel | Uint8Array,
  feeds: Readonly<Record<string, HostTensor>>,
): Promise<Record<string, HostTensor>> {
  const bytes = model instanceof Uint8Array ? model : encodeOnnx(model);
  const session = await ort.InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  try {
    const inputs = Object.fromEntries(
      session.inputNames.map((name) => {
        const t = feeds[name]!;
        return [name, new ort.Tensor(t.dtype as "float32", t.data as Float32Array, t.shape)];
      }),
    );
    const outputs = await session.run(inputs);
    return Object.fromEntries(
      Object.entries(outputs).map(([name, t]) => [
        name,
        tensor(t.type as "float32", t.dims, t.data as Float32Array),
      ]),
    );
  } finally {
    await session.release();
  }
}
