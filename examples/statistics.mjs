// What the checks of the examples calculate and print with.

import { readFileSync } from "node:fs";

export const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

export const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
export const deviation = (values) => {
  const m = mean(values);
  return Math.sqrt(values.reduce((s, v) => s + (v - m) ** 2, 0) / (values.length - 1));
};

export const percent = (share, digits = 2) => `${(100 * share).toFixed(digits)} %`;
/** Mean and standard deviation over seeds. */
export const spread = (values, digits = 2) =>
  values.length < 2
    ? percent(values[0], digits)
    : `${(100 * mean(values)).toFixed(digits)} ± ${(100 * deviation(values)).toFixed(digits)} %`;
