export { type AddOptions, addData } from "./add.js";
export type { Augmentation } from "./augment.js";
export { type Batch, type Batches, type BatchOptions, batches } from "./batches.js";
export { checkDataset } from "./check.js";
export type { DownloadOptions, DownloadProgress } from "./download.js";
export {
  channelStatistics,
  type Normalisation,
  type NormaliseOption,
  normalisation,
} from "./normalise.js";
export {
  type DatasetName,
  type DatasetOptions,
  datasetNames,
  datasets,
  fingerprint,
  loadDataset,
} from "./registry.js";
export type { Cifar10Options } from "./sets/cifar10.js";
export type { CsvDatasetOptions } from "./sets/csv.js";
export type { ImagesOptions } from "./sets/images.js";
export type { OptdigitsOptions } from "./sets/optdigits.js";
export {
  type SplitOptions,
  stratify,
  type ThreeWaySplit,
  takeRows,
  threeWaySplit,
} from "./split.js";
export { type StoredOptions, storeRoot } from "./stored.js";
export { type Dataset, type Split, sampleSize } from "./types.js";
