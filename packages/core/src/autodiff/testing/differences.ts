/** Central differences of a scalar graph, by the double-precision interpreter: knows nothing of autodiff. */

import { buildGraph, type Graph, inputName, type Value } from "../../graph/index.js";
import { randomStream } from "../../random/index.js";
import { interpret, type RefTensor } from "../../reference/index.js";
import { elementCount } from "../../tensor/index.js";

export interface Difference {
  /** What was moved, for messages: "x0[3]", or "a random direction". */
  readonly label: string;
  /** How far each input moves, by name. */
  readonly direction: Readonly<Record<string, Float64Array>>;
  readonly slope: number;
}

/** Arithmetic that the differences of one input may cost; about half a second. */
const BUDGET = 2e6;
const MOST = 24;
const LEAST = 3;

/** Evaluations that are affordable for a graph. */
function affordable(graph: Graph): number {
  const work = graph.nodes.reduce((sum, node) => {
    const { macs, otherOps } = node.op.work(node);
    return sum + macs + otherOps + node.outputs.reduce((n, v) => n + elementCount(v.shape), 0);
  }, 1);
  return Math.min(MOST, Math.floor(BUDGET / (4 * work)));
}

type Feeds = Readonly<Record<string, RefTensor>>;

/** All elements of an input, or as many random ones as may be looked at. */
function chosenElements(name: string, size: number, limit: number): number[] {
  if (size <= limit) return Array.from({ length: size }, (_, i) => i);
  const stream = randomStream(3, "differences", name, size);
  return Array.from({ length: limit }, () => stream.integer(size));
}

function directionsOf(
  graph: Graph,
  names: readonly string[],
  feeds: Feeds,
): Omit<Difference, "slope">[] {
  const limit = affordable(graph);
  const sizeOf = (name: string) => feeds[name]!.data.length;
  if (limit < LEAST) {
    // One direction through all elements at once: less telling when it fails, and just as strict.
    const direction = Object.fromEntries(
      names.map((name) => {
        const stream = randomStream(3, "direction", name);
        return [name, Float64Array.from({ length: sizeOf(name) }, () => stream.normal())];
      }),
    );
    return [{ label: "a random direction", direction }];
  }
  return names.flatMap((name) =>
    chosenElements(name, sizeOf(name), limit).map((element) => {
      const move = new Float64Array(sizeOf(name));
      move[element] = 1;
      return { label: `${name}[${element}]`, direction: { [name]: move } };
    }),
  );
}

/**
 * Slopes of `loss` along single elements of `wrt`, or along one random direction where elements would take long.
 * (f(x+h) - f(x-h)) / 2h, refined once by Richardson: error O(h^4) where `loss` is smooth within h.
 */
export function centralDifferences(
  loss: Value,
  wrt: readonly Value[],
  { feeds, step = 2e-5 }: { readonly feeds: Feeds; readonly step?: number },
): Difference[] {
  const graph = buildGraph({ loss });
  return directionsOf(graph, wrt.map(inputName), feeds).map(({ label, direction }) => {
    const evaluate = (h: number) => {
      const moved = Object.entries(direction).map(([name, move]) => {
        const base = feeds[name]!;
        return [name, { ...base, data: base.data.map((v, i) => v + h * move[i]!) }];
      });
      return interpret(graph, { ...feeds, ...Object.fromEntries(moved) }).loss!.data[0]!;
    };
    const slopeAt = (h: number) => (evaluate(h) - evaluate(-h)) / (2 * h);
    return { label, direction, slope: (4 * slopeAt(step / 2) - slopeAt(step)) / 3 };
  });
}
