/** Finds out whether this build of the runtime has the blocked convolutions, and how many channels a block has. */

import { encodeOnnx } from "@frugal/core/formats";
import { NCHWC, type OnnxModel, OPSET } from "@frugal/core/lowering";
import type { InferenceSession, TypedTensor } from "onnxruntime-common";

interface SessionMaker {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (
    type: "float32",
    data: Float32Array,
    dims: readonly number[],
  ) => TypedTensor<"float32">;
}

/** Two pixels, so that the block size shows as the distance at which the second pixel is stored. */
const CHANNELS = 64;
const probe: OnnxModel = {
  name: "probe",
  nodes: [
    {
      opType: "ReorderInput",
      domain: NCHWC,
      name: "reorder",
      inputs: ["x"],
      outputs: ["blocked"],
      attrs: {},
    },
    { opType: "Identity", domain: "", name: "out", inputs: ["blocked"], outputs: ["y"], attrs: {} },
  ],
  inputs: [{ name: "x", dtype: "float32", shape: [1, CHANNELS, 1, 2] }],
  outputs: [{ name: "y", dtype: "float32", shape: [1, CHANNELS, 1, 2] }],
  initializers: [],
  opsets: { "": OPSET, [NCHWC]: 1 },
  metadata: {},
};

/** Channels per block, or 0 where the internal operators do not exist. */
export async function probeBlockSize(runtime: SessionMaker): Promise<number> {
  try {
    const session = await runtime.InferenceSession.create(encodeOnnx(probe), {
      logSeverityLevel: 4,
    });
    // Channel c holds c + 1 at its first pixel and 0 at its second: the leading run is one block.
    const x = Float32Array.from({ length: CHANNELS * 2 }, (_, i) => (i % 2 === 0 ? i / 2 + 1 : 0));
    const { y } = await session.run({ x: new runtime.Tensor("float32", x, [1, CHANNELS, 1, 2]) });
    await session.release();
    const run = (y!.data as Float32Array).indexOf(0);
    return run === 8 || run === 16 ? run : 0;
  } catch {
    return 0;
  }
}
