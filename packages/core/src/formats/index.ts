export { CIFAR10_RECORD_BYTES, type CifarFile, readCifar10 } from "./cifar.js";
export { crc32c, maskedCrc32c } from "./crc32c.js";
export { type CsvOptions, type CsvTable, readCsv } from "./csv.js";
export { type IdxFile, readIdx, readIdxImages, readIdxLabels } from "./idx.js";
export { type ImportOptions, importOnnx } from "./import/index.js";
export { type JsonLines, jsonLine, jsonLinesEnd, readJsonLines } from "./jsonl.js";
export { encodeOnnx, onnxDataType } from "./onnx.js";
export {
  bytesPerOnnxElement,
  type ElementType,
  elementTypeOf,
  functionKey,
  type OnnxOutline,
  type OutlineAttribute,
  type OutlineFunction,
  type OutlineGraph,
  type OutlineNode,
  type OutlineTensor,
  type OutlineType,
  type OutlineValue,
  outlineOnnx,
} from "./onnx-outline.js";
export {
  decodeOnnx,
  decodeOnnxTensor,
  type FileAttribute,
  type FileGraph,
  type FileNode,
  type FileTensor,
  type FileValueInfo,
  type OnnxFile,
} from "./onnx-reader.js";
export { readSafetensors, type SafetensorsFile, writeSafetensors } from "./safetensors.js";
export { type ScalarEvent, tfeventsHeader, tfeventsScalars } from "./tfevents.js";
