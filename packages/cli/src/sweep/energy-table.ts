/** A sweep over prices of density, for the terminal: accuracy against the energy of a machine that skips zeros. */

import { formatTable, percent } from "../app/format.js";
import { type Estimate, range, type SweepPoint, seedsText } from "./summary.js";

/** How much less than the plain network: of means over the same seeds. */
function below(point: SweepPoint, plain: SweepPoint | undefined): string {
  const [own, base] = [point.firing?.reference, plain?.firing?.reference];
  return !own || !base || point === plain ? "-" : percent(1 - own.mean / base.mean, 1);
}

const shown = (e: Estimate | undefined): string => (e ? range(e, 1) : "-");

/** One line for every lambda and sigma, beside the plain network. */
export function energyTable(points: readonly SweepPoint[]): string {
  const right = "right" as const;
  const plain = points.find((p) => p.kind === "plain");
  const hasSigmas = points.some((p) => p.sigma !== undefined);
  const table = formatTable(
    [
      { title: "lambda" },
      ...(hasSigmas ? [{ title: "sigma" }] : []),
      { title: "seeds", align: right },
      { title: "test accuracy", align: right },
      { title: "not zero", align: right },
      { title: "energy, as published", align: right },
      { title: "below plain", align: right },
      { title: "energy, corrected", align: right },
    ],
    points.map((p) => [
      p.lambda === undefined ? p.kind : String(p.lambda),
      ...(hasSigmas ? [p.sigma === undefined ? "-" : String(p.sigma)] : []),
      String(p.accuracy.n),
      range(p.accuracy, 2),
      shown(p.firing?.share),
      shown(p.firing?.reference),
      below(p, plain),
      shown(p.firing?.corrected),
    ]),
  );
  return [
    table,
    "",
    `energy: simulated, as a share of the same accelerator without skipping zeros; ${seedsText(points)}`,
  ].join("\n");
}
