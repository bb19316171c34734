/** What every model of the registry can be told. */

import { UserError } from "../../base/index.js";
import { formatShape, type Shape } from "../../tensor/index.js";

export interface ModelOptions {
  /** Shape of one sample, without the batch. */
  readonly inputShape?: Shape;
  /** Number of classes (or targets). Default 10. */
  readonly classes?: number;
}

/** Height and width of an image shape, which must be at least `smallest`. */
export function requireImage(inputShape: Shape, model: string, smallest: number): void {
  const [channels, height, width] = inputShape;
  const fits =
    inputShape.length === 3 && channels! >= 1 && height! >= smallest && width! >= smallest;
  if (!fits) {
    throw new UserError("E_SHAPE", `${model} cannot take samples of ${formatShape(inputShape)}`, {
      where: "model.inputShape",
      allowed: `[channels, height, width] with at least ${smallest} x ${smallest} pixels`,
      next: smallest > 8 ? 'use a smaller model such as "digits" or "resnet8"' : "pad the images",
    });
  }
}

/** Throws unless every named number is a whole number of at least 1. */
export function requireCounts(model: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new UserError("E_CONFIG", `${name} is ${value}`, {
      where: `model ${model}`,
      allowed: "a whole number of at least 1",
    });
  }
}
