/** ONNX files for the benchmark of the counter: a ResNet-50 with its weights, and graphs of any number of nodes. */

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";

const FLOAT = 1;

/** torchvision's ResNet-50 with weights of zeros in the file: 102 MB. */
export function resnet50() {
  const graphs = "../../packages/core/src/costs/onnx/testing/fixtures/";
  const packed = readFileSync(new URL(`${graphs}tv--resnet50.onnx.gz`, import.meta.url));
  const model = fromBinary(ModelProtoSchema, gunzipSync(packed));
  for (const t of model.graph.initializer) {
    if (t.externalData.length === 0) continue;
    t.externalData = [];
    t.dataLocation = 0;
    t.rawData = new Uint8Array(t.dims.reduce((n, d) => n * Number(d), 4));
  }
  return toBinary(ModelProtoSchema, model);
}

/** Residual blocks of convolution, normalisation, activation, sum and a reshape by computed lengths; about `nodes` nodes. */
export function chain(nodes) {
  const list = [];
  const initializer = [];
  const weight = (name, dims) => {
    const size = dims.reduce((a, b) => a * b, 4);
    const rawData = new Uint8Array(size);
    initializer.push({ name, dims: dims.map(BigInt), dataType: FLOAT, rawData });
    return name;
  };
  const add = (opType, input, output, attribute = []) =>
    list.push({ opType, name: `/block${output}/${opType}`, input, output: [output], attribute });
  let x = "x";
  for (let i = 0; list.length < nodes; i++) {
    const pads = [{ name: "pads", type: 7, ints: [1n, 1n, 1n, 1n] }];
    add("Conv", [x, weight(`w${i}`, [8, 8, 3, 3])], `c${i}`, pads);
    const norm = ["scale", "bias", "mean", "var"].map((n) => weight(`${n}${i}`, [8]));
    add("BatchNormalization", [`c${i}`, ...norm], `n${i}`);
    add("Relu", [`n${i}`], `r${i}`);
    add("Add", [`r${i}`, x], `a${i}`);
    add("Shape", [`a${i}`], `s${i}`);
    add("Reshape", [`a${i}`, `s${i}`], `y${i}`);
    x = `y${i}`;
  }
  const dim = [1n, 8n, 16n, 16n].map((value) => ({ value: { case: "dimValue", value } }));
  const type = { value: { case: "tensorType", value: { elemType: FLOAT, shape: { dim } } } };
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: "", version: 17n }],
      graph: { node: list, initializer, input: [{ name: "x", type }], output: [{ name: x }] },
    }),
  );
}
