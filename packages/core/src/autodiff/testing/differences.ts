/** Central differences of a scalar graph, by the double-precision interpreter: knows nothing of autodiff. */

import { buildGraph, inputName, type Value } from "../../graph/index.js";
import { randomStream } from "../../random/index.js";
import { interpret, type RefTensor } from "../../reference/index.js";

export interface Difference {
  readonly input: string;
  readonly element: number;
  readonly slope: number;
}

/**
 * Slopes of `loss` along single elements of `wrt`: all elements, or `limit` random ones per input.
 * (f(x+h) - f(x-h)) / 2h, refined once by Richardson: error O(h^4).
 */
export function centralDifferences(
  loss: Value,
  wrt: readonly Value[],
  {
    feeds,
    limit = 24,
    step = 1e-3,
  }: {
    readonly feeds: Readonly<Record<string, RefTensor>>;
    readonly limit?: number;
    readonly step?: number;
  },
): Difference[] {
  const graph = buildGraph({ loss });
  const evaluate = (name: string, element: number, delta: number) => {
    const base = feeds[name]!;
    const data = base.data.slice();
    data[element]! += delta;
    return interpret(graph, { ...feeds, [name]: { ...base, data } }).loss!.data[0]!;
  };
  return wrt.flatMap((value) => {
    const name = inputName(value);
    const size = feeds[name]!.data.length;
    const stream = randomStream(3, "differences", name, size);
    const elements =
      size <= limit
        ? Array.from({ length: size }, (_, i) => i)
        : Array.from({ length: limit }, () => stream.integer(size));
    return elements.map((element) => {
      const slopeAt = (h: number) =>
        (evaluate(name, element, h) - evaluate(name, element, -h)) / (2 * h);
      // Richardson needs smoothness within the step; a small one keeps clear of kinks.
      const slope = (4 * slopeAt(step / 2) - slopeAt(step)) / 3;
      return { input: name, element, slope };
    });
  });
}
