/** A small residual network with a connection that jumps over two exits: the odd case for cutting. */

import { conv2d, flatten, globalAveragePool, linear, type Model, relu } from "../../nn/index.js";
import { functions as f } from "../../ops/index.js";

/** [2, 6, 6] to 3 classes. Places: a (4 channels, 6x6), b (4 channels, 6x6), c (4 channels, 3x3). */
export const residualNet: Model = {
  name: "residual-net",
  inputShape: [2, 6, 6],
  outputs: 3,
  forward(c, x) {
    const conv = { kernel: 3, padding: 1, bias: false } as const;
    const stem = c.scope("stem", () => relu(c, conv2d(4, conv)(c, x)));
    const a = c.place("a", stem);
    const b = c.place(
      "b",
      c.scope("block1", () => relu(c, f.add(conv2d(4, conv)(c, a), a))),
    );
    // Reads the stem again, past two exits.
    const far = c.scope("block2", () => f.add(f.mul(b, 0.5), stem));
    const d = c.place("c", f.maxPool(far, { kernel: [2, 2], strides: [2, 2] }));
    return c.scope("fc", () => linear(3)(c, flatten()(c, globalAveragePool()(c, d))));
  },
};
