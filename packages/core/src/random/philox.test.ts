import { describe, expect, test } from "vitest";
import { type Block, philox } from "./philox.js";
import { permutation, randomStream } from "./stream.js";

const ones = 0xffffffff;

describe("philox4x32-10", () => {
  // The known answers of Random123 (tests/kat_vectors): counter, key, result.
  test.each<[string, Block, [number, number], Block]>([
    ["zeros", [0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [
      "ones",
      [ones, ones, ones, ones],
      [ones, ones],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      "digits of pi",
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ])("gives the known answer for %s", (_, counter, key, expected) => {
    expect(philox(counter, key)).toEqual(expected);
  });
});

const draws = (stream: { uniform(): number }, n: number) =>
  Array.from({ length: n }, () => stream.uniform());

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (v: readonly number[]) => v.reduce((x, y) => x + y, 0) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  const dot = (u: readonly number[], mu: number, v: readonly number[], mv: number) =>
    u.reduce((sum, x, i) => sum + (x - mu) * (v[i]! - mv), 0);
  return dot(a, ma, b, mb) / Math.sqrt(dot(a, ma, a, ma) * dot(b, mb, b, mb));
}

describe("random streams", () => {
  test("repeat for equal seed and path, and are reached by forks as by paths", () => {
    expect(draws(randomStream(7, "shuffle", 3), 9)).toEqual(
      draws(randomStream(7, "shuffle", 3), 9),
    );
    expect(draws(randomStream(7).fork("shuffle").fork(3), 9)).toEqual(
      draws(randomStream(7, "shuffle", 3), 9),
    );
  });

  test("of neighbouring seeds and names are independent", () => {
    const n = 20_000;
    const base = draws(randomStream(1, "a"), n);
    for (const other of [randomStream(2, "a"), randomStream(1, "b"), randomStream(1, "a", 0)]) {
      // The correlation of n independent pairs has deviation 1/sqrt(n) = 0.007: four of them.
      expect(Math.abs(correlation(base, draws(other, n)))).toBeLessThan(0.028);
    }
  });

  test("are not shifted by what other streams draw", () => {
    const [a, b] = [randomStream(1, "a"), randomStream(1, "b")];
    const alone = draws(randomStream(1, "b"), 5);
    const mixed = alone.map(() => {
      draws(a, 3);
      return b.uniform();
    });
    expect(mixed).toEqual(alone);
  });

  test("are uniform in [0, 1), exactly representable in float32", () => {
    const n = 50_000;
    const values = draws(randomStream(3, "u"), n);
    expect(values.every((v) => v >= 0 && v < 1 && Math.fround(v) === v)).toBe(true);
    const counts = new Array<number>(10).fill(0);
    for (const v of values) counts[Math.floor(v * 10)]!++;
    // Chi-square with 9 degrees of freedom exceeds 27.9 once in a thousand.
    expect(counts.reduce((s, c) => s + (c - n / 10) ** 2 / (n / 10), 0)).toBeLessThan(27.9);
  });

  test("have normal values of mean 0 and variance 1", () => {
    const n = 50_000;
    const stream = randomStream(4, "n");
    const values = Array.from({ length: n }, () => stream.normal());
    const mean = values.reduce((a, b) => a + b, 0) / n;
    const variance = values.reduce((s, v) => s + (v - mean) ** 2, 0) / n;
    // Deviations 1/sqrt(n) = 0.0045 and sqrt(2/n) = 0.0063: four of each.
    expect(Math.abs(mean)).toBeLessThan(0.018);
    expect(Math.abs(variance - 1)).toBeLessThan(0.026);
  });

  test("give integers below their bound, each of them", () => {
    const stream = randomStream(5, "i");
    const seen = new Set(Array.from({ length: 200 }, () => stream.integer(7)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test("give permutations of every element, with each place equally likely", () => {
    const counts = new Array<number>(4).fill(0);
    for (let i = 0; i < 4000; i++) {
      const order = permutation(randomStream(6, "p", i), 4);
      expect([...order].sort()).toEqual([0, 1, 2, 3]);
      counts[order[0]!]!++;
    }
    // Chi-square with 3 degrees of freedom exceeds 16.3 once in a thousand.
    expect(counts.reduce((s, c) => s + (c - 1000) ** 2 / 1000, 0)).toBeLessThan(16.3);
  });
});
