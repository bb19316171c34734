/** Kernels of elementwise ops, and the scalar formulas that are more than one call of Math. */

import type { DType } from "../tensor/index.js";
import { elementCount, fromNumbers, isFloat } from "../tensor/index.js";
import { broadcastPosition, forEachIndex } from "./indexing.js";
import type { Kernel } from "./types.js";

export const map =
  <A>(formula: (x: number, attrs: A) => number): Kernel<A> =>
  ([x], attrs) => [x!.data.map((v) => formula(v, attrs))];

/** Any number of operands, broadcast against each other. */
export const zip =
  <A>(formula: (...values: number[]) => number): Kernel<A> =>
  (inputs, _attrs, [out]) => {
    const data = new Float64Array(elementCount(out!.shape));
    forEachIndex(out!.shape, (index, position) => {
      data[position] = formula(...inputs.map((t) => t.data[broadcastPosition(index, t.shape)]!));
    });
    return [data];
  };

/** Like `zip`, with the result cut off towards 0 for integers. */
export const zipTruncated =
  <A>(formula: (...values: number[]) => number): Kernel<A> =>
  (inputs, attrs, outputs) => {
    const [data] = zip<A>(formula)(inputs, attrs, outputs);
    return [isFloat(outputs[0]!.dtype) ? data! : data!.map(Math.trunc)];
  };

export const truth = <A>(condition: (a: number, b: number) => boolean): Kernel<A> =>
  zip((a, b) => (condition(a!, b!) ? 1 : 0));

/** As a typed array of that type would hold it. */
export const cast: Kernel<{ readonly dtype: DType }> = ([x], { dtype }) => [
  isFloat(dtype) ? x!.data : Float64Array.from(Array.from(fromNumbers(dtype, x!.data), Number)),
];

/** Halves to the even neighbour. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

/** log(1 + e^x), written so that e^x never overflows. */
export const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const clamp = (x: number, min: number, max: number): number => Math.min(max, Math.max(min, x));

export const hardSigmoid = (x: number, alpha: number, beta: number): number =>
  clamp(alpha * x + beta, 0, 1);

/**
 * The error function to double precision: its Taylor series near 0, and the continued fraction of erfc beyond.
 *
 * reference: Abramowitz and Stegun 7.1.6 (the series with positive terms) and 7.1.14 (the fraction).
 */
export function erf(x: number): number {
  const a = Math.abs(x);
  if (Number.isNaN(x)) return x;
  const scale = Math.exp(-a * a);
  if (a < 3) {
    // erf x = 2/sqrt(pi) e^(-x^2) sum 2^n x^(2n+1) / (1 * 3 * ... * (2n+1))
    let term = a;
    let sum = a;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * a * a) / (2 * n + 1);
      sum += term;
    }
    return (Math.sign(x) * 2 * scale * sum) / Math.sqrt(Math.PI);
  }
  // sqrt(pi) e^(x^2) erfc x = 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + ...
  let fraction = a;
  for (let n = 60; n >= 1; n--) fraction = a + n / 2 / fraction;
  return Math.sign(x) * (1 - scale / Math.sqrt(Math.PI) / fraction);
}

/** x times the normal distribution function, exact or in the tanh approximation. */
export function gelu(x: number, approximate: "none" | "tanh"): number {
  const distribution =
    approximate === "none"
      ? (1 + erf(x / Math.SQRT2)) / 2
      : (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))) / 2;
  return x * distribution;
}
