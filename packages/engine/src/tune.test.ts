import { createNode, input, type Lowering, type Node, standardTarget } from "@frugal/core/graph";
import { relu } from "@frugal/core/ops";
import { expect, test } from "vitest";
import { type Measure, type TuningCache, tuneLowerings } from "./tune.js";

/** A Relu that can be computed in so many ways. */
function nodeWith(names: readonly string[]): Node {
  const x = input("x", [4]);
  const { op, attrs } = relu(x).node;
  const [first, ...rest] = names.map((name): Lowering => ({ ...op.lowerings[0]!, name }));
  return createNode({ ...op, lowerings: [first!, ...rest] }, [x], attrs)[0]!.node;
}

const memory = (): TuningCache => {
  const known = new Map<string, string>();
  return { get: (key) => known.get(key), set: (k, v) => known.set(k, v), save() {} };
};

/** Says that candidate i takes times[i] microseconds. */
function measured(times: readonly number[]): Measure & { calls: number } {
  const measure = Object.assign(
    async (...[, , runs]: Parameters<Measure>) => {
      measure.calls++;
      return Array.from({ length: runs }, () =>
        times.map((durationUs, i) => ({
          ...{ phase: "forward", path: String(i), op: "Relu", kernel: "Relu" },
          ...{ startUs: 0, durationUs },
        })),
      ).flat();
    },
    { calls: 0 },
  );
  return measure;
}

async function chosen(names: readonly string[], cache: TuningCache, measure: Measure) {
  const node = nodeWith(names);
  const choose = await tuneLowerings([node], { target: standardTarget, cache, measure });
  return choose(node, node.op.lowerings as readonly Lowering[]).name;
}

test("the fastest lowering is chosen, measured once and then remembered", async () => {
  const [cache, measure] = [memory(), measured([50, 100])];
  expect(await chosen(["general", "special"], cache, measure)).toBe("general");
  expect(await chosen(["general", "special"], cache, measure)).toBe("general");
  expect(measure.calls).toBe(1);
});

test("the most specialised lowering, which is the last, is kept unless another is clearly faster", async () => {
  expect(await chosen(["general", "special"], memory(), measured([90, 100]))).toBe("special");
});

test("a lowering that is new since the choice was made is measured", async () => {
  const cache = memory();
  await chosen(["general", "special"], cache, measured([50, 100]));
  expect(await chosen(["general", "special", "newer"], cache, measured([50, 100, 10]))).toBe(
    "newer",
  );
});
