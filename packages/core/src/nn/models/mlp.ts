/** Multi-layer perceptrons. */

import { UserError } from "../../base/index.js";
import { elementCount, type Shape } from "../../tensor/index.js";
import { flatten, linear, placed, relu, scoped } from "../layers/index.js";
import type { Layer, Model } from "../types.js";
import { type ModelOptions, requireCounts } from "./options.js";

export interface MlpOptions {
  /** Inputs, hidden widths, outputs. */
  readonly sizes: readonly number[];
  /** Default [sizes[0]]; images of as many values are flattened. */
  readonly inputShape?: Shape;
  /** After every hidden layer. Default relu. */
  readonly activation?: Layer;
}

/**
 * Linear layers with an activation between them. Names: hidden0, hidden1, ..., output. Places: hidden0, hidden1, ...
 *
 * @example
 * mlp({ sizes: [784, 256, 10], inputShape: [1, 28, 28] })
 */
export function mlp(options: MlpOptions): Model {
  const { sizes, activation = relu } = options;
  const [inputs, ...widths] = sizes;
  const outputs = widths.pop();
  if (inputs === undefined || outputs === undefined) {
    throw new UserError("E_CONFIG", `an MLP of ${sizes.length} sizes`, {
      where: "model.sizes",
      allowed: "at least two: inputs, hidden widths, outputs",
    });
  }
  requireCounts("mlp", Object.fromEntries(sizes.map((n, i) => [`sizes[${i}]`, n])));
  const inputShape = options.inputShape ?? [inputs];
  if (elementCount(inputShape) !== inputs) {
    throw new UserError(
      "E_SHAPE",
      `samples of ${elementCount(inputShape)} values for ${inputs} inputs`,
      { where: "model.sizes", next: `begin the sizes with ${elementCount(inputShape)}` },
    );
  }
  const hidden = widths.map((width, i) =>
    placed(
      `hidden${i}`,
      scoped(`hidden${i}`, (c, x) => activation(c, linear(width)(c, x))),
    ),
  );
  const layers = [flatten(), ...hidden, scoped("output", linear(outputs))];
  return {
    name: `mlp-${sizes.join("-")}`,
    inputShape,
    outputs,
    forward: (c, x) => layers.reduce((y, layer) => layer(c, y), x),
  };
}

export interface NamedMlpOptions extends ModelOptions {
  /** Widths of the hidden layers. Default [256]. */
  readonly hidden?: readonly number[];
}

/** The MLP of the registry: sizes follow from the data. */
export const mlpForData = ({
  inputShape = [1, 28, 28],
  classes = 10,
  hidden = [256],
}: NamedMlpOptions): Model =>
  mlp({ sizes: [elementCount(inputShape), ...hidden, classes], inputShape });
