/** What `frugal train` prints of masks, where no certificate does. */

import { percent } from "../app/format.js";
import type { MaskRecord } from "./file.js";

export function masksLines({ kind, kept, density, exported, note }: MaskRecord): string[] {
  const { file, parameters, nonZeroParameters } = exported;
  const whole = (n: number) => n.toLocaleString("en-US");
  const each = Object.entries(kept).map(([path, k]) => `${path} ${k.kept}/${k.of}`);
  return [
    `masks      ${kind}, density ${percent(density, 2)}: ${each.join(", ")}`,
    `file       ${file}: ${whole(nonZeroParameters)} of ${whole(parameters)} parameters are not zero`,
    `note       ${note}`,
  ];
}
