/** Every ONNX operator that can be imported. */

import { constants } from "./constants.js";
import { elementwise } from "./elementwise.js";
import { indexing } from "./indexing.js";
import { linear } from "./linear.js";
import { losses } from "./losses.js";
import { movement } from "./movement.js";
import type { ImporterTable } from "./node.js";
import { normalise } from "./normalise.js";
import { reductions } from "./reduce.js";

export const importers: ImporterTable = {
  ...constants,
  ...elementwise,
  ...indexing,
  ...linear,
  ...losses,
  ...movement,
  ...normalise,
  ...reductions,
};
