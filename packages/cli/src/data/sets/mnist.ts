/** MNIST: 28x28 grey handwritten digits, 60,000 to train and 10,000 to test. */

import { loadStored, type StoredOptions } from "../stored.js";
import type { DatasetEntry } from "./entry.js";
import { idxSet } from "./idx-set.js";

/** Sums of the original .gz files, and of what they unpack to. */
const sums = {
  trainImages: [
    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  ],
  trainLabels: [
    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  ],
  testImages: [
    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  ],
  testLabels: [
    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
  ],
};

const stored = idxSet("mnist", ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], sums);

export const mnist: DatasetEntry<StoredOptions> = {
  summary: "handwritten digits, 28x28 grey, 60,000 + 10,000",
  source: stored,
  load: (options, { root }) => loadStored(stored, options, root),
};
