/** Cycles and accesses of a systolic array, in closed form, as SCALE-Sim counts them. */

import { UserError } from "../../base/index.js";

export interface SystolicArray {
  readonly rows: number;
  readonly columns: number;
}

/** A convolution without groups, or a matrix product with `kernel` 1: taps = kernel area * input channels. */
export interface SystolicLayer {
  /** Products per output element. */
  readonly taps: number;
  readonly filters: number;
  /** Output positions: height * width. */
  readonly positions: number;
}

/** What stays in the array: weights, outputs or inputs. */
export type Dataflow = "weight-stationary" | "output-stationary" | "input-stationary";

export interface SystolicReport {
  readonly folds: number;
  readonly cycles: number;
  /** Share of multiplier-cycles that do work. */
  readonly overallUtilisation: number;
  /** Share of multipliers that hold something, mean over folds. */
  readonly mappingEfficiency: number;
  /** As SCALE-Sim prints it: each fold is charged its fill of columns once more. */
  readonly computeUtilisation: number;
  /** Elements read from and written to on-chip memory; weight-stationary only. */
  readonly sram?: { readonly inputs: number; readonly weights: number; readonly outputs: number };
}

/** Which dimension lies along the rows, along the columns, and in time (Samajdar et al., ISPASS 2020, Table III). */
const mappings: Readonly<
  Record<Dataflow, (l: SystolicLayer) => { rows: number; columns: number; time: number }>
> = {
  "weight-stationary": (l) => ({ rows: l.taps, columns: l.filters, time: l.positions }),
  "output-stationary": (l) => ({ rows: l.positions, columns: l.filters, time: l.taps }),
  "input-stationary": (l) => ({ rows: l.taps, columns: l.positions, time: l.filters }),
};

export const dataflows = Object.keys(mappings) as readonly Dataflow[];

function requireCounts(counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new UserError("E_CONFIG", `${name} is ${value}`, {
      allowed: "a whole number of at least 1",
    });
  }
}

/**
 * Cycles of one layer without stalls for memory: folds * (2 R + C + T - 2) - 1 with
 * folds = ceil(rows / R) * ceil(columns / C) (Samajdar et al., "A systematic methodology for characterizing scalability
 * of DNN accelerators using SCALE-Sim", ISPASS 2020). The last -1 is the tool's, which counts from zero; the form was
 * compared with the tool for the weight-stationary dataflow. Traffic to DRAM depends on buffers and is not in it.
 *
 * @throws UserError E_CONFIG for sizes that are no whole numbers of at least 1.
 * @example
 * // AlexNet's first convolution: 11 x 11 x 3 to 96 filters, 55 x 55 outputs.
 * const layer = { taps: 11 * 11 * 3, filters: 96, positions: 55 * 55 };
 * systolicCycles(layer, { rows: 32, columns: 32 }).cycles // 112283
 */
export function systolicCycles(
  layer: SystolicLayer,
  array: SystolicArray,
  dataflow: Dataflow = "weight-stationary",
): SystolicReport {
  requireCounts({ ...layer, ...array });
  const mapping = mappings[dataflow];
  if (!mapping) {
    throw new UserError("E_CONFIG", `no dataflow "${dataflow}"`, { allowed: dataflows.join(", ") });
  }
  const { rows, columns, time } = mapping(layer);
  const rowFolds = Math.ceil(rows / array.rows);
  const columnFolds = Math.ceil(columns / array.columns);
  const folds = rowFolds * columnFolds;
  const perFold = 2 * array.rows + array.columns + time - 2;
  const cycles = folds * perFold - 1;
  const multipliers = array.rows * array.columns;
  const mappingEfficiency = (rows * columns) / (folds * multipliers);
  return {
    folds,
    cycles,
    overallUtilisation: (layer.taps * layer.filters * layer.positions) / (multipliers * cycles),
    mappingEfficiency,
    computeUtilisation: (mappingEfficiency * time) / (perFold + array.columns - 1),
    ...(dataflow === "weight-stationary"
      ? {
          sram: {
            inputs: layer.taps * layer.positions * columnFolds,
            weights: layer.taps * layer.filters,
            outputs: layer.positions * layer.filters * rowFolds,
          },
        }
      : {}),
  };
}
