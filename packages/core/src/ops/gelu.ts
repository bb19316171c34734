/** Gelu: x * Phi(x), with Phi the normal distribution function. */

import { createNode, type Value } from "../graph/index.js";
import { unaryOp } from "./elementwise.js";

export interface GeluAttrs {
  readonly approximate: "none" | "tanh";
}

// tanh form: Phi(x) is about (1 + tanh(c (x + k x^3))) / 2 with c = sqrt(2 / pi), k = 0.044715 (Hendrycks and Gimpel 2016).
const c = Math.sqrt(2 / Math.PI);
const k = 0.044715;

export const geluOp = unaryOp<GeluAttrs>({
  kind: "Gelu",
  layer: () => "activation",
  keepsZero: true,
  ops: 5,
  native: ["float32"],
  onnxAttrs: ({ approximate }) => ({ approximate }),
  gradient: (f, g, x, _y, { approximate }) => {
    const squared = f.mul(x, x);
    if (approximate === "none") {
      // Phi(x) + x phi(x)
      const distribution = f.mul(f.add(f.erf(f.mul(x, Math.SQRT1_2)), 1), 0.5);
      const density = f.mul(f.exp(f.mul(squared, -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return f.mul(g, f.add(distribution, f.mul(x, density)));
    }
    const t = f.tanh(f.mul(x, f.add(f.mul(squared, c * k), c)));
    // (1 + t) / 2 + x / 2 (1 - t^2) c (1 + 3 k x^2)
    const inner = f.mul(f.mul(x, 0.5), f.add(f.mul(squared, 3 * c * k), c));
    const slope = f.mul(f.sub(1, f.mul(t, t)), inner);
    return f.mul(g, f.add(f.mul(f.add(t, 1), 0.5), slope));
  },
});

/**
 * x * Phi(x), exact or in the `tanh` approximation. Default `none`: exact.
 *
 * @example
 * const [y] = evaluateHost(gelu(x).node, [tensor("float32", [3], [-1, 0, 1])]);
 * y!.data // Float32Array [-0.1587, 0, 0.8413]
 */
export const gelu = (x: Value, { approximate = "none" }: Partial<GeluAttrs> = {}): Value =>
  createNode(geluOp, [x], { approximate })[0]!;
