/** The contract of cost models: what every cost must fulfil before a loss may use it. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gradients } from "../../autodiff/index.js";
import { buildGraph, type Graph, inputName } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { fromHost, interpret, type RefTensor } from "../../reference/index.js";
import { tensor } from "../../tensor/index.js";
import type { CostModel } from "../cost-model.js";
import { type Ledger, ledgerFrom } from "../ledger.js";
import { netPlans, type RandomNet, randomNet } from "./random-net.js";
import { decidedFeeds, decidedLedger, tinyLedger } from "./tiny-net.js";

/** What a model must say of the network of `tiny-net.ts`, worked out by hand. */
export interface CostRow {
  readonly full: number;
  /** Under the decisions of `decidedLedger`. */
  readonly decided: number;
}

type Shares = ReadonlyMap<string, readonly number[]>;

const feedsOf = (shares: Shares): Record<string, RefTensor> =>
  Object.fromEntries(
    [...shares].map(([name, numbers]) => [
      name,
      fromHost(tensor("float64", numbers.length === 1 ? [] : [numbers.length], numbers)),
    ]),
  );

const evaluate = (graph: Graph, shares: Shares): number[] => [
  ...interpret(graph, feedsOf(shares)).c!.data,
];

const total = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);

const graphOf = (model: CostModel, ledger: Ledger, inputs: RandomNet["inputs"] = []): Graph =>
  buildGraph({ c: model.expected(ledger) }, { inputs });

const withOne = (shares: Shares, name: string, at: number, change: number): Shares => {
  const numbers = [...shares.get(name)!];
  numbers[at] = numbers[at]! + change;
  return new Map([...shares, [name, numbers]]);
};

/** Each number of each share. */
const places = (shares: Shares) =>
  [...shares].flatMap(([name, numbers]) => numbers.map((_, at) => ({ name, at })));

/** Relative, against numbers of the size of `scale`. */
function expectClose(got: number, wanted: number, { tolerance = 1e-6, scale = 0 } = {}): void {
  const size = Math.max(Math.abs(got), Math.abs(wanted), 1e-6 * scale);
  expect(Math.abs(got - wanted)).toBeLessThanOrEqual(tolerance * size);
}

const onNets = (law: (net: RandomNet) => void, { numRuns = 12 } = {}): void =>
  fc.assert(
    fc.property(netPlans, (plan) => law(randomNet(plan))),
    { seed: 31, numRuns },
  );

/** Every other entry, by turns that do not follow the stages. */
function split({ entries }: Ledger): readonly [Ledger, Ledger] {
  const isLeft = (i: number) => (i * i + (i >> 1)) % 3 === 0;
  return [
    ledgerFrom(entries.filter((_, i) => isLeft(i))),
    ledgerFrom(entries.filter((_, i) => !isLeft(i))),
  ];
}

/**
 * Declares the tests of one cost model.
 *
 * `row`: what it says of the network of `tiny-net.ts`, from arithmetic that is not the model's own.
 */
export function costModelContract(name: string, model: CostModel, row: CostRow): void {
  describe(`cost model ${name}`, () => {
    it("prices the tiny network as by hand", () => {
      expectClose(model.full(tinyLedger()), row.full);
    });

    it("prices decisions on the tiny network as by hand", () => {
      const graph = graphOf(model, decidedLedger());
      const used = Object.fromEntries(
        graph.inputs.map(inputName).map((n) => [n, decidedFeeds[n]!]),
      );
      expectClose(interpret(graph, used).c!.data[0]!, row.decided);
    });

    it("has a gradient that central differences confirm, for every activity, channel share and density", () => {
      onNets(({ ledger, decided, shares, inputs }) => {
        if (inputs.length === 0) return;
        const graph = graphOf(model, decided, inputs);
        const slopes = gradients(f.reduceSum(model.expected(decided)), inputs, { unused: "zero" });
        const found = interpret(
          buildGraph(Object.fromEntries(slopes.map((g, i) => [`g${i}`, g])), { inputs }),
          feedsOf(shares),
        );
        const order = [...shares.keys()];
        const scale = model.full(ledger);
        const step = 1e-5;
        for (const { name: share, at } of places(shares)) {
          const above = total(evaluate(graph, withOne(shares, share, at, step)));
          const below = total(evaluate(graph, withOne(shares, share, at, -step)));
          const slope = found[`g${order.indexOf(share)}`]!.data[at]!;
          expectClose(slope, (above - below) / (2 * step), { tolerance: 1e-3, scale });
        }
      });
    });

    it("does not fall when any share rises", () => {
      onNets(({ ledger, decided, shares, inputs }) => {
        const graph = graphOf(model, decided, inputs);
        const before = total(evaluate(graph, shares));
        for (const { name: share, at } of places(shares)) {
          const after = total(evaluate(graph, withOne(shares, share, at, 0.1)));
          expect(after).toBeGreaterThanOrEqual(before - 1e-9 * model.full(ledger));
        }
      });
    });

    it("equals the full cost where every share is 1", () => {
      onNets(({ ledger, decided, shares, inputs }) => {
        const ones = new Map([...shares].map(([n, numbers]) => [n, numbers.map(() => 1)]));
        for (const cost of evaluate(graphOf(model, decided, inputs), ones)) {
          expectClose(cost, model.full(ledger));
        }
      });
    });

    it("prices each sample by its own decisions", () => {
      onNets(({ decided, shares, inputs }) => {
        const together = evaluate(graphOf(model, decided, inputs), shares);
        together.forEach((cost, sample) => {
          // The same decision for all samples.
          const alone = new Map(
            [...shares].map(([n, numbers]) => [
              n,
              numbers.length === 1 ? numbers : numbers.map(() => numbers[sample]!),
            ]),
          );
          for (const c of evaluate(graphOf(model, decided, inputs), alone)) expectClose(c, cost);
        });
      });
    });

    it("is a constant where nothing is decided", () => {
      const graph = graphOf(model, tinyLedger());
      expect(graph.inputs).toEqual([]);
      expectClose(evaluate(graph, new Map())[0]!, row.full);
    });

    it("says the same when it is asked again", () => {
      onNets(
        ({ ledger, decided, shares, inputs }) => {
          expect(model.full(ledger)).toBe(model.full(ledger));
          expect(model.full(decided)).toBe(model.full(ledger));
          const [first, second] = [0, 1].map(() =>
            evaluate(graphOf(model, decided, inputs), shares),
          );
          expect(second).toEqual(first);
        },
        { numRuns: 4 },
      );
    });

    if (model.composition === "additive") {
      it("adds up over parts", () => {
        onNets(({ ledger, decided, shares, inputs }) => {
          const [a, b] = split(ledger);
          expectClose(model.full(a) + model.full(b), model.full(ledger));
          const parts = split(decided).map((part) =>
            evaluate(graphOf(model, part, inputs), shares),
          );
          const whole = evaluate(graphOf(model, decided, inputs), shares);
          const partOf = (costs: readonly number[], i: number) => costs[costs.length > 1 ? i : 0]!;
          whole.forEach((cost, i) => {
            expectClose(partOf(parts[0]!, i) + partOf(parts[1]!, i), cost);
          });
        });
      });
    }

    if (model.composition === "subadditive") {
      it("costs at most the sum of its parts", () => {
        onNets(({ ledger }) => {
          const [a, b] = split(ledger);
          const most = model.full(a) + model.full(b);
          expect(model.full(ledger)).toBeLessThanOrEqual(most * (1 + 1e-9));
        });
      });
    }
  });
}
