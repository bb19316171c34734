export { CIFAR10_RECORD_BYTES, type CifarFile, readCifar10 } from "./cifar.js";
export { crc32c, maskedCrc32c } from "./crc32c.js";
export { type CsvOptions, type CsvTable, readCsv } from "./csv.js";
export { type IdxFile, readIdx, readIdxImages, readIdxLabels } from "./idx.js";
export { type ImportOptions, importOnnx } from "./import/index.js";
export { type JsonLines, jsonLine, jsonLinesEnd, readJsonLines } from "./jsonl.js";
export { encodeOnnx, onnxDataType } from "./onnx.js";
export { bytesPerOnnxElement, type ElementType, elementTypeOf } from "./onnx-elements.js";
export {
  decodeOnnx,
  functionKey,
  type OnnxFile,
  type OnnxFileAttribute,
  type OnnxFileFunction,
  type OnnxFileGraph,
  type OnnxFileNode,
  type OnnxFileTensor,
  type OnnxFileType,
  type OnnxFileValue,
} from "./onnx-file.js";
export { decodeOnnxTensor, type TensorContents } from "./onnx-tensor.js";
export { readSafetensors, type SafetensorsFile, writeSafetensors } from "./safetensors.js";
export { type ScalarEvent, tfeventsHeader, tfeventsScalars } from "./tfevents.js";
