/** The same model with fewer or more channels: what pruning leaves, and what it must be compared with. */

import { UserError } from "../base/index.js";
import { currentPath } from "../graph/index.js";
import { traceModel } from "./trace.js";
import type { Context, Model } from "./types.js";

/** A context that answers `width` by a table. */
function narrowed(c: Context, widthAt: (declared: number) => number): Context {
  return Object.create(c, { width: { value: widthAt } }) as Context;
}

export type Widths = Readonly<Record<string, number>>;

/**
 * Outputs of every convolution and linear layer as the model declares them, by layer path.
 *
 * @example
 * widthsOf(mlp({ sizes: [8, 16, 4] })) // { hidden0: 16, output: 4 }
 */
export function widthsOf(model: Model): Record<string, number> {
  const found: Record<string, number> = {};
  const recording: Model = {
    ...model,
    forward: (c, x) =>
      model.forward(
        narrowed(c, (declared) => {
          found[currentPath()] = declared;
          return c.width(declared);
        }),
        x,
      ),
  };
  traceModel(recording, { batchSize: 1, training: false });
  return found;
}

/**
 * The model with other numbers of outputs at some layers, by layer path. Layers that work on what they are given, such
 * as batch normalisation, follow; an input that two layers add up must come out equally wide.
 *
 * partial: some of the layers may be missing, as the heads of exits are where the model is traced without. Default false.
 *
 * @throws UserError E_CONFIG, when the model is traced, for a path that is no convolution or linear layer.
 * @example
 * const narrow = withWidths(mlp({ sizes: [8, 16, 4] }), { hidden0: 5 });
 * traceModel(narrow, { batchSize: 1, training: false }).parameters[0].value.shape // [5, 8]
 */
export function withWidths(
  model: Model,
  widths: Widths,
  { partial = false }: { readonly partial?: boolean } = {},
): Model {
  for (const [path, width] of Object.entries(widths)) {
    if (Number.isInteger(width) && width >= 1) continue;
    throw new UserError("E_CONFIG", `the layer "${path}" is to have ${width} outputs`, {
      where: "widths",
      allowed: "a whole number of at least 1",
    });
  }
  return {
    ...model,
    forward(c, x) {
      const asked = new Set<string>();
      const y = model.forward(
        narrowed(c, (declared) => {
          const path = currentPath();
          const width = widths[path];
          if (width === undefined) return c.width(declared);
          asked.add(path);
          return c.width(width);
        }),
        x,
      );
      const unknown = Object.keys(widths).find((path) => !asked.has(path));
      if (unknown === undefined || partial) return y;
      throw new UserError("E_CONFIG", `the model "${model.name}" has no layer "${unknown}"`, {
        where: "widths",
        allowed: Object.keys(widthsOf(model)).join(", "),
      });
    },
  };
}
