/** What every engine must do: one suite, called for each of them. */

import { afterAll, describe, expect, it } from "vitest";
import { buildGraph, input, withPath } from "../../graph/index.js";
import { functions as f } from "../../ops/index.js";
import { dtypes, type HostTensor, scalar, tensor, toNumbers, zeros } from "../../tensor/index.js";
import type { CompileOptions, Engine, Executable } from "../types.js";

export interface EngineFacts {
  /** Reason why these parts of the interface are not there. */
  readonly without?: { readonly symbolicBatch?: string; readonly profile?: string };
}

const vector = (...values: number[]) => tensor("float32", [values.length], values);
const numbers = (results: Readonly<Record<string, HostTensor>>, name: string) =>
  toNumbers(results[name]!);

/** Registers the suite for one engine. */
export function engineContract(name: string, makeEngine: () => Engine, facts: EngineFacts = {}) {
  const open: Executable[] = [];
  const compile = async (
    outputs: Parameters<typeof buildGraph>[0],
    options?: CompileOptions,
  ): Promise<Executable> => {
    const executable = await makeEngine().compile(buildGraph(outputs), { tune: false, ...options });
    open.push(executable);
    return executable;
  };
  afterAll(async () => {
    for (const executable of open) await executable.dispose();
  });
  const { symbolicBatch: noBatch, profile: noProfile } = facts.without ?? {};

  describe(`${name} computes`, () => {
    it("and says what it is", () => expect(makeEngine().description).not.toBe(""));

    it("every output, with its type and shape", async () => {
      const [a, b] = [input("a", [2, 1]), input("b", [2])];
      const executable = await compile({ sum: f.add(a, b), total: f.reduceSum(a) });
      const results = await executable.run({
        a: tensor("float32", [2, 1], [1, 2]),
        b: vector(10, 20),
      });
      // [[1+10, 1+20], [2+10, 2+20]] and 1+2.
      expect(results).toEqual({
        sum: tensor("float32", [2, 2], [11, 21, 12, 22]),
        total: scalar("float32", 3),
      });
    });

    it("an input that is an output, under two names", async () => {
      const x = input("x", [2]);
      const results = await (await compile({ x1: x, x2: x })).run({ x: vector(3, 4) });
      expect([numbers(results, "x1"), numbers(results, "x2")]).toEqual([
        [3, 4],
        [3, 4],
      ]);
    });

    it("tensors without elements", async () => {
      const x = input("x", [0, 3]);
      const executable = await compile({ y: f.add(x, 1), total: f.reduceSum(x, { axes: [0] }) });
      const results = await executable.run({ x: zeros("float32", [0, 3]) });
      expect(results.y!.shape).toEqual([0, 3]);
      expect(numbers(results, "total")).toEqual([0, 0, 0]);
    });

    it.each(dtypes)("with %s elements", async (dtype) => {
      const x = input("x", [2, 1], dtype);
      const executable = await compile({ y: f.reshape(x, [2]) });
      const { y } = await executable.run({ x: tensor(dtype, [2, 1], [1, 0]) });
      expect(y).toEqual(tensor(dtype, [2], [1, 0]));
    });

    it("with frozen inputs, which are not fed", async () => {
      const [x, w] = [input("x", [2]), input("w", [2])];
      const executable = await compile({ y: f.mul(x, w) }, { frozen: { w: vector(2, 3) } });
      expect(numbers(await executable.run({ x: vector(5, 7) }), "y")).toEqual([10, 21]);
    });
  });

  describe(`${name} refuses`, () => {
    const outputs = () => ({ y: f.add(input("a", [2]), input("b", [2])) });

    it("to run with an input missing, naming all of them", async () => {
      const running = (await compile(outputs())).run({ a: vector(1, 2) });
      await expect(running).rejects.toThrow('input "b" was not fed\n  allowed: feeds for a, b');
    });

    it.each([
      ["another shape", tensor("float32", [1, 2], [1, 2]), "float32[1, 2]"],
      ["another type", tensor("int32", [2], [1, 2]), "int32[2]"],
    ])("an input of %s", async (_, b, described) => {
      const running = (await compile(outputs())).run({ a: vector(1, 2), b });
      await expect(running).rejects.toThrow(
        `input "b" was given ${described}\n  allowed: float32[2]`,
      );
    });

    it("state of another shape than its input", async () => {
      const x = input("x", [2]);
      const state = [{ input: "x", output: "next", initial: vector(1) }];
      await expect(compile({ next: f.add(x, 1) }, { state })).rejects.toThrow(
        'input "x" was given float32[1]\n  allowed: float32[2]',
      );
    });
  });

  describe(`${name} keeps state`, () => {
    const counter = (initial = vector(0, 0)) => {
      const [x, by] = [input("x", [2]), input("by", [2])];
      const next = f.add(x, by);
      const outputs = { next, twice: f.mul(x, 2) };
      return compile(outputs, { state: [{ input: "x", output: "next", initial }] });
    };

    it("from run to run, and does not return it", async () => {
      const executable = await counter();
      const by = vector(1, 10);
      const seen = [];
      for (let i = 0; i < 3; i++) seen.push(await executable.run({ by }));
      expect(seen.map((results) => Object.keys(results))).toEqual([
        ["twice"],
        ["twice"],
        ["twice"],
      ]);
      // The output sees the state before the run: 2 * (0, 1, 2) and 2 * (0, 10, 20).
      expect(seen.map((results) => numbers(results, "twice"))).toEqual([
        [0, 0],
        [2, 20],
        [4, 40],
      ]);
      expect(numbers(await executable.readState(), "x")).toEqual([3, 30]);
    });

    it("of two inputs that take each other's place", async () => {
      const [a, b] = [input("a", [2]), input("b", [2])];
      // a' = b and b' = a + b read both old values: one buffer would mix them up.
      const executable = await compile(
        { nextA: f.mul(b, 1), nextB: f.add(a, b) },
        {
          state: [
            { input: "a", output: "nextA", initial: vector(0, 1) },
            { input: "b", output: "nextB", initial: vector(1, 1) },
          ],
        },
      );
      for (let i = 0; i < 5; i++) await executable.run({});
      // Fibonacci: F(5), F(6) = 5, 8 and F(6), F(7) = 8, 13.
      const state = await executable.readState();
      expect([numbers(state, "a"), numbers(state, "b")]).toEqual([
        [5, 8],
        [8, 13],
      ]);
    });

    it("apart from the tensors it was given and has handed out", async () => {
      const initial = vector(1, 2);
      const executable = await counter(initial);
      initial.data.fill(99);
      await executable.run({ by: vector(1, 1) });
      const read = await executable.readState();
      read.x!.data.fill(0 as never);
      expect(numbers(await executable.readState(), "x")).toEqual([2, 3]);
      expect([...initial.data]).toEqual([99, 99]);
    });

    it("that can be written and read back", async () => {
      const executable = await counter();
      const by = vector(1, 1);
      await executable.run({ by });
      const saved = await executable.readState();
      await executable.run({ by });
      await executable.writeState(saved);
      expect(await executable.readState()).toEqual(saved);
      await executable.run({ by });
      expect(numbers(await executable.readState(), "x")).toEqual([2, 2]);
    });

    it("and refuses to write what is none, or of another shape", async () => {
      const executable = await counter();
      await expect(executable.writeState({ z: vector(1) })).rejects.toThrow(
        '"z" is no state of this graph\n  allowed: x',
      );
      await expect(executable.writeState({ x: vector(1) })).rejects.toThrow(
        'input "x" was given float32[1]',
      );
    });

    it("that no output replaces", async () => {
      const [x, w] = [input("x", [2]), input("w", [2])];
      const executable = await compile(
        { y: f.mul(x, w) },
        { state: [{ input: "w", initial: vector(2, 3) }] },
      );
      await executable.run({ x: vector(1, 1) });
      expect(numbers(await executable.run({ x: vector(1, 1) }), "y")).toEqual([2, 3]);
      await executable.writeState({ w: vector(5, 6) });
      expect(numbers(await executable.run({ x: vector(1, 1) }), "y")).toEqual([5, 6]);
    });

    it("that the graph never reads", async () => {
      const state = [{ input: "unused", initial: vector(7) }];
      const executable = await compile({ y: f.add(input("x", [2]), 1) }, { state });
      expect(numbers(await executable.run({ x: vector(0, 0) }), "y")).toEqual([1, 1]);
      expect(numbers(await executable.readState(), "unused")).toEqual([7]);
      await executable.writeState({ unused: vector(8) });
      expect(numbers(await executable.readState(), "unused")).toEqual([8]);
    });

    it("of scalars", async () => {
      const state = [{ input: "step", output: "next", initial: scalar("float32", 0) }];
      const executable = await compile({ next: f.add(input("step", []), 1) }, { state });
      await executable.run({});
      await executable.run({});
      expect((await executable.readState()).step).toEqual(scalar("float32", 2));
    });

    it("of two executables apart", async () => {
      const [one, two] = [await counter(), await counter()];
      await one.run({ by: vector(1, 1) });
      await two.run({ by: vector(5, 5) });
      await one.run({ by: vector(1, 1) });
      expect(numbers(await one.readState(), "x")).toEqual([2, 2]);
      expect(numbers(await two.readState(), "x")).toEqual([5, 5]);
    });
  });

  describe(`${name} offers`, () => {
    it.skipIf(noBatch)(`any batch size${noBatch ? ` (not here: ${noBatch})` : ""}`, async () => {
      const [x, w] = [input("x", [4, 2]), input("w", [2])];
      const executable = await compile(
        { y: f.mul(x, w) },
        {
          symbolicBatch: { inputs: ["x"], outputs: ["y"] },
          state: [{ input: "w", initial: vector(10, 100) }],
        },
      );
      for (const batch of [1, 5, 4]) {
        const ones = tensor("float32", [batch, 2], new Float32Array(2 * batch).fill(1));
        const { y } = await executable.run({ x: ones });
        expect(y!.shape).toEqual([batch, 2]);
        expect(toNumbers(y!).slice(-2)).toEqual([10, 100]);
      }
      await expect(executable.run({ x: zeros("float32", [1, 3]) })).rejects.toThrow(
        "allowed: float32[any, 2]",
      );
    });

    it.skipIf(noProfile)(
      `times of what ran, by layer and op${noProfile ? ` (not here: ${noProfile})` : ""}`,
      async () => {
        const y = withPath("head", () => f.exp(input("x", [2])));
        const executable = await compile({ y }, { profile: true });
        await executable.run({ x: vector(0, 1) });
        const [time] = (await executable.profile()).filter((t) => t.op === "Exp");
        expect(time).toMatchObject({ phase: "forward", path: "head", op: "Exp" });
        expect(time!.durationUs).toBeGreaterThanOrEqual(0);
      },
    );
  });
}
