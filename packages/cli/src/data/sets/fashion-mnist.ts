/** Fashion-MNIST: 28x28 grey articles of clothing, 60,000 to train and 10,000 to test. */

import { loadStored, type StoredOptions } from "../stored.js";
import type { DatasetEntry } from "./entry.js";
import { idxSet } from "./idx-set.js";

/** Sums of the original .gz files, and of what they unpack to. */
const sums = {
  trainImages: [
    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
  ],
  trainLabels: [
    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
  ],
  testImages: [
    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
  ],
  testLabels: [
    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
  ],
};

const classes = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

const stored = idxSet("fashion-mnist", classes, sums);

export const fashionMnist: DatasetEntry<StoredOptions> = {
  summary: "clothing, 28x28 grey, 60,000 + 10,000",
  source: stored,
  load: (options, { root }) => loadStored(stored, options, root),
};
