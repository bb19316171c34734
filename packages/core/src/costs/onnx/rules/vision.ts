/** Images: resampling, regions of interest, boxes. */

import { elementCount, type Shape } from "../../../tensor/index.js";
import { tensorInfo } from "../info.js";
import type { NodeView } from "../node-view.js";
import type { OpRule, RuleTable } from "../rule.js";
import type { NodeWork } from "../work.js";

/** Products and sums for each output element, per resampled axis: none for the nearest neighbour. */
const tapsOf = (mode: string): number => (mode === "cubic" ? 4 : mode === "linear" ? 2 : 0);

function resample(n: NodeView, axes: number, mode: string): NodeWork {
  const count = elementCount(n.out());
  const taps = tapsOf(mode === "bilinear" ? "linear" : mode === "bicubic" ? "cubic" : mode);
  return {
    elements: { resample: count },
    otherOps: taps === 0 ? 0 : count * (2 * taps ** axes - 1),
  };
}

function resizedShape(n: NodeView): Shape {
  const x = n.shape(0);
  const axes = n.list("axes")?.map((a) => n.axis(a, x.length)) ?? [...x.keys()];
  const old = n.version < 11;
  const sizes = old ? undefined : n.ints(3);
  const result = [...x];
  if (sizes && sizes.length > 0) {
    const policy = n.string("keep_aspect_ratio_policy") ?? "stretch";
    const ratios = axes.map((axis, i) => sizes[i]! / x[axis]!);
    const ratio = policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios);
    axes.forEach((axis, i) => {
      // Half away from zero, as the definition asks.
      result[axis] = policy === "stretch" ? sizes[i]! : Math.floor(ratio * x[axis]! + 0.5);
    });
    return result;
  }
  const scales = n.ints(old ? 1 : 2);
  if (!scales || scales.length !== axes.length) return n.refuse("neither sizes nor scales fit");
  const region = n.string("coordinate_transformation_mode") === "tf_crop_and_resize" && n.ints(1);
  axes.forEach((axis, i) => {
    const part = region ? region[i + axes.length]! - region[i]! : 1;
    result[axis] = Math.floor(x[axis]! * part * scales[i]!);
  });
  return result;
}

/** Axes whose length changes: the others need no interpolation. */
const changedAxes = (n: NodeView): number => {
  const x = n.shape(0);
  return n.out().filter((d, i) => d !== x[i]).length;
};

const resize: OpRule = {
  infer: (n) => tensorInfo(n.tensor(0).elementType, resizedShape(n)),
  work: (n) => resample(n, changedAxes(n), n.string("mode") ?? "nearest"),
  roles: { 1: "constant", 2: "constant", 3: "constant" },
};

const upsample: OpRule = {
  infer: (n) => {
    const x = n.shape(0);
    const scales = n.version < 9 ? n.list("scales") : n.ints(1);
    if (scales?.length !== x.length) return n.refuse("its scales do not fit");
    return tensorInfo(
      n.tensor(0).elementType,
      x.map((d, i) => Math.floor(d * scales[i]!)),
    );
  },
  work: (n) => resample(n, changedAxes(n), n.string("mode") ?? "nearest"),
  roles: { 1: "constant" },
};

const gridSample: OpRule = {
  infer: (n) => {
    const x = n.shapeOfRank(0, 3);
    const grid = n.shapeOfRank(1, x.length, x.length);
    return tensorInfo(n.tensor(0).elementType, [x[0]!, x[1]!, ...grid.slice(1, -1)]);
  },
  work: (n) => resample(n, n.shape(0).length - 2, n.string("mode") ?? "linear"),
};

const affineGrid: OpRule = {
  infer: (n) => {
    const size = n.ints(1) ?? n.refuse("its size is missing");
    const spatial = size.slice(2);
    return tensorInfo(n.tensor(0).elementType, [size[0]!, ...spatial, spatial.length]);
  },
  // A product with a matrix [d, d + 1] for each point.
  work: (n) => ({ macs: elementCount(n.out()) * (n.out().at(-1)! + 1), macKind: "matmul" }),
};

const roiAlign: OpRule = {
  infer: (n) => {
    const x = n.shapeOfRank(0, 4, 4);
    const [rois] = n.shapeOfRank(1, 2, 2);
    const size = [n.int("output_height") ?? 1, n.int("output_width") ?? 1];
    return tensorInfo(n.tensor(0).elementType, [rois!, x[1]!, ...size]);
  },
  work: (n) => {
    const ratio = n.int("sampling_ratio") ?? 0;
    if (ratio === 0) n.unknown("the number of samples depends on the size of each region");
    const count = elementCount(n.out());
    return { elements: { resample: count }, otherOps: count * ratio * ratio * 8 };
  },
};

const maxRoiPool: OpRule = {
  infer: (n) => {
    const x = n.shapeOfRank(0, 4, 4);
    const [rois] = n.shapeOfRank(1, 2, 2);
    const shape = n.list("pooled_shape") ?? n.refuse("pooled_shape is missing");
    return tensorInfo(n.tensor(0).elementType, [rois!, x[1]!, ...shape]);
  },
  work: (n) => n.unknown("the size of each region depends on data"),
};

const nonMaxSuppression: OpRule = {
  infer: () => tensorInfo("int64", [Number.NaN, 3]),
  // Every pair of boxes of a class may be compared; how many are depends on the scores.
  work: (n) => n.unknown("the number of compared boxes depends on data"),
};

const imageDecoder: OpRule = {
  infer: (n) => {
    const channels = n.string("pixel_format") === "Grayscale" ? 1 : 3;
    return tensorInfo("uint8", [Number.NaN, Number.NaN, channels]);
  },
  work: (n) => n.unknown("decoding work depends on the image file"),
};

export const vision = {
  Resize: resize,
  Upsample: upsample,
  GridSample: gridSample,
  AffineGrid: affineGrid,
  RoiAlign: roiAlign,
  MaxRoiPool: maxRoiPool,
  NonMaxSuppression: nonMaxSuppression,
  ImageDecoder: imageDecoder,
} satisfies RuleTable;
