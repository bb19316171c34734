/** The official ONNX test cases: a model, its inputs and the outputs it must give. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  decodeOnnx,
  decodeOnnxTensor,
  type OnnxFile,
  type TensorContents,
} from "@frugal/core/formats";
import type { HostTensor } from "@frugal/core/tensor";

export interface Vector {
  readonly name: string;
  readonly file: OnnxFile;
  readonly sets: readonly VectorData[];
}

export interface VectorData {
  /** In order of the graph's inputs and outputs; undefined for what is no tensor of ours. */
  readonly inputs: readonly (HostTensor | undefined)[];
  readonly outputs: readonly (HostTensor | undefined)[];
}

function readTensors(folder: string, prefix: string): (HostTensor | undefined)[] {
  const files = readdirSync(folder).filter((f) => f.startsWith(prefix));
  const number = (f: string) => Number(f.slice(prefix.length, -".pb".length));
  return files
    .sort((a, b) => number(a) - number(b))
    .map((f) => {
      let found: TensorContents;
      try {
        found = decodeOnnxTensor(readFileSync(join(folder, f)));
      } catch {
        // Sequences and optionals are stored as other messages.
        return undefined;
      }
      return found.kind === "data" ? found.tensor : undefined;
    });
}

/** Reads one test case folder. */
export function readVector(folder: string, name: string): Vector {
  const path = join(folder, name);
  const file = decodeOnnx(readFileSync(join(path, "model.onnx")), { where: name });
  const sets = readdirSync(path)
    .filter((f) => f.startsWith("test_data_set_"))
    .sort()
    .map((set) => ({
      inputs: readTensors(join(path, set), "input_"),
      outputs: readTensors(join(path, set), "output_"),
    }));
  return { name, file, sets };
}
