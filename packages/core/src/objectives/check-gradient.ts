/** Checks that a cost really moves decisions: autodiff against central differences, and a step downhill. */

import { gradients } from "../autodiff/index.js";
import { buildGraph, type Graph, inputName, type Value } from "../graph/index.js";
import { functions as f } from "../ops/index.js";
import { fromHost, interpret, type RefTensor } from "../reference/index.js";
import type { HostTensor } from "../tensor/index.js";
import { gradientReaches } from "./reach.js";

export interface CheckedParameter {
  readonly path: string;
  /** A graph input. */
  readonly value: Value;
}

export interface CheckGradientOptions {
  /** Soft costs by name: scalars, or [N], of which the mean is taken. */
  readonly costs: Readonly<Record<string, Value>>;
  /** Of the decisions. */
  readonly parameters: readonly CheckedParameter[];
  /** A value for every graph input that the costs read, the parameters included. */
  readonly feeds: Readonly<Record<string, HostTensor | RefTensor>>;
  /**
   * What central differences are taken of, where that is not the cost itself: a straight-through gate has the value of the
   * hard decision and the gradient of the soft one, so its soft counterpart belongs here.
   */
  readonly smooth?: Readonly<Record<string, Value>>;
  /** Distance of central differences. Default 1e-4. */
  readonly step?: number;
  /** Relative error that is still right. Default 1e-3. */
  readonly tolerance?: number;
  /** How many elements of a parameter are compared, evenly spaced. Default 6. */
  readonly elements?: number;
}

/**
 * right: gradient and differences agree, and a step against the gradient lowers the cost. wrong: they do not agree.
 * detached: the cost changes with the parameter, and no gradient gets there. ascends: a small step downhill raises the cost.
 * unmoved: the cost does not change with the parameter here, and the gradient says so.
 */
export type GradientVerdict = "right" | "wrong" | "detached" | "ascends" | "unmoved";

export interface GradientRow {
  readonly cost: string;
  readonly parameter: string;
  readonly verdict: GradientVerdict;
  /** Where gradient and differences are furthest apart. */
  readonly worst: { readonly element: number; readonly autodiff: number; readonly numeric: number };
  /** Of the compared elements. */
  readonly largest: number;
  /** How much of the predicted fall a small step brings: near 1 where all is well; absent where there is none to predict. */
  readonly fall?: number;
}

export interface GradientReport {
  /** No row is wrong, detached or ascending, and every cost has a row that is right. */
  readonly passed: boolean;
  readonly rows: readonly GradientRow[];
  /** Costs that move nothing. */
  readonly idle: readonly string[];
}

type Feeds = Readonly<Record<string, RefTensor>>;

const scalarOf = (v: Value): Value => (v.shape.length === 0 ? v : f.reduceMean(v));

/** As the interpreter takes it. Float64Array of other types than float64 is one already. */
const asReference = (t: HostTensor | RefTensor): RefTensor =>
  t.data instanceof Float64Array ? (t as RefTensor) : fromHost(t as HostTensor);

const fedTo = (graph: Graph, feeds: Feeds): Feeds =>
  Object.fromEntries(
    graph.inputs
      .map(inputName)
      .map((n) => [n, feeds[n]!] as const)
      .filter(([, t]) => t),
  );

const numbersOf = (graph: Graph, feeds: Feeds): Record<string, number> =>
  Object.fromEntries(
    Object.entries(interpret(graph, fedTo(graph, feeds))).map(([k, t]) => [k, t.data[0]!]),
  );

/** Feeds with a parameter moved by `by(i)` in element i. */
function moved(feeds: Feeds, name: string, by: (i: number) => number): Feeds {
  const t = feeds[name]!;
  return { ...feeds, [name]: { ...t, data: t.data.map((v, i) => v + by(i)) } };
}

function spaced(n: number, count: number): number[] {
  const k = Math.min(n, count);
  return [...new Set(Array.from({ length: k }, (_, i) => Math.floor((i * n) / k)))];
}

/** d cost / d parameter for each pair, undefined where there is no path; one run for all. */
function autodiffOf(
  costs: Readonly<Record<string, Value>>,
  parameters: readonly CheckedParameter[],
  feeds: Feeds,
): (cost: string, at: number) => Float64Array | undefined {
  const outputs: Record<string, Value> = {};
  for (const [cost, value] of Object.entries(costs)) {
    const reached = gradientReaches(
      value,
      parameters.map((p) => p.value),
    );
    const targets = parameters.filter((_, i) => reached[i]);
    const slopes = gradients(
      value,
      targets.map((p) => p.value),
    );
    targets.forEach((p, i) => {
      outputs[`${cost}\n${parameters.indexOf(p)}`] = slopes[i]!;
    });
  }
  const graph = buildGraph(outputs);
  const found = interpret(graph, fedTo(graph, feeds));
  return (cost, at) => found[`${cost}\n${at}`]?.data;
}

