/** What an exit adds to a place of the network: a classifier and, where asked for, a gate. */

import { UserError } from "../base/index.js";
import type { Value } from "../graph/index.js";
import { type Context, initializers, linear } from "../nn/index.js";
import { functions as f } from "../ops/index.js";

/** Whether exits have a trained gate that gives a hazard, or are left by the classifier's own confidence. */
export type GateKind = "hazard" | "none";

export interface HeadOptions {
  /** Default "hazard". */
  readonly gate?: GateKind;
  /**
   * First bias of the gates. Default -2, a hazard of 0.12: the deep path must learn before gates open. Eager gates
   * (0 and above) starve it from the first step, far lower ones take long to open at all.
   */
  readonly gateBias?: number;
  /**
   * What the gate's error may change. Default "gate": only its own weights. The cost pushes every hazard up at every
   * step; let through ("trunk"), it bends features towards being easy to leave rather than easy to classify.
   */
  readonly gateGradient?: "gate" | "trunk";
  /**
   * Side of the grid of averages that a head sees of an image. Default 2: knowing roughly where things are is worth far
   * more at early places than the head's four times as many (few) weights cost. 1 is global average pooling.
   */
  readonly grid?: number;
  /**
   * Width of a hidden layer in every classifier. Default 0: linear. Early features are not made to be linearly
   * separable, so on images larger than a few pixels `grid: 4, hidden: 64` buys much accuracy for little.
   */
  readonly hidden?: number;
}

/** Where an exit leaves the network. */
export interface ExitPoint {
  /** Name of the place; the last exit is "final". */
  readonly name: string;
  /** [N, classes]. */
  readonly logits: Value;
  /** [N], in (0, 1): the probability of leaving here, given that the sample came here. Absent at the last exit. */
  readonly hazard?: Value;
  /** [N]: the hazard before the sigmoid, and where it began. */
  readonly gate?: { readonly logit: Value; readonly bias: number };
}

function requireWhole({ grid, hidden }: { readonly grid: number; readonly hidden: number }): void {
  if (Number.isInteger(grid) && grid >= 1 && Number.isInteger(hidden) && hidden >= 0) return;
  throw new UserError("E_CONFIG", `an exit head with grid ${grid} and hidden ${hidden}`, {
    where: "exits",
    allowed: "whole numbers; grid at least 1, hidden at least 0",
  });
}

/** Features of a place as [N, features]: averages over a grid for images and sequences, the features themselves otherwise. */
function pooled(x: Value, grid: number): Value {
  const [n = 1, channels = 1, ...extent] = x.shape;
  if (extent.length === 0) return x;
  const sides = extent.map((d) => Math.min(d, grid));
  // Equal windows that end where the image ends; they overlap where the side does not divide.
  const strides = extent.map((d, i) => Math.floor(d / sides[i]!));
  const average = sides.every((s) => s === 1)
    ? mean(x)
    : f.averagePool(x, {
        kernel: extent.map((d, i) => d - (sides[i]! - 1) * strides[i]!),
        strides,
      });
  const cells = average.shape.slice(2).reduce((a, b) => a * b, 1);
  return average.shape.length === 2 ? average : f.reshape(average, [n, channels * cells]);
}

/** The mean over everything but batch and channels. */
const mean = (x: Value): Value =>
  x.shape.length === 4
    ? f.globalAveragePool(x)
    : f.reduceMean(x, { axes: x.shape.slice(2).map((_, i) => i + 2) });

/** ln(p / (1 - p)) of the most probable class, [N, 1]: linear in what a logistic gate needs. Clipped where float32 ends. */
function confidenceLogOdds(logits: Value): Value {
  const top = f.reduceMax(f.softmax(logits, { axis: -1 }), { axes: [1], keepDims: true });
  const p = f.clip(top, { min: 1e-4, max: 1 - 1e-4 });
  return f.sub(f.log(p), f.log(f.sub(1, p)));
}

/**
 * Classifier and gate at a place: `exits.<place>.fc` (and `.hidden`), `exits.<place>.gate`.
 *
 * The gate sees what the last layer of the classifier sees, and how sure the classifier is: the best single predictor of being right, and free.
 * Its weights start at zero, so at first all gates stand at sigmoid(gateBias).
 */
export function exitHead(
  c: Context,
  x: Value,
  { name, classes, ...options }: HeadOptions & { readonly name: string; readonly classes: number },
): ExitPoint {
  const { gate = "hazard", gateBias = -2, gateGradient = "gate", grid = 2, hidden = 0 } = options;
  requireWhole({ grid, hidden });
  return c.scope(`exits.${name}`, () => {
    const cells = pooled(x, grid);
    const features = hidden > 0 ? c.scope("hidden", () => f.relu(linear(hidden)(c, cells))) : cells;
    const logits = c.scope("fc", () => linear(classes)(c, features));
    if (gate === "none") return { name, logits };
    const seen = f.concat([features, confidenceLogOdds(logits)], { axis: 1 });
    const layer = linear(1, {
      init: initializers.zeros,
      biasInit: initializers.constant(gateBias),
    });
    const score = c.scope("gate", () =>
      layer(c, gateGradient === "gate" ? f.stopGradient(seen) : seen),
    );
    const logit = f.reshape(score, [x.shape[0] ?? 1]);
    return { name, logits, hazard: f.sigmoid(logit), gate: { logit, bias: gateBias } };
  });
}
