/** What fired, for the terminal: a line a kind of layer, and the energy under them. */

import type { FiringEnergy, FiringEvaluation } from "@frugal/core/evaluation";
import { formatTable, percent } from "../app/format.js";

const share = ({ ratio, interval }: FiringEnergy): string =>
  interval === null
    ? percent(ratio)
    : `${percent(ratio)} ± ${(50 * (interval.high - interval.low)).toFixed(1)}`;

export function firingTable({ firing, energy }: FiringEvaluation): string {
  const layersOf = (kind: string) => firing.layers.filter((l) => l.kind === kind);
  const rows = Object.entries(firing.byKind).map(([kind, pooled]) => {
    const shares = layersOf(kind).map((l) => l.share);
    return [
      kind,
      String(shares.length),
      percent(pooled.share),
      `${percent(Math.min(...shares))} to ${percent(Math.max(...shares))}`,
    ];
  });
  const { reference, corrected } = energy;
  return [
    formatTable(
      [
        { title: "layers" },
        { title: "number", align: "right" },
        { title: "not zero", align: "right" },
        { title: "layer by layer", align: "right" },
      ],
      rows,
    ),
    `energy on a zero-skipping accelerator, of the same one without skipping, simulated:`,
    `  as published, batch ${reference.batchSize}   ${share(reference)}`,
    `  corrected, batch 1        ${share(corrected)}`,
  ].join("\n");
}