interface Comparison {
  readonly autodiff: Float64Array | undefined;
  /** Central differences of the compared elements, at the step and at a hundredth of it. */
  readonly numeric: readonly {
    readonly element: number;
    readonly coarse: number;
    readonly fine: number;
  }[];
  /** Size of the cost: differences below its rounding mean nothing. */
  readonly size: number;
  readonly tolerance: number;
}

function compare({ autodiff, numeric, size, tolerance }: Comparison) {
  const noise = 1e-9 * size;
  let worst = { element: 0, autodiff: 0, numeric: 0 };
  let largest = 0;
  let isWrong = false;
  let isMoved = false;
  for (const { element, coarse, fine } of numeric) {
    const slope = autodiff?.[element] ?? 0;
    // Across a kink the coarse difference is a mixture of both sides; the fine one most likely is not.
    const near = Math.abs(slope - coarse) <= Math.abs(slope - fine) ? coarse : fine;
    const error = Math.abs(slope - near);
    if (error >= Math.abs(worst.autodiff - worst.numeric)) {
      worst = { element, autodiff: slope, numeric: near };
    }
    largest = Math.max(largest, Math.abs(slope));
    isMoved ||= Math.abs(near) > noise;
    isWrong ||= error > tolerance * Math.max(Math.abs(slope), Math.abs(near)) + noise;
  }
  return { worst, largest, isWrong, isMoved };
}

/**
 * Whether the gradient of each cost in each decision parameter is there, is right, and leads downhill. In double precision,
 * with the same feeds throughout, so that noise is the same on both sides of a difference.
 *
 * @throws UserError E_GRADIENT for a cost with an op that has no gradient on the way to a parameter.
 * @example
 * const gate = input("gate", []);
 * const right = mul(sigmoid(gate), 8);
 * const detached = stopGradient(right);
 * const feeds = { gate: scalar("float32", 0) };
 * const report = checkComputeGradient({ costs: { right, detached }, parameters: [{ path: "gate", value: gate }], feeds });
 * report.rows.map((r) => r.verdict) // ["right", "detached"]
 * report.passed // false
 */
export function checkComputeGradient(options: CheckGradientOptions): GradientReport {
  const { parameters, step = 1e-4, tolerance = 1e-3, elements = 6 } = options;
  const costs = Object.fromEntries(Object.entries(options.costs).map(([k, v]) => [k, scalarOf(v)]));
  const names = Object.keys(costs);
  const smooth = Object.fromEntries(
    names.map((name) => [name, scalarOf(options.smooth?.[name] ?? costs[name]!)]),
  );
  const feeds: Feeds = Object.fromEntries(
    Object.entries(options.feeds).map(([k, t]) => [k, asReference(t)]),
  );
  const graph = buildGraph(smooth);
  const sizes = numbersOf(graph, feeds);
  const autodiff = autodiffOf(costs, parameters, feeds);

  const rows = parameters.flatMap(({ path, value }, at) => {
    const input = inputName(value);
    const difference = (element: number, h: number) => {
      const side = (by: number) =>
        numbersOf(
          graph,
          moved(feeds, input, (i) => (i === element ? by : 0)),
        );
      const [above, below] = [side(h), side(-h)];
      return (cost: string) => (above[cost]! - below[cost]!) / (2 * h);
    };
    const differences = spaced(feeds[input]!.data.length, elements).map((element) => ({
      element,
      coarse: difference(element, step),
      fine: difference(element, step / 100),
    }));
    return names.map((cost): GradientRow => {
      const slopes = autodiff(cost, at);
      const { worst, largest, isWrong, isMoved } = compare({
        autodiff: slopes,
        numeric: differences.map((d) => ({ ...d, coarse: d.coarse(cost), fine: d.fine(cost) })),
        size: Math.abs(sizes[cost]!),
        tolerance,
      });
      const identity = { cost, parameter: path, worst, largest };
      const steepest = slopes?.reduce((n, v) => Math.max(n, Math.abs(v)), 0) ?? 0;
      if (steepest === 0) return { ...identity, verdict: isMoved ? "detached" : "unmoved" };
      if (isWrong) return { ...identity, verdict: "wrong" };
      // Downhill by `step` in the steepest element.
      const rate = step / steepest;
      const downhill = numbersOf(
        buildGraph({ cost: smooth[cost]! }),
        moved(feeds, input, (i) => -rate * slopes![i]!),
      ).cost!;
      const fallen = sizes[cost]! - downhill;
      const predicted = rate * slopes!.reduce((n, v) => n + v * v, 0);
      const isTiny = predicted <= 1e-12 * Math.abs(sizes[cost]!);
      if (isTiny) return { ...identity, verdict: "unmoved" };
      const verdict = fallen > 0 ? "right" : "ascends";
      return { ...identity, verdict, fall: fallen / predicted };
    });
  });
  const idle = names.filter((n) => !rows.some((r) => r.cost === n && r.verdict === "right"));
  const failures = new Set<GradientVerdict>(["wrong", "detached", "ascends"]);
  return { passed: idle.length === 0 && !rows.some((r) => failures.has(r.verdict)), rows, idle };
}
