/** Small networks whose channels are coupled in the ways that matter. */

import {
  batchNorm,
  type Context,
  conv2d,
  flatten,
  globalAveragePool,
  type Layer,
  linear,
  type Model,
  relu,
} from "../../../nn/index.js";
import { functions as f } from "../../../ops/index.js";

const norm =
  (name: string, layer: Layer): Layer =>
  (c, x) =>
    c.scope(name, () => {
      const y = c.scope("conv", () => layer(c, x));
      return relu(
        c,
        c.scope("bn", () => batchNorm()(c, y)),
      );
    });

const classify = (c: Context, x: Parameters<Layer>[1]) =>
  c.scope("fc", () => linear(3)(c, flatten()(c, globalAveragePool()(c, x))));

/** stem 8, depthwise 8, pointwise 12, depthwise 12, pointwise 6; a bias instead of a normalisation at the end. */
export const depthwiseNet: Model = {
  name: "depthwise-net",
  inputShape: [2, 6, 6],
  outputs: 3,
  forward(c, x) {
    const spatial = { kernel: 3, padding: 1, bias: false } as const;
    const depthwise = (n: number) => conv2d(n, { ...spatial, groups: n });
    const pointwise = (n: number) => conv2d(n, { kernel: 1, bias: false });
    let y = norm("stem", conv2d(8, spatial))(c, x);
    y = norm("dw1", depthwise(8))(c, y);
    y = norm("pw1", pointwise(12))(c, y);
    y = norm("dw2", depthwise(12))(c, y);
    y = c.scope("pw2", () => relu(c, conv2d(6, { kernel: 1 })(c, y)));
    return classify(c, y);
  },
};

/** Every layer reads all before it, through a normalisation of its own, as in DenseNet: 4, then 3, then 5 channels. */
export const denseNet: Model = {
  name: "dense-net",
  inputShape: [2, 6, 6],
  outputs: 3,
  forward(c, x) {
    const conv = (n: number) => conv2d(n, { kernel: 3, padding: 1, bias: false });
    const grow = (name: string, n: number, y: Parameters<Layer>[1]) =>
      c.scope(name, () => {
        const seen = relu(
          c,
          c.scope("bn", () => batchNorm()(c, y)),
        );
        return f.concat([y, c.scope("conv", () => conv(n)(c, seen))], { axis: 1 });
      });
    let y = c.scope("stem", () => conv(4)(c, x));
    y = grow("grow1", 3, y);
    y = grow("grow2", 5, y);
    y = relu(
      c,
      c.scope("bn", () => batchNorm()(c, y)),
    );
    return classify(c, y);
  },
};

/** Activations that are not 0 at 0, and a flattening of 3 x 3 pixels. */
export const sigmoidNet: Model = {
  name: "sigmoid-net",
  inputShape: [1, 6, 6],
  outputs: 3,
  forward(c, x) {
    const conv = c.scope("conv", () => f.sigmoid(conv2d(4, { kernel: 3, padding: 1 })(c, x)));
    const pooled = f.averagePool(conv, { kernel: 2 });
    const hidden = c.scope("hidden", () => f.sigmoid(linear(5)(c, flatten()(c, pooled))));
    return c.scope("fc", () => linear(3)(c, hidden));
  },
};
