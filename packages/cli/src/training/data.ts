/** The data of a recipe: loaded, split, normalised by the training split alone. */

import { UserError } from "@frugal/core/base";
import type { EvaluationData } from "@frugal/core/evaluation";
import { randomStream } from "@frugal/core/random";
import { tensor } from "@frugal/core/tensor";
import type { BatchSource } from "@frugal/core/training";
import { didYouMean } from "../app/nearest.js";
import { sampleWriter } from "../data/augment.js";
import {
  type BatchOptions,
  batches,
  type Dataset,
  type DatasetName,
  type DatasetOptions,
  datasetNames,
  fingerprint,
  loadDataset,
  type Normalisation,
  normalisation,
  type Split,
  sampleSize,
  stratify,
  type ThreeWaySplit,
  takeRows,
  threeWaySplit,
} from "../data/index.js";
import type { ResolvedRecipe } from "../recipe/schema.js";
import type { DatasetRecord } from "../run-store/record.js";

export interface RecipeData {
  readonly dataset: Dataset;
  readonly splits: ThreeWaySplit;
  readonly normalisation: Normalisation;
  readonly record: DatasetRecord;
}

interface LimitOptions {
  readonly data: ResolvedRecipe["data"];
  readonly classes: number;
}

export async function loadRecipeData({ data }: ResolvedRecipe): Promise<RecipeData> {
  if (!(datasetNames as readonly string[]).includes(data.name)) {
    throw new UserError("E_CONFIG", `there is no data set ${JSON.stringify(data.name)}`, {
      where: "data.name",
      allowed: datasetNames.join(", "),
      next: didYouMean(data.name, datasetNames) ?? "frugal data list shows what there is",
    });
  }
  const options = { ...data.options, ...(data.from === undefined ? {} : { from: data.from }) };
  const dataset = await loadDataset(
    data.name as DatasetName,
    options as unknown as DatasetOptions[DatasetName],
  );
  const { validation, test, splitSeed: seed } = data;
  const whole = threeWaySplit(dataset, { seed, validation, test });
  const classes = dataset.classes.length;
  const splits = { ...whole, train: limited(whole.train, { data, classes }) };
  const { normalise, augment } = data;
  requireImages(dataset, augment);
  return {
    dataset,
    splits,
    normalisation: normalisation(splits.train, normalise),
    record: {
      name: dataset.name,
      fingerprint: fingerprint(dataset),
      train: splits.train.n,
      validation: splits.validation.n,
      test: splits.test.n,
      ...(dataset.note === undefined ? {} : { note: dataset.note }),
    },
  };
}

/**
 * As many samples as the limit says, with the class shares of the whole and at least one of each class: files may be sorted
 * by class, as folders of images are, and then the first ones are all alike.
 */
function limited(split: Split, { data, classes }: LimitOptions): Split {
  const { limit, splitSeed } = data;
  if (limit === undefined || limit >= split.n) return split;
  const stream = randomStream(splitSeed, "split", "limit");
  return takeRows(split, stratify(split, classes, 1 - limit / split.n, stream).left);
}

function requireImages(dataset: Dataset, augment: ResolvedRecipe["data"]["augment"]): void {
  if (dataset.inputShape.length === 3 || (augment.crop === 0 && !augment.flip)) return;
  throw new UserError("E_CONFIG", `${dataset.name} has no images to crop or flip`, {
    where: "data.augment",
    allowed: "crop: 0 and flip: false for tables",
    next: "remove data.augment",
  });
}

/** Batches as the training loop asks for them. */
export function batchSource(split: Split, options: BatchOptions): BatchSource {
  const source = batches(split, options);
  return {
    stepsPerEpoch: source.stepsPerEpoch,
    fresh: true,
    batch(epoch, step) {
      const { images, labels, n } = source.batchAt(epoch, step);
      return { input: images, labels, n };
    },
  };
}

/** The training batches of a recipe: shuffled, augmented, whole batches only. */
export const trainingSource = (recipe: ResolvedRecipe, data: RecipeData): BatchSource =>
  batchSource(data.splits.train, {
    batchSize: recipe.batchSize,
    seed: recipe.seed,
    shuffle: true,
    augment: {
      flip: recipe.data.augment.flip,
      ...(recipe.data.augment.crop > 0 ? { crop: { padding: recipe.data.augment.crop } } : {}),
    },
    normalisation: data.normalisation,
    last: "drop",
  });

/** A split as evaluation reads it: in the order of the files, normalised, not augmented. */
export function evaluationData(split: Split, normalise: Normalisation): EvaluationData {
  const write = sampleWriter(split, {}, normalise);
  const size = sampleSize(split.shape);
  const labels = Int32Array.from(split.labels);
  return {
    size: split.n,
    batch(start, end) {
      const images = new Float32Array((end - start) * size);
      for (let row = start; row < end; row++) write(row, images, (row - start) * size, undefined);
      return {
        input: tensor("float32", [end - start, ...split.shape], images),
        labels: labels.subarray(start, end),
      };
    },
  };
}
