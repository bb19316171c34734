/** Kernels of matrix products. */

import type { GemmAttrs } from "../ops/gemm.js";
import { elementCount } from "../tensor/index.js";
import { broadcastPosition, forEachIndex } from "./indexing.js";
import type { Kernel } from "./types.js";

export const matmul: Kernel<unknown> = ([a, b], _attrs, [y]) => {
  const out = new Float64Array(elementCount(y!.shape));
  const depth = a!.shape.at(-1)!;
  forEachIndex(y!.shape, (index, at) => {
    const batch = index.slice(0, -2);
    const [row, column] = index.slice(-2) as [number, number];
    for (let k = 0; k < depth; k++) {
      // Row and depth index full axes even where they have length 1, so broadcasting pins only the batch.
      const left = a!.data[broadcastPosition([...batch, row, k], a!.shape)]!;
      out[at]! += left * b!.data[broadcastPosition([...batch, k, column], b!.shape)]!;
    }
  });
  return [out];
};

export const gemm: Kernel<GemmAttrs> = ([a, b, c], { transA, transB, alpha, beta }, [y]) => {
  const out = new Float64Array(elementCount(y!.shape));
  const depth = a!.shape[transA ? 0 : 1]!;
  forEachIndex(y!.shape, (index, at) => {
    const [row, column] = index as [number, number];
    let sum = 0;
    for (let k = 0; k < depth; k++) {
      const left = broadcastPosition(transA ? [k, row] : [row, k], a!.shape);
      const right = broadcastPosition(transB ? [column, k] : [k, column], b!.shape);
      sum += a!.data[left]! * b!.data[right]!;
    }
    out[at] = alpha * sum + (c ? beta * c.data[broadcastPosition(index, c.shape)]! : 0);
  });
  return [out];
};
